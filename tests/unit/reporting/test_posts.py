"""What a post of the brand's own brought, as the fold keeps it."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.figures.buckets import post
from services.reporting.figures.buckets.hours import hour_of
from services.reporting.figures.buckets.post import Deed, Post
from shared.events import Actor, Envelope
from tests import builders
from tests.unit.reporting.folding import folded

AT, ID = builders.AT, f"{builders.PLACE}:1"


def posted(**more: Any) -> Envelope:  # noqa: ANN401
    return builders.content_created(**{"content_id": ID, "kind": "post", "actor": builders.STAFF} | more)


def touched(hours: float, make: Any = builders.reaction_added, **more: Any) -> Envelope:  # noqa: ANN401
    told = {"content_id": ID, "own_post": ID, "time": AT + timedelta(hours=hours), "id": f"{make}{hours}{more}"}
    return make(**told | more)  # type: ignore[no-any-return]


def replied(hours: float, **more: Any) -> Envelope:  # noqa: ANN401
    return touched(
        hours, builders.content_created, **{"content_id": f"{ID}/{hours}", "parent": ID, "kind": "comment"} | more
    )


def one(*events: Envelope) -> Post:
    states = [state for state in folded(events).values() if isinstance(state, Post)]
    assert len(states) == 1
    return states[0]


def test_what_was_done_within_the_window_counts_and_what_came_after_it_does_not() -> None:
    deeds = [touched(0.2), touched(72), touched(73.6), replied(1), replied(100), touched(5, builders.content_shared)]

    assert one(posted(), *deeds).brought == (2, 1, 3)
    assert one(*deeds, posted()).brought == (2, 1, 3), "what is told of it may come first"


def test_a_reaction_that_is_taken_back_does_not_count() -> None:
    assert one(posted(), touched(1), touched(2), touched(3, builders.reaction_removed)).brought == (1, 0, 0)


def test_what_staff_and_bots_do_with_it_does_not_count() -> None:
    bot = Actor(id="telegram:9", bot=True)

    ours = [touched(1, actor=builders.STAFF), touched(2, actor=bot), replied(1, actor=builders.STAFF), replied(2, actor=bot)]

    assert one(posted(), *ours).brought == (0, 0, 0)


def test_it_has_the_format_and_the_hashtags_of_its_last_edition_in_any_order() -> None:
    first = posted(tags=("News",), format="text")
    edits = [touched(n, builders.content_edited, tags=(f"Tag{n}",), format="photo", edition=n) for n in (1, 2)]

    assert one(first, *edits).said[2:] == one(edits[1], first, edits[0]).said[2:] == ("photo", ("tag2",))


@pytest.mark.parametrize("back", [False, True])
def test_it_is_there_until_it_is_deleted_and_again_when_it_is_back(back: bool) -> None:  # noqa: FBT001
    moves = [touched(1, builders.content_deleted)] + [touched(2, builders.content_restored)] * back

    assert one(posted(), *moves).is_there == one(*moves, posted()).is_there == back


def test_what_a_person_took_away_is_there_again_when_that_is_taken_back() -> None:
    taken = touched(1, builders.decision_made, by="anna", decision="d1", own_post=None)
    given_back = touched(2, builders.decision_reversed, decision="d1", own_post=None)

    assert not one(posted(), taken).is_there
    assert one(posted(), given_back, taken).is_there


def test_no_more_is_kept_than_the_window_holds() -> None:
    state = one(posted(), *(touched(n) for n in range(0, 500, 3)))

    assert len(state.hours) == post.HOURS_MAX
    assert state.brought == (25, 0, 0), "0, 3, … 72"


def test_posts_of_members_of_bots_and_of_partners_and_answers_have_no_state() -> None:
    bot = Actor(id="telegram:9", bot=True, role="community")
    others = [posted(actor="telegram:5"), posted(actor=bot), posted(purpose="partner"), posted(parent="telegram:-1:3")]

    assert not any(isinstance(state, Post) for state in folded(others).values())


facts = st.one_of(
    st.builds(
        post.Posted,
        *(st.just("x") for _ in range(3)),
        st.floats(0, 1e6),
        st.booleans(),
        st.integers(0, 2),
        st.sampled_from(["text", "photo"]),
        st.sampled_from([(), ("news",)]),
    ),
    st.builds(
        post.Touched,
        *(st.just("x") for _ in range(3)),
        st.integers(0, 300),
        st.sampled_from(Deed),
        st.integers(-1, 2),
    ),
    st.builds(post.Seen, *(st.just("x") for _ in range(3)), st.floats(0, 1e6), st.booleans()),
    st.builds(post.Judged, *(st.just("x") for _ in range(3)), st.sampled_from("abc"), st.booleans()),
)


@given(st.lists(facts, min_size=1, max_size=200), st.randoms())
def test_the_order_of_what_is_told_does_not_matter_and_documents_lose_nothing(told: list[post.Told], random: Random) -> None:
    shuffled = list(told)
    random.shuffle(shuffled)

    assert after(told) == after(shuffled)


def after(told: list[post.Told]) -> Post:
    """Fold, through the document now and then, as a process does that begins anew."""
    state: Post | None = None
    for number, fact in enumerate(told):
        state = post.evolve(state, fact)
        state = post.decode(post.encode(state)) if number % 7 == 0 else state
    assert state is not None
    return state


def test_the_document_says_what_is_read() -> None:
    document = post.encode(one(posted(), touched(1)))

    assert (document["reactions"], document["replies"], document["shares"]) == (1, 0, 0)
    assert document["at"].timestamp() == hour_of(AT) * 3600
    assert post.encode(one(posted(), touched(1, builders.content_deleted)))["at"] is None

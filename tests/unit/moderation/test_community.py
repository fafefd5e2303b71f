"""What concerns several members at once: copied texts, quarrels, names of those who ask to be let in, and how it is kept."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.moderation.handlers.memory import decoded_community, encoded_community
from services.moderation.rules.case import Found, Member, Policy
from services.moderation.rules.community import Community, counted, within
from services.moderation.rules.copies import FRESH_MAX, PIECES, TEXTS_MAX
from services.moderation.rules.judging import judge
from shared.documents.detectors import COPIERS_MAX, Copies
from shared.events import Actor
from tests.builders import content_created, member_join_requested
from tests.unit.moderation.cases import NOON, default_policy, policy

APPEAL = "Dear neighbours please sign this petition about the old bridge before friday evening"
QUARREL = {"status": "live", "turns": 3, "heated": 2}


def told(*texts: tuple[str, str], by: Policy | None = None, step_s: float = 60, **more: Any) -> list[dict[str, Found]]:  # noqa: ANN401
    """Judge what members say one after another; return what is found of each."""
    community, found = Community(), []
    for n, (member, text) in enumerate(texts):
        about = {"content_id": f"c{n}", "actor": Actor(id=member), "time": NOON + timedelta(seconds=n * step_s)}
        parent = {"parent": f"c{n - 1}"} if n else {}
        judgement = judge(content_created(text=text, **about, **parent, **more), Member(), by or default_policy(), community)
        community = decoded_community(encoded_community(judgement.community))
        found.append({one.rule: one for one in judgement.findings})
    return found


def test_the_third_member_who_posts_nearly_the_same_is_found() -> None:
    texts = [("a", APPEAL), ("b", "Hello! " + APPEAL), ("b", APPEAL), ("c", APPEAL + " thank you")]

    found = told(*texts)

    assert ["copies" in one for one in found] == [False, False, False, True]
    assert found[3]["copies"].facts == {"members": "3", "minutes": "60"}


def test_the_most_members_that_a_policy_may_ask_for_are_counted() -> None:
    most = next(limit for limit in range(1_000, 0, -1) if _may_ask(limit))
    said = [(f"m{n}", APPEAL) for n in range(most)]

    found = told(*said, by=policy(copies={"members": most}), step_s=1)

    assert ["copies" in one for one in found] == [*[False] * (most - 1), True]


def _may_ask(members: int) -> bool:
    try:
        msgspec.convert({"members": members}, Copies)
    except msgspec.ValidationError:
        return False
    return True


def test_copies_are_counted_within_their_time_and_from_so_many_words() -> None:
    late = told(*[(member, APPEAL) for member in "abc"], step_s=2_000)
    short = told(*[(member, "good morning to all of you") for member in "abcdef"])

    assert not any("copies" in one for one in (*late, *short))


def test_texts_of_other_words_are_no_copies() -> None:
    others = [
        (member, f"the {member} shop sells {member} things and {member} coffee on {member} days") for member in "abcde"
    ]

    assert not any("copies" in one for one in told(*others))


def test_two_who_insult_each_other_again_and_again_are_found() -> None:
    found = told(
        ("a", "WHAT A STUPID IDEA"),
        ("b", "YOU HAVE NO CLUE AT ALL"),
        ("a", "LOOK WHO IS TALKING"),
        ("b", "no"),
        by=policy(conflicts=QUARREL),
    )

    assert ["conflicts" in one for one in found] == [False, False, False, True]
    assert (found[3]["conflicts"].facts or {})["with"] == "a"


def test_one_who_shouts_alone_and_two_who_talk_are_no_quarrel() -> None:
    alone = told(*[("a", "WHERE IS EVERYBODY TODAY")] * 6, by=policy(conflicts=QUARREL))
    talk = told(*[(member, "that is a good point") for member in "abababab"], by=policy(conflicts=QUARREL))

    assert not any("conflicts" in one for one in (*alone, *talk))


def test_a_name_that_advertises_is_found_where_somebody_asks_to_be_let_in() -> None:
    asked = member_join_requested(name="CASINO 200 free spins")

    found = judge(asked, Member(), default_policy()).findings

    assert [one.rule for one in found] == ["join-requests"]
    assert "CASINO" not in str(found)
    assert judge(member_join_requested(name="Anna"), Member(), default_policy()).findings == ()


def after(community: Community, *texts: tuple[str, str]) -> Community:
    """Return what is remembered once members said this."""
    for n, (member, text) in enumerate(texts):
        event = content_created(text=text, actor=Actor(id=member), content_id=f"c{n}")
        community = judge(event, Member(), default_policy(), community).community
    return community


def test_a_copy_is_found_whatever_others_wrote_between() -> None:
    others = [(f"m{n}", " ".join(f"w{n}x{k}" for k in range(12))) for n in range(TEXTS_MAX - 2)]
    said = [("a", APPEAL), *others[:100], ("b", APPEAL + " thanks"), *others[100:], ("c", "Hello! " + APPEAL)]

    assert "copies" in told(*said, step_s=1)[-1]


def test_what_is_remembered_of_copies_is_bounded() -> None:
    texts = [(f"m{n}", " ".join(f"w{n}x{k}" for k in range(12))) for n in range(2 * TEXTS_MAX)]

    community = after(Community(), *texts, *[(f"r{n}", APPEAL) for n in range(2 * COPIERS_MAX)])

    assert len(community.texts.authors) <= TEXTS_MAX
    assert len(community.fresh.authors) <= FRESH_MAX
    assert max(len(texts.pieces) for texts in (community.texts, community.fresh)) <= PIECES * TEXTS_MAX
    assert list(community.fresh.authors.values())[-1].keys() == {f"r{n}" for n in range(COPIERS_MAX, 2 * COPIERS_MAX)}


def test_no_more_copiers_are_counted_than_are_remembered() -> None:
    others = [(f"m{n}", " ".join(f"w{n}x{k}" for k in range(12))) for n in range(FRESH_MAX)]
    copying = [[(f"{group}{n}", APPEAL) for n in range(COPIERS_MAX)] for group in "ab"]

    community = after(Community(), *copying[0], *others, *copying[1])
    found = judge(content_created(text=APPEAL, actor=Actor(id="c")), Member(), default_policy(), community).findings

    (facts,) = [one.facts or {} for one in found if one.rule == "copies"]
    assert facts["members"] == str(COPIERS_MAX + 1), "the one who is judged, and those remembered"


WORDS = st.lists(st.sampled_from("stuvwxyz"), min_size=8, max_size=9)


@given(st.lists(st.tuples(st.sampled_from("abc"), WORDS), max_size=30))
def test_what_is_kept_of_copies_is_what_was_remembered(said: list[tuple[str, list[str]]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("TEXTS_MAX", "FRESH_MAX"):
            patch.setattr(import_module("services.moderation.rules.copies"), name, 5)
        community = after(Community(), *((member, " ".join(words)) for member, words in said))

    kept = decoded_community(encoded_community(community))

    for texts, before in ((kept.texts, community.texts), (kept.fresh, community.fresh)):
        assert texts == before
        assert list(texts.authors) == list(before.authors), "which is forgotten first"
        assert set(texts.pieces.values()) <= texts.authors.keys(), "no piece leads to what is forgotten"


@given(
    st.lists(st.tuples(st.integers(0, 200), st.sampled_from(["messages", "acts", "joins"])), max_size=60), st.integers(1, 60)
)
def test_a_window_counts_what_lies_in_its_minutes_whatever_the_order(told_: list[tuple[int, str]], minutes: int) -> None:
    community = Community()
    for minute, what in told_:
        community = counted(community, minute * 60_000, **{what: 1})
    kept = set(community.minutes)

    found = within(community, 200 * 60_000, minutes)

    for what in ("messages", "acts", "joins"):
        expected = [m for m, w in told_ if w == what and m > 200 - minutes and m in kept]
        assert getattr(found, what) == len(expected)

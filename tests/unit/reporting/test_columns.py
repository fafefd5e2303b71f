"""Columns hold what the states hold, and give the part of some communities alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.figures.buckets.presence import Presence
from services.reporting.figures.buckets.question import Question
from services.reporting.figures.columns import Presences, Questions, presences_from, questions_from

PLACES = ("portal:a", "portal:b", "portal:c")
MONTH = 482_136
people = st.sampled_from(["m1", "m2", "m3", "юля"])
presences = st.lists(
    st.builds(
        Presence,
        st.just("acme"),
        st.sampled_from(PLACES),
        people,
        st.sampled_from([MONTH, MONTH + 744]),
        st.integers(1, 2**744 - 1),
        st.dictionaries(people, st.integers(1, 9), max_size=3),
    ),
    max_size=8,
    unique_by=lambda one: (one.community, one.member, one.month),
)
seconds = st.one_of(st.none(), st.floats(0, 1e9))
questions = st.lists(
    st.builds(
        Question,
        st.just("acme"),
        st.sampled_from(PLACES),
        st.floats(0, 1e9),
        people,
        st.lists(st.tuples(st.floats(0, 1e9), people), max_size=2).map(tuple),
        st.one_of(st.none(), st.tuples(st.floats(0, 1e9), people)),
        seconds,
    ),
    max_size=8,
)
chosen = st.sets(st.sampled_from(PLACES))


def rows(columns: Presences) -> Collection[tuple[object, ...]]:
    told = zip(columns.place, columns.member, columns.month, columns.bits, strict=True)
    return {(columns.places[p], columns.members[m], int(month), bits.tobytes()) for p, m, month, bits in told}


def edges(columns: Presences) -> Sequence[tuple[object, ...]]:
    told, named = zip(*columns.replies, strict=True), columns.members
    return sorted((columns.places[p], int(month), named[who], named[whom], int(n)) for p, month, who, whom, n in told)


def waits(columns: Questions) -> Sequence[str]:
    told = zip(columns.place, columns.asked, columns.answered, columns.staff, columns.solved, columns.staff_by, strict=True)
    return sorted(str((columns.places[place], *map(str, told))) for place, *told in told)


@given(presences, chosen)
def test_presences_among_communities_are_those_of_their_states(states: list[Presence], places: set[str]) -> None:
    found = presences_from(states).among(places)

    wanted = [one for one in states if one.community in places]
    assert rows(found) == {(o.community, o.member, o.month, o.bits.to_bytes(94, "little")) for o in wanted}
    assert edges(found) == sorted((o.community, o.month, o.member, to, n) for o in wanted for to, n in o.replies.items())
    assert set(found.places) == {one.community for one in wanted}


@given(questions, chosen)
def test_questions_among_communities_are_those_of_their_states(states: list[Question], places: set[str]) -> None:
    found = questions_from(states).among(places)

    assert waits(found) == waits(questions_from(one for one in states if one.community in places))
    assert len(found.asked) == sum(one.community in places for one in states)

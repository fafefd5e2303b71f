"""Columns of who wrote when say what sets of the same say."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.figures.activity import activity_of, distinct
from services.reporting.figures.buckets.hours import month_of, start_of
from services.reporting.figures.buckets.presence import Presence
from services.reporting.figures.columns import Presences, presences_from

FIRST, HOURS = 490_000, 2_000
Wrote = tuple[str, str, int]
"""A community, a member and an hour."""

wrote = st.lists(st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["1", "2", "3"]), st.integers(FIRST, FIRST + HOURS)))


def presences(told: Sequence[Wrote]) -> Presences:
    bits: dict[tuple[str, str, int], int] = {}
    for community, member, hour in told:
        month = month_of(hour)
        bits[community, member, month] = bits.get((community, member, month), 0) | 1 << (hour - month)
    states = (Presence("acme", community, member, month, found) for (community, member, month), found in bits.items())
    return presences_from(states)


@given(wrote, st.lists(st.integers(FIRST, FIRST + HOURS), min_size=2, max_size=6, unique=True))
def test_active_members_of_periods_are_the_distinct_ones(told: list[Wrote], cuts: list[int]) -> None:
    edges = [start_of(hour) for hour in sorted(cuts)]

    found = activity_of(presences(told)).active(edges)

    spans = itertools.pairwise(edges)
    assert found.tolist() == [len({m for _, m, hour in told if begin <= start_of(hour) < end}) for begin, end in spans]


@given(wrote, st.integers(FIRST, FIRST + HOURS), st.integers(0, 500))
def test_who_wrote_between_two_hours_is_found(told: list[Wrote], first: int, length: int) -> None:
    activity = activity_of(presences(told))
    seats = np.arange(len(activity.numbers) + 1)

    found = activity.wrote_between(seats, np.full(len(seats), first), np.full(len(seats), first + length))

    wanted = [any((c, m) == seat and first <= hour < first + length for c, m, hour in told) for seat in activity.numbers]
    assert found.tolist() == [*wanted, False], "nobody sits on a seat beyond the last one"


@given(st.lists(st.integers(0, 50)))
def test_distinct_numbers_stand_once_and_ascend(numbers: list[int]) -> None:
    assert distinct(np.array(numbers, np.int64)).tolist() == sorted(set(numbers))


def test_an_hour_belongs_to_the_period_in_which_it_begins() -> None:
    half_past = start_of(FIRST) + timedelta(minutes=30)

    found = activity_of(presences([("a", "1", FIRST)])).active(
        [half_past - timedelta(hours=1), half_past, half_past + timedelta(hours=1)]
    )

    assert found.tolist() == [1, 0]

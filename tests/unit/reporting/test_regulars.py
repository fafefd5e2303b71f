"""What somebody speaks for a surge, by the days on which they came."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.rules.regulars import DAY_S, DAYS_USUAL, KEPT_MAX, NEW_MAX, Regulars, came_today, weight
from services.reporting.rules.rhythm import FADING
from services.reporting.rules.surge import PERSON, TIMES

DAYS = st.lists(st.integers(0, 60), max_size=40).map(sorted)


def after(days: Sequence[int], member: str = "a", regulars: Regulars = {}) -> Regulars:  # noqa: B006 - never changed
    return reduce(lambda known, day: came_today(known, member, day * DAY_S + 60.0), days, regulars)


def spoken(days: Sequence[int], today: int) -> float:
    return weight(after(days), "a", today * DAY_S + 120.0)


def test_who_comes_seldom_speaks_whole_and_who_comes_daily_little() -> None:
    assert spoken([], 30) == PERSON
    assert spoken([28, 29], 30) == PERSON
    assert spoken([27, 28, 29], 30) < PERSON
    assert spoken(list(range(30)), 30) < PERSON / 3


def test_the_weight_is_that_of_the_formula() -> None:
    days = sum(FADING**ago for ago in (1, 2, 3, 4))

    assert spoken([26, 27, 28, 29], 30) == pytest.approx(log(1 + (TIMES - 1) * DAYS_USUAL / days))


def test_today_counts_for_tomorrow_only_and_a_day_once() -> None:
    assert after([5, 5, 5]) == after([5])
    assert spoken([28, 29], 30) == spoken([28, 29, 30], 30)


def test_who_stays_away_becomes_a_stranger_again() -> None:
    assert spoken(list(range(30)), 31) < PERSON
    assert spoken(list(range(30)), 90) == PERSON


@given(DAYS, st.integers(0, 60))
def test_nobody_speaks_more_than_a_stranger_and_everybody_something(days: Sequence[int], more: int) -> None:
    today = max([*days, 0]) + more

    assert 0 < spoken(days, today) <= PERSON


@given(st.integers(1, 400))
def test_few_are_remembered_and_regulars_before_strangers(strangers: int) -> None:
    regulars = after(list(range(20)), "regular")
    for n in range(strangers):
        regulars = came_today(regulars, f"stranger {n}", 20 * DAY_S + n)

    assert len(regulars) <= KEPT_MAX + NEW_MAX
    assert "regular" in regulars
    assert f"stranger {strangers - 1}" in regulars

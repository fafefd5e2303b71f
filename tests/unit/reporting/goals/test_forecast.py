"""A forecast carries on what was, says how wrong it may be, and keeps within what there can be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.rules.goals.forecast import DAYS_MIN, WEEK, Bounds, Values, total_ahead, window_ahead

COUNTS = Bounds(0.0, whole=True)
DAILY = st.lists(st.integers(0, 1_000), min_size=DAYS_MIN, max_size=120).map(lambda days: np.array(days, dtype=np.float64))


def weekly(weeks: int) -> Values:
    return np.array([10.0, 12.0, 11.0, 10.0, 14.0, 2.0, 1.0] * weeks)


def test_with_too_few_days_there_is_none() -> None:
    assert total_ahead(np.ones(DAYS_MIN - 1), 0, 7) is None
    assert window_ahead(np.ones(DAYS_MIN // WEEK), 1) is None


def test_what_is_the_same_each_week_goes_on() -> None:
    ahead = total_ahead(weekly(12), 0, 14)

    assert ahead is not None
    assert ahead.expected == pytest.approx(120.0)
    assert ahead.high - ahead.low <= 4


def test_counts_are_never_surer_than_chance_lets_them_be() -> None:
    ahead = total_ahead(weekly(12), 0, 14, COUNTS)

    assert ahead is not None
    assert ahead.expected == pytest.approx(120.0)
    assert ahead.high - ahead.low == pytest.approx(2 * 1.2816 * 120**0.5, abs=2), "as of a Poisson count"


def test_weekdays_are_told_apart() -> None:
    workday, weekend = total_ahead(weekly(20), 0, 1, COUNTS), total_ahead(weekly(20), 5, 2, COUNTS)

    assert workday is not None
    assert weekend is not None
    assert workday.expected == pytest.approx(10.0, rel=0.2)
    assert weekend.expected < 6


def test_a_wild_past_has_a_wide_interval_and_a_longer_time_a_wider_one() -> None:
    rnd = np.random.default_rng(1)
    calm, wild = (np.abs(rnd.normal(20, spread, 200)) for spread in (1, 15))

    def width(days: Values, length: int) -> float:
        ahead = total_ahead(days, 0, length, Bounds(0.0))
        assert ahead is not None
        return ahead.high - ahead.low

    assert width(wild, 14) > 3 * width(calm, 14)
    assert width(wild, 180) > width(wild, 14)


def test_windows_go_on_from_the_newest() -> None:
    ahead = window_ahead(np.array([50.0, 52, 49, 51, 50, 53, 50, 51, 80, 80]), 2, COUNTS)

    assert ahead is not None
    assert 70 < ahead.expected <= 80


@settings(max_examples=60, deadline=None)
@given(DAILY, st.integers(0, 40), st.integers(1, 90))
def test_an_interval_is_ordered_holds_what_is_expected_and_stays_within_bounds(days: Values, gap: int, length: int) -> None:
    ahead = total_ahead(days, gap, length, COUNTS)

    assert ahead is not None
    assert 0 <= ahead.low <= ahead.expected <= ahead.high
    assert np.isfinite(ahead.sample).all()
    assert (np.diff(ahead.sample) >= 0).all()


@settings(max_examples=60, deadline=None)
@given(DAILY, st.floats(0, 1e5), st.floats(0, 1e5))
def test_a_higher_target_is_less_probable_and_never_certain(days: Values, one: float, other: float) -> None:
    ahead = total_ahead(days, 0, 28, COUNTS)

    assert ahead is not None
    low, high = sorted((one, other))
    assert 1 > ahead.probability(low, rises=True) >= ahead.probability(high, rises=True) > 0
    assert 0 < ahead.probability(low, rises=False) <= ahead.probability(high, rises=False) < 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=6, max_size=60), st.integers(1, 30))
def test_shares_stay_shares(windows: list[float], steps: int) -> None:
    ahead = window_ahead(np.array(windows), steps, Bounds(0.0, 1.0))

    assert ahead is not None
    assert 0 <= ahead.low <= ahead.expected <= ahead.high <= 1

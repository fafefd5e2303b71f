"""How sure numbers are, beside SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from services.reporting.figures.intervals import (
    ALPHA,
    chance_above_one,
    chance_of_so_few,
    coins,
    difference,
    mean_of,
    median,
    share,
)


@pytest.mark.parametrize("n", [0, 1, 2, 7, 100, 5_000])
def test_coins_are_scipy_s_binomial(n: int) -> None:
    assert coins(n) == pytest.approx(stats.binom.cdf(np.arange(n + 1), n, 0.5), abs=1e-9)


@given(st.lists(st.floats(0.01, 100), max_size=60))
def test_a_median_lies_in_its_interval_which_is_as_wide_as_the_binomial_asks(values: list[float]) -> None:
    found = median(np.array(values))
    if found.low is None or found.value is None or found.high is None:
        assert len(values) < 6
        return

    assert found.low <= found.value <= found.high
    below = sum(value < found.low for value in values)
    assert stats.binom.cdf(below - 1, len(values), 0.5) < ALPHA / 2


@given(st.lists(st.sampled_from([0.5, 1.0, 1.5, 2.0]), max_size=80))
def test_the_sign_test_is_scipy_s_with_ties_counted_against_it(ratios: list[float]) -> None:
    above = sum(one > 1 for one in ratios)
    expected = stats.binomtest(above, len(ratios), 0.5, alternative="greater").pvalue if above else 1.0

    assert chance_above_one(np.array(ratios)) == pytest.approx(expected, abs=1e-12)


@given(st.integers(0, 300), st.integers(0, 300), st.floats(0, 1))
def test_so_few_are_as_likely_as_scipy_has_it(part: int, whole: int, p: float) -> None:
    assert chance_of_so_few(min(part, whole), whole, p) == pytest.approx(
        stats.binom.cdf(min(part, whole), whole, p), abs=1e-9
    )


@given(st.integers(0, 200), st.integers(1, 200))
def test_a_share_s_interval_is_wilson_s(part: int, whole: int) -> None:
    part = min(part, whole)
    found, expected = share(part, whole), stats.binomtest(part, whole).proportion_ci(method="wilson")

    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_two_equal_shares_may_differ_either_way_and_nothing_is_known_of_none() -> None:
    found = difference(10, 100, 10, 100)

    assert found.value == 0
    assert found.low is not None and found.high is not None and found.low < 0 < found.high  # noqa: PT018 - one sentence
    assert difference(0, 0, 1, 2) == (None, None, None)
    assert mean_of(np.array([0, 0])) == (None, None, None)

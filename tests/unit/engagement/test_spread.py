from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.simulating.spread import gini, spread, top_share

amounts = st.lists(st.integers(1, 10**9), min_size=1, max_size=60)


@given(amounts)
def test_gini_is_the_relative_mean_difference_of_all_pairs(earned: list[int]) -> None:
    count, mean = len(earned), sum(earned) / len(earned)
    plain = sum(abs(one - other) for one in earned for other in earned) / (2 * count**2 * mean)

    found = gini(earned)

    assert found == pytest.approx(plain, abs=1e-9)
    assert found is not None
    assert 0 <= found <= 1


@given(st.integers(1, 10**9), st.integers(1, 60))
def test_gini_is_nothing_where_all_have_the_same(amount: int, count: int) -> None:
    assert gini([amount] * count) == 0


def test_gini_of_a_known_case() -> None:
    assert gini([1, 2, 3, 4]) == 0.25
    assert gini([]) is None


@given(amounts)
def test_the_spread_does_not_depend_on_the_order(earned: list[int]) -> None:
    assert spread(sorted(earned)) == spread(sorted(earned, reverse=True)) == spread(earned)


@given(amounts)
def test_a_larger_part_of_the_earners_never_has_less(earned: list[int]) -> None:
    shares = [top_share(earned, percent) or 0 for percent in (1, 10, 50, 100)]

    assert shares == sorted(shares)
    assert (shares[0] > 0, shares[-1]) == (True, 1)


def test_the_top_is_rounded_up_to_whole_members() -> None:
    assert top_share([5] * 19 + [100], 1) == 100 / 195
    assert top_share([1] * 98 + [101] * 2 + [1], 1) == 202 / 301


def test_who_earns_nothing_is_in_no_share_and_who_is_below_is_counted() -> None:
    found = spread([-5, 0, 10, 30])

    assert (found.earners, found.below, found.median, found.top_1_percent, found.gini) == (2, 1, 20.0, 0.75, 0.25)


def test_where_nobody_earns_there_is_no_share() -> None:
    found = spread([0, -1])

    assert (found.earners, found.gini, found.top_1_percent, found.median) == (0, None, None, None)

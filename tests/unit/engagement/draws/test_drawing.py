"""A draw is fair: numbers without bias, places by weight, nobody twice, and the same again from the same key."""

from __future__ import annotations

import hmac
from collections import Counter
from hashlib import sha256
from itertools import accumulate, islice, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from services.engagement.rules.draws.drawing import WORDS, below, drawn, key_of, words

DRAWS = 100_000
ENOUGH = 0.001
"""A fair draw is below it once in a thousand seeds; these seeds are fixed."""

Weights = st.lists(st.integers(1, 2**32 - 1), max_size=60)


def simulated(weights: list[int], places: int) -> Counter[tuple[int, ...]]:
    """Return how often each order of places came, each draw from a seed of its own as a real one."""
    found = Counter[tuple[int, ...]]()
    for number in range(DRAWS):
        seed = sha256(b"simulated" + number.to_bytes(8, "big")).digest()
        found[drawn(weights, key_of(seed, b"\1" * 32, b"\2" * 32), places)] += 1
    return found


def test_equal_weights_win_equally_often() -> None:
    found = simulated([1] * 50, 1)

    assert chisquare([found[place,] for place in range(50)]).pvalue > ENOUGH


def test_the_first_place_is_won_as_often_as_weights_say() -> None:
    weights = [*range(1, 21), 100]
    found = simulated(weights, 1)

    expected = [DRAWS * weight / sum(weights) for weight in weights]
    assert chisquare([found[place,] for place in range(len(weights))], expected).pvalue > ENOUGH


def test_all_places_in_their_order_are_won_as_often_as_weights_say() -> None:
    weights = [1, 2, 3, 10]
    found = simulated(weights, 3)

    orders = list(permutations(range(4), 3))
    expected = [DRAWS * _chance(weights, order) for order in orders]
    assert chisquare([found[order] for order in orders], expected).pvalue > ENOUGH


def _chance(weights: list[int], order: tuple[int, ...]) -> float:
    left, chance = sum(weights), 1.0
    for place in order:
        chance *= weights[place] / left
        left -= weights[place]
    return chance


def test_the_test_of_fairness_tells_an_unfair_draw() -> None:
    """Entrants who win 2% too often are told from fair ones by as many draws."""
    unfair = [DRAWS / 2 * 1.02, DRAWS / 2 * 0.98]

    assert chisquare(unfair).pvalue < ENOUGH


def slowly(weights: list[int], key: bytes, places: int) -> tuple[int, ...]:
    """The same draw as the page tells it, entrant by entrant."""
    left, numbers, found = dict(enumerate(weights)), words(key), list[int]()
    for _ in range(min(places, len(weights))):
        point = below(sum(left.values()), numbers)
        sums = accumulate(left.values())
        chosen = next(place for place, sum_ in zip(left, sums, strict=True) if sum_ > point)
        found.append(chosen)
        del left[chosen]
    return tuple(found)


@given(Weights, st.binary(min_size=32, max_size=32), st.integers(0, 70))
def test_a_draw_is_what_going_through_the_list_gives(weights: list[int], key: bytes, places: int) -> None:
    found = drawn(weights, key, places)

    assert found == slowly(weights, key, places)
    assert len(set(found)) == len(found) == min(places, len(weights))


@given(Weights, st.binary(min_size=32, max_size=32), st.integers(0, 30))
def test_more_places_change_nothing_of_the_first_ones(weights: list[int], key: bytes, places: int) -> None:
    assert drawn(weights, key, places + 5)[:places] == drawn(weights, key, places)


def test_numbers_are_cut_from_numbered_blocks() -> None:
    blocks = b"".join(hmac.digest(b"k" * 32, b"veche draw v1 block" + bytes(7) + bytes([i]), sha256) for i in range(2))

    assert list(islice(words(b"k" * 32), 8)) == [int.from_bytes(blocks[i : i + 8], "big") for i in range(0, 64, 8)]


@pytest.mark.parametrize("limit", [1, 2, 3, 10**9, 2**52, 2**63 + 1, WORDS])
def test_a_number_that_would_favour_the_first_is_passed_over(limit: int) -> None:
    fair = WORDS - WORDS % limit

    assert below(limit, iter([*range(fair, min(fair + 3, WORDS)), fair - 1])) == limit - 1


def test_each_part_of_the_key_changes_it() -> None:
    parts = [b"\1" * 32, b"\2" * 32, b"\3" * 32]
    changed = [[b"\4" * 32 if place == at else part for place, part in enumerate(parts)] for at in range(3)]

    assert len({key_of(*parts), *(key_of(*other) for other in changed)}) == 4


def test_a_draw_stays_what_it_was() -> None:
    """Counted with the listing of docs/draws.md; another answer would make published proofs wrong."""
    key = key_of(b"\1" * 32, b"\2" * 32, b"\3" * 32)

    assert drawn([5, 1, 9, 2, 2, 40, 1], key, 4) == (5, 2, 0, 4)

"""What a day comes to under the caps of rules, communities and the brand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.rules.days import EXEMPT, UNCAPPED, Leaf, capped, moved

caps = st.sampled_from([UNCAPPED, 3, 10])
leaves = st.builds(
    Leaf,
    community=st.sampled_from(["a", "b", f"{EXEMPT}a", EXEMPT]),
    rule=st.sampled_from(["write", "like"]),
    cap=caps,
    community_cap=caps,
    brand_cap=caps,
    slot_cap=st.sampled_from([2, 5]),
    slot=st.integers(0, 2),
)


def as_made(leaf: Leaf) -> Leaf:
    """Only a part of a day has a cap of its own, and what is exempt says no caps that do not concern it."""
    if not leaf.slot:
        leaf = leaf._replace(slot_cap=UNCAPPED)
    return leaf._replace(community_cap=UNCAPPED, brand_cap=UNCAPPED) if leaf.community.startswith(EXEMPT) else leaf


def in_plain_words(day: dict[Leaf, int]) -> int:
    """The caps as docs/rewards.md tells them, without any thought of speed."""
    live, exempt = list(day), 0
    for community in {leaf.community for leaf in live if leaf.community.startswith(EXEMPT)}:
        exempt += community_total(day, [leaf for leaf in live if leaf.community == community])
    counted = [leaf for leaf in live if not leaf.community.startswith(EXEMPT)]
    total = 0
    for community in {leaf.community for leaf in counted}:
        inside = [leaf for leaf in counted if leaf.community == community]
        total += stated(community_total(day, inside), [leaf.community_cap for leaf in inside])
    return exempt + stated(total, [leaf.brand_cap for leaf in counted])


def community_total(day: dict[Leaf, int], inside: Sequence[Leaf]) -> int:
    total = 0
    for rule in {leaf.rule for leaf in inside}:
        of_rule = [leaf for leaf in inside if leaf.rule == rule]
        slots: defaultdict[int, list[Leaf]] = defaultdict(list)
        for leaf in of_rule:
            slots[leaf.slot].append(leaf)
        free = sum(day[leaf] for leaf in slots.pop(0, []))
        paid = [least(sum(day[leaf] for leaf in some), [leaf.slot_cap for leaf in some]) for some in slots.values()]
        total += least(free + sum(paid), [leaf.cap for leaf in of_rule])
    return total


def stated(total: int, those: Sequence[int]) -> int:
    """Whoever says no cap lifts nobody else's."""
    return least(total, [cap for cap in those if cap != UNCAPPED])


def least(total: int, those: Sequence[int]) -> int:
    return total if not those or UNCAPPED in those else min(total, max(those))


@given(st.dictionaries(leaves, st.integers(-20, 20).filter(bool), max_size=12))
def test_the_sum_is_what_the_words_say(told: dict[Leaf, int]) -> None:
    day = {as_made(leaf): points for leaf, points in told.items()}

    assert capped(day) == in_plain_words(day)


@given(st.dictionaries(leaves, st.integers(-20, 20).filter(bool), max_size=4), leaves, st.integers(-20, 20))
def test_a_change_makes_the_difference(told: dict[Leaf, int], leaf: Leaf, points: int) -> None:
    before, leaf = {as_made(one): total for one, total in told.items()}, as_made(leaf)

    after, difference = moved(before, leaf, points)

    assert difference == in_plain_words(dict(after)) - in_plain_words(before)
    assert after.get(leaf, 0) == before.get(leaf, 0) + points
    assert all(after.values())


@pytest.mark.parametrize(
    ("day", "points"),
    [
        ({}, 0),
        ({Leaf("a", "write", 10): 25}, 10),
        ({Leaf("a", "write", 10): 25, Leaf("b", "write", 10): 25}, 20),
        ({Leaf("a", "write", 10, 15): 25, Leaf("a", "like", 10, 15): 25}, 15),
        ({Leaf("a", "write", 10, 15, 12): 25, Leaf("b", "like", 10, 15, 12): 25}, 12),
        ({Leaf("a", "write", -1, -1, 20): 100, Leaf("b", "write"): 1}, 20),
        ({Leaf("a", "write", 20, 15, 12): 25, Leaf(f"{EXEMPT}a", "bounty"): 50}, 62),
        ({Leaf("a", "write", -1, -1, -1, 5, 1): 15, Leaf("a", "write", -1, -1, -1, 5, 2): 5}, 10),
        ({Leaf("a", "write", 10, 8): 20, Leaf("a", "downvote", -1, 8): -6}, 4),
    ],
    ids=[
        "nothing",
        "rule",
        "each community",
        "community",
        "brand",
        "a community without caps",
        "exempt",
        "cool-down",
        "what is taken away makes room",
    ],
)
def test_caps_are_nested(day: dict[Leaf, int], points: int) -> None:
    assert capped(day) == points

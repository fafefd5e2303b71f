"""What a day comes to: the live grants of a member under the caps of rules, communities and the brand. Pure.

A day is a sum for each leaf: a rule in a community, under the caps that its policy had. The caps are nested: what a rule
gives in a community, what all rules give there, what all communities give. Each is min(cap, sum of what is inside), where a
cap is the largest among the leaves inside: a matter of which grants are live, and not of who came first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

UNCAPPED = -1
"""Stands for no cap."""

EXEMPT = "!"
"""Begins the name of the community where neither its cap nor the brand's concerns a grant."""


class Leaf(NamedTuple):
    """What is added up together."""

    community: str
    rule: str
    cap: int = UNCAPPED
    """What the rule gives on a day in this community."""
    community_cap: int = UNCAPPED
    brand_cap: int = UNCAPPED
    slot_cap: int = UNCAPPED
    """What the rule gives once: in each part of the day where it has a cool-down."""
    slot: int = 0
    """The part of the day; 0 where the rule has none."""


Day = Mapping[Leaf, int]
"""The sum of the live grants of each leaf, in points. A leaf without live grants is absent."""


class Moved(NamedTuple):
    """A day after a change, and how much more or less it comes to."""

    day: Day
    difference: int


def moved(day: Day, leaf: Leaf, points: int) -> Moved:
    """Return the day with so many points of a leaf more or less; a leaf of which nothing is live is forgotten."""
    before = day.get(leaf, 0)
    after = {**day, leaf: before + points}
    if before + points == 0:
        del after[leaf]
    if all(_stands_alone(one, leaf) for one in after) and _stands_alone(leaf, leaf):
        return Moved(after, _alone(leaf, before + points) - _alone(leaf, before))
    return Moved(after, capped(after) - capped(day))


def _stands_alone(one: Leaf, leaf: Leaf) -> bool:
    """Say whether a leaf has nothing to do with another: then no other is looked at, as is nearly always so."""
    return one.community_cap == one.brand_cap == UNCAPPED and (
        one.rule != leaf.rule or one.community != leaf.community or one == leaf
    )


def _alone(leaf: Leaf, total: int) -> int:
    return _least(_least(total, leaf.slot_cap) if leaf.slot else total, leaf.cap)


def capped(day: Day) -> int:
    """Return what a day comes to under its caps, in points."""
    if not day:
        return 0
    if len(day) == 1:
        ((leaf, total),) = day.items()
        total = _alone(leaf, total)
        return total if leaf.community.startswith(EXEMPT) else _least(_least(total, leaf.community_cap), leaf.brand_cap)
    communities: dict[str, _Sum] = {}
    for (community, _), inside in _rules(day).items():
        communities.setdefault(community, _Sum()).add(inside.total(), inside.outer, inside.outmost)
    brand, exempt = _Sum(), 0
    for community, inside in communities.items():
        if community.startswith(EXEMPT):
            exempt += inside.points
        else:
            brand.add(inside.total(), inside.outer)
    return exempt + brand.total()


class _Sum:
    """Points under a cap, and the largest caps of what they are part of."""

    __slots__ = ("cap", "outer", "outmost", "points")

    def __init__(self) -> None:
        self.points, self.cap, self.outer, self.outmost = 0, 0, 0, 0

    def add(self, points: int, cap: int, outer: int = 0, outmost: int = 0) -> None:
        self.points += points
        self.cap, self.outer, self.outmost = (
            _larger(self.cap, cap),
            _larger(self.outer, outer),
            _larger(self.outmost, outmost),
        )

    def total(self) -> int:
        return _least(self.points, self.cap)


def _rules(day: Day) -> Mapping[tuple[str, str], _Sum]:
    slots: dict[tuple[str, str, int], _Sum] = {}
    rules: dict[tuple[str, str], _Sum] = {}
    for leaf, total in day.items():
        place = (leaf.community, leaf.rule)
        inside = rules.setdefault(place, _Sum())
        inside.add(0 if leaf.slot else total, leaf.cap, leaf.community_cap, leaf.brand_cap)
        if leaf.slot:
            slots.setdefault((*place, leaf.slot), _Sum()).add(total, leaf.slot_cap)
    for (community, rule, _), slot in slots.items():
        rules[community, rule].points += slot.total()
    return rules


def _larger(one: int, other: int) -> int:
    return UNCAPPED if UNCAPPED in (one, other) else max(one, other)


def _least(total: int, cap: int) -> int:
    return total if cap == UNCAPPED or total < cap else cap

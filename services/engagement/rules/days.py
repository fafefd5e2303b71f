"""What a day comes to: the live grants of a member under the caps of rules, communities and the brand. Pure.

A day is a sum for each leaf: a rule in a community, under the caps that its policy had. The caps are nested: what a rule
gives in a community, what all rules give there, what all communities give. Each is min(cap, sum of what is inside): a matter
of which grants are live, and not of who came first. Where leaves inside say different caps, the largest counts; a rule
without one is not capped, while a community's and the brand's cap hold as long as any leaf says one.
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
    total = before + points
    after = {**day, leaf: total}
    if total == 0:
        del after[leaf]
    if _stands_alone(leaf, after):
        return Moved(after, _alone(leaf, total) - _alone(leaf, before))
    return Moved(after, capped(after) - capped(day))


def _stands_alone(leaf: Leaf, day: Day) -> bool:
    """Say whether a leaf has nothing to do with any other of a day: then its own total decides, as is nearly always so."""
    community, rule, _, community_cap, brand_cap, _, _ = leaf
    if not community_cap == brand_cap == UNCAPPED:
        return False
    for one in day:
        if not one.community_cap == one.brand_cap == UNCAPPED:
            return False
        if one.rule == rule and one.community == community and one != leaf:
            return False
    return True


def _alone(leaf: Leaf, total: int) -> int:
    if leaf.slot:
        total = _least(total, leaf.slot_cap)
    return _least(total, leaf.cap)


def capped(day: Day) -> int:
    """Return what a day comes to under its caps, in points."""
    if not day:
        return 0
    if len(day) == 1:
        ((leaf, total),) = day.items()
        total = _alone(leaf, total)
        return total if leaf.community.startswith(EXEMPT) else _least(_least(total, leaf.community_cap), leaf.brand_cap)
    totals: dict[str, int] = {}
    for (community, _), points in _rules(day).items():
        totals[community] = totals.get(community, 0) + points
    brand = exempt = 0
    for community, points in totals.items():
        if community.startswith(EXEMPT):
            exempt += points
        else:
            brand += _least(points, max(leaf.community_cap for leaf in day if leaf.community == community))
    return exempt + _least(brand, max(leaf.brand_cap for leaf in day))


class _Sum:
    """Points under a cap."""

    __slots__ = ("cap", "points")

    def __init__(self) -> None:
        self.points, self.cap = 0, 0

    def add(self, points: int, cap: int) -> None:
        self.points += points
        self.cap = UNCAPPED if UNCAPPED in (self.cap, cap) else max(self.cap, cap)

    def total(self) -> int:
        return _least(self.points, self.cap)


def _rules(day: Day) -> Mapping[tuple[str, str], int]:
    """Return what each rule comes to in each community."""
    slots: dict[tuple[str, str, int], _Sum] = {}
    rules: dict[tuple[str, str], _Sum] = {}
    for leaf, total in day.items():
        place = (leaf.community, leaf.rule)
        rules.setdefault(place, _Sum()).add(0 if leaf.slot else total, leaf.cap)
        if leaf.slot:
            slots.setdefault((*place, leaf.slot), _Sum()).add(total, leaf.slot_cap)
    for (community, rule, _), slot in slots.items():
        rules[community, rule].points += slot.total()
    return {place: inside.total() for place, inside in rules.items()}


def _least(total: int, cap: int) -> int:
    return total if cap == UNCAPPED or total < cap else cap

"""What two tallies and the accounts at the end tell of each other. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest
from typing import NamedTuple

from services.engagement.rules.standing.record import Record
from services.engagement.rules.standing.standings import level_of
from services.engagement.simulating.report import Best, Karma, Member, Owed, RuleReport, Versus
from services.engagement.simulating.spread import spread
from services.engagement.simulating.tallying import Tally
from shared.documents.standing import Level

BEST = (10, 100)
"""How many places are looked at."""


class Balance(NamedTuple):
    """A member's balance at the end, under both."""

    member: str
    live: int
    candidate: int
    live_karma: int = 0
    candidate_karma: int = 0


def rules(live: Tally, candidate: Tally) -> tuple[RuleReport, ...]:
    """Return how the rules fare, by name."""
    names = sorted(live.rules.keys() | candidate.rules.keys())
    was, would_be = live.sums(names), candidate.sums(names)
    return tuple(RuleReport(rule=name, live=was[name], candidate=would_be[name]) for name in names)


def members(live: Tally, candidate: Tally) -> Sequence[Member]:
    """Return the members who earn something else, those who gain most first; equal ones by their id."""
    was, would_be = live.earned(), candidate.earned()
    found = [_member(name, was.get(name, 0), would_be.get(name, 0)) for name in was.keys() | would_be.keys()]
    return sorted((one for one in found if one.difference), key=lambda one: (-one.difference, one.member))


def _member(name: str, live: int, candidate: int) -> Member:
    return Member(member=name, live=live, candidate=candidate, difference=candidate - live)


def losers(changed: Sequence[Member], count: int) -> tuple[Member, ...]:
    """Return those who lose most, the biggest loss first."""
    return tuple(nsmallest(count, (one for one in changed if one.difference < 0), lambda one: (one.difference, one.member)))


def best(balances: Sequence[Balance], sizes: Iterable[int] = BEST) -> tuple[Best, ...]:
    """Return who changes place among the best, who enters and who leaves, for each size."""
    return tuple(_best(balances, size) for size in sizes)


def _best(balances: Sequence[Balance], size: int) -> Best:
    was = _top({one.member: one.live for one in balances}, size)
    would_be = _top({one.member: one.candidate for one in balances}, size)
    return Best(
        size=size,
        moved=sum(member in was and was.index(member) != place for place, member in enumerate(would_be)),
        enters=tuple(member for member in would_be if member not in was),
        leaves=tuple(member for member in was if member not in would_be),
    )


def _top(balances: Mapping[str, int], size: int) -> Sequence[str]:
    """Return the members with the most points, in the order in which the API tells them."""
    found = ((-balance, member) for member, balance in balances.items() if balance)
    return [member for _, member in nsmallest(size, found)]


def other_level(balances: Sequence[Balance], levels: tuple[Level, ...]) -> int:
    """Return how many members would have another level. Simulations know no orders: members have what they earned."""
    return sum(
        level_of(levels, Record(one.live, one.live_karma)) != level_of(levels, Record(one.candidate, one.candidate_karma))
        for one in balances
    )


def owed(balances: Sequence[Balance]) -> Versus[Owed]:
    """Return what members could spend; who is below 0 owes nothing in return."""
    return Versus(live=_owed([one.live for one in balances]), candidate=_owed([one.candidate for one in balances]))


def _owed(balances: Sequence[int]) -> Owed:
    above = [points for points in balances if points > 0]
    return Owed(points=sum(above), members=len(above))


def karma(tally: Tally) -> Karma:
    """Return what standing comes to."""
    found = spread(list(tally.karma.values()))
    return Karma(net=sum(tally.karma.values()), members=found.earners, gini=found.gini)

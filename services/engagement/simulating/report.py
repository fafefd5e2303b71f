"""What a simulation found. Frozen data: all of it is what a program is given."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the report."""


class Versus(Part, Generic[T], frozen=True, kw_only=True):
    """The same of both."""

    live: T
    candidate: T


class Sums(Part, frozen=True, kw_only=True):
    """Points of the time that is told of, as they are posted: after caps."""

    issued: int
    """Given, and given again; negative where a rule takes points away."""
    clawed_back: int
    """Taken back, as a positive number where it takes points from members."""
    net: int
    """The difference of both."""
    members: int
    """Members to whom it comes to more than 0."""


class RuleReport(Part, frozen=True, kw_only=True):
    """One rule, in whichever documents it stands."""

    rule: str
    live: Sums
    candidate: Sums


class Spread(Part, frozen=True, kw_only=True):
    """How what members earn is spread; shares are of earners' net points, None where nobody earns."""

    earners: int
    """Members who earn more than 0."""
    below: int
    """Members from whom more is taken than they earn: in none of the shares."""
    gini: float | None
    top_1_percent: float | None
    """The part that the highest 1 % of earners have, at least one member."""
    top_10_percent: float | None
    median: float | None


class Karma(Part, frozen=True, kw_only=True):
    """Standing that comes and goes with grants."""

    net: int
    members: int
    """Members who have more of it than before."""
    gini: float | None


class Member(Part, frozen=True, kw_only=True):
    """What a member earns, net."""

    member: str
    live: int
    candidate: int
    difference: int


class Best(Part, frozen=True, kw_only=True):
    """The members with the highest balances at the end."""

    size: int
    """How many places."""
    moved: int
    """Members who are among them under both, at another place."""
    enters: tuple[str, ...]
    """By their place under the candidate."""
    leaves: tuple[str, ...]
    """By their place under the live policies."""


class Owed(Part, frozen=True, kw_only=True):
    """What members could spend: the sum of balances above 0 at the end."""

    points: int
    members: int


class Report(Part, frozen=True, kw_only=True):
    """The whole. `live` is by the policies as they were in force, `candidate` by those of the file from `since` on."""

    brand: str
    documents: tuple[str, ...]
    """Of the candidate: `default` for the brand's, else communities."""
    since: datetime
    until: datetime
    first_event: datetime | None
    """The first of the brand's that Kafka holds, by the broker's clock; None where it holds none."""
    first_decision: datetime | None
    events: int
    """Records from `since` on."""
    warmed: int
    """Records before it, which were read for what they left behind and are not counted."""
    unreadable: int
    """Records from `since` on that are, or would be, dead letters."""
    failed: Versus[int]
    """Conditions that could not be evaluated."""
    total: Versus[Sums]
    rules: tuple[RuleReport, ...]
    spread: Versus[Spread]
    gain: int
    """Members who earn more under the candidate."""
    lose: int
    winners: tuple[Member, ...]
    """The biggest differences first."""
    losers: tuple[Member, ...]
    best: tuple[Best, ...]
    other_level: int
    """Members who would have another level at the end, by the brand's `Standing` in force now."""
    owed: Versus[Owed]
    karma: Versus[Karma]
    posted: int
    """Net points that the ledger really posted in that time, but by rules that are left out.

    Other than `total.live.net` the forecast is less certain.
    """
    left_out: tuple[str, ...]
    """Rules of either side that reward what is not read again: contests."""

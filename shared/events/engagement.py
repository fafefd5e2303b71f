"""What members earn: `engagement.grants.v1` (what is due) and `engagement.ledger.v1` (what was posted)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from shared.events.envelope import Common, Envelope, Instant, Int, Name, Text


class Points(Common, frozen=True, kw_only=True):
    """Points of one member: due (on the grants topic) or posted (on the ledger topic). Amounts are integers."""

    member: Name
    cause: Name
    """Id of the event that is rewarded, clawed back or restored for."""
    rule: Name
    """Its id in the policy. Those of the ledger itself begin with @: `@spent`, `@refunded`, `@adjusted` (by hand), `@sent`,
    `@received`, `@expired`."""
    version: Int
    """Version of the policy that holds the rule."""
    uncapped: Int
    """What the rule gives, before any cap; negative where it is taken back."""
    day: date | None = None
    """The day of the event in the policy's time zone; caps count by it."""
    cap: Int | None = None
    """The rule's daily cap in force, for each community."""
    community_cap: Int | None = None
    """What all rules can give in the community on one day."""
    brand_cap: Int | None = None
    """What all communities can give on one day."""
    exempt: bool = False
    """Whether neither of these two concerns it."""
    slot: Int | None = None
    """The part of the day, from 1, in which the rule pays once: it has a cool-down."""
    expires: date | None = None
    """The day with whose beginning, in UTC, the points expire; absent: never."""
    held_until: Instant | None = None
    """When they can be spent; absent: at once."""
    karma: Int | None = None
    """What the rule gives beside points, or takes back."""
    applied: Int | None = None
    """What was really posted; absent on the grants topic."""
    balance: Int | None = None
    """The member's balance after it; absent on the grants topic."""
    standing: Int | None = None
    """The member's karma after it; absent on the grants topic, and where there is none."""
    reason: Text | None = None
    thing: Name | None = None
    """What was taken part in, `quiz/spring`, where the points are for that."""


class Transfer(Common, frozen=True, kw_only=True):
    """Points from one member to another."""

    member: Name
    to: Name
    amount: Int
    cause: Name
    balance: Int | None = None


class Level(Common, frozen=True, kw_only=True):
    """A member reached a level."""

    member: Name
    level: Name
    cause: Name


class Badge(Common, frozen=True, kw_only=True):
    """A badge was given or taken back."""

    member: Name
    badge: Name
    cause: Name
    version: Int | None = None


class Task(Common, frozen=True, kw_only=True):
    """A member did all that a task asks for, or no longer."""

    member: Name
    task: Name
    cause: Name
    version: Int | None = None


class Status(Common, frozen=True, kw_only=True):
    """A member has a status, or no longer."""

    member: Name
    status: Literal["vip"]
    cause: Name
    version: Int | None = None


class Participation(Common, frozen=True, kw_only=True):
    """A member took part in something that the brand offers: a poll, a quiz, an activity."""

    member: Name
    thing: Name
    """Its kind and name: `quiz/spring`."""
    cause: Name
    score: Int | None = None
    """Of a quiz."""


class OrderChange(Common, frozen=True, kw_only=True):
    """Where an order of the shop stands now."""

    member: Name
    thing: Name
    """The goods, or the common goal: `goods/mug`."""
    order: Name
    state: Literal["waiting", "reserved", "cancelling", "paid", "fulfilled", "cancelled", "refunded", "refused"]
    """`cancelling`: cancelled while it was being paid. `cancelled`: nothing was taken. `refunded`: points came back."""
    quantity: Int
    """0: a donation."""
    amount: Int
    """Points."""
    cause: Name
    reason: Name | None = None
    """Why it was refused, as a code."""


class ContestEntry(Common, frozen=True, kw_only=True):
    """An entry to a contest."""

    contest: Name
    member: Name
    entry: Name
    cause: Name
    reason: Text | None = None


class Closing(Common, frozen=True, kw_only=True):
    """What is fixed of a draw before the round exists that decides it (docs/draws.md)."""

    contest: Name
    entrants: Int
    entrants_hash: Name
    seed_hash: Name
    chain: Name
    """The beacon's hash."""
    round: Int
    closed: Instant
    commitment: Name
    """The hash of all of this: what to compare with."""
    winners: Int
    alternates: Int


class Draw(Common, frozen=True, kw_only=True):
    """The result of a contest, with what is needed to check it."""

    contest: Name
    entrants: Int
    entrants_hash: Name
    seed: Name | None = None
    """Absent where no chance decided."""
    winners: Annotated[tuple[Name, ...], Meta(max_length=1000)]
    alternates: Annotated[tuple[Name, ...], Meta(max_length=1000)] | None = None
    """Who takes the place of a winner who cannot be found, in their order."""
    commitment: Name | None = None
    """What was published when the contest closed."""
    round: Int | None = None
    signature: Name | None = None
    """Of the round, in hexadecimal digits."""


class PointsGranted(Envelope, frozen=True, kw_only=True, tag="engagement.points.granted"):
    """Points for something that a member did."""

    data: Points


class PointsClawedBack(Envelope, frozen=True, kw_only=True, tag="engagement.points.clawed_back"):
    """What they were given for is gone."""

    data: Points


class PointsRestored(Envelope, frozen=True, kw_only=True, tag="engagement.points.restored"):
    """What they were given for is back."""

    data: Points


class PointsSpent(Envelope, frozen=True, kw_only=True, tag="engagement.points.spent"):
    """A member spent points."""

    data: Points


class PointsExpired(Envelope, frozen=True, kw_only=True, tag="engagement.points.expired"):
    """Points ran out of time."""

    data: Points


class PointsTransferred(Envelope, frozen=True, kw_only=True, tag="engagement.points.transferred"):
    """A member gave points to another."""

    data: Transfer


class LevelReached(Envelope, frozen=True, kw_only=True, tag="engagement.level.reached"):
    """A level was reached."""

    data: Level


class LevelLost(Envelope, frozen=True, kw_only=True, tag="engagement.level.lost"):
    """What a level was reached by is gone."""

    data: Level


class TaskCompleted(Envelope, frozen=True, kw_only=True, tag="engagement.task.completed"):
    """A task is done."""

    data: Task


class TaskReopened(Envelope, frozen=True, kw_only=True, tag="engagement.task.reopened"):
    """What a task was done by is gone."""

    data: Task


class StatusGained(Envelope, frozen=True, kw_only=True, tag="engagement.status.gained"):
    """A status was gained."""

    data: Status


class StatusLost(Envelope, frozen=True, kw_only=True, tag="engagement.status.lost"):
    """A status was lost."""

    data: Status


class BadgeAwarded(Envelope, frozen=True, kw_only=True, tag="engagement.badge.awarded"):
    """A badge was given."""

    data: Badge


class BadgeRevoked(Envelope, frozen=True, kw_only=True, tag="engagement.badge.revoked"):
    """A badge was taken back."""

    data: Badge


class Participated(Envelope, frozen=True, kw_only=True, tag="engagement.participation.counted"):
    """A member's part counts."""

    data: Participation


class OrderChanged(Envelope, frozen=True, kw_only=True, tag="engagement.order.changed"):
    """An order was made, paid, fulfilled, cancelled, or refused."""

    data: OrderChange


class ContestEntered(Envelope, frozen=True, kw_only=True, tag="engagement.contest.entered"):
    """A member takes part."""

    data: ContestEntry


class ContestDisqualified(Envelope, frozen=True, kw_only=True, tag="engagement.contest.disqualified"):
    """An entry no longer counts."""

    data: ContestEntry


class ContestReinstated(Envelope, frozen=True, kw_only=True, tag="engagement.contest.reinstated"):
    """An entry counts again."""

    data: ContestEntry


class ContestClosed(Envelope, frozen=True, kw_only=True, tag="engagement.contest.closed"):
    """No more entries are taken, and a draw is committed to."""

    data: Closing


class ContestDrawn(Envelope, frozen=True, kw_only=True, tag="engagement.contest.drawn"):
    """The winners are known."""

    data: Draw

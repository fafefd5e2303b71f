"""What of a member's points can be spent: what is held, what expires and when. Pure.

Points that expire are kept in lots, by the month with whose first day they expire; what expires first is spent first. How
much has expired follows from sums alone, so it does not matter in which order grants and spendings are read: with E(m) all
that was earned in lots up to m, and S(m) all that was spent before m began, what has expired by m is the largest of
E(k) - S(k) over the lots k up to m, and never less than nothing. A change posts the difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import msgspec
from msgspec.structs import replace

MONTHS = 12
HOUR_S = 3_600

Month = int
"""Months since the year 0."""


class Wallet(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is known beside the balance. All amounts are points."""

    earned: Mapping[Month, int] = {}
    """By lot: what was earned, less what was taken back."""
    spent: Mapping[Month, int] = {}
    """By the month in which it was spent."""
    expired: int = 0
    until: Month = 0
    """The last lot that has expired."""
    held: Mapping[int, int] = {}
    """By the hour (since 1970) in which it can be spent."""
    sent: Mapping[int, int] = {}
    """By day (ordinal): what was given to other members. Only the last days are remembered."""


EMPTY = Wallet()
SENT_DAYS = 3
"""Days of which it is remembered how much was given away; a command comes within seconds."""


def month_of(day: date) -> Month:
    """Return the month of a day."""
    return day.year * MONTHS + day.month - 1


def begin_of(month: Month) -> datetime:
    """Return the moment in which a month begins, in UTC."""
    return datetime(month // MONTHS, month % MONTHS + 1, 1, tzinfo=UTC)


def hour_of(moment: datetime) -> int:
    """Return the hour in which a moment lies, since 1970."""
    return int(moment.timestamp()) // HOUR_S


def moment_of(hour: int) -> datetime:
    """Return the beginning of an hour since 1970."""
    return datetime.fromtimestamp(hour * HOUR_S, UTC)


def with_earned(wallet: Wallet, points: int, lot: Month | None, release: int | None, now: int) -> Wallet:
    """Take in what was earned, or taken back: `release` is the hour from which it can be spent, `now` that of the record."""
    if lot is not None:
        wallet = replace(wallet, earned=_added(wallet.earned, lot, points))
    if release is not None and release > now:
        still = {hour: one for hour, one in wallet.held.items() if hour > now}
        wallet = replace(wallet, held=_added(still, release, points))
    return wallet


def with_spent(wallet: Wallet, points: int, at: datetime) -> Wallet:
    """Take in what was spent."""
    return replace(wallet, spent=_added(wallet.spent, month_of(at.date()), points))


def with_sent(wallet: Wallet, points: int, at: datetime) -> Wallet:
    """Take in what was given to another member."""
    day = at.toordinal()
    known = {one: sum_ for one, sum_ in wallet.sent.items() if one > day - SENT_DAYS}
    return replace(with_spent(wallet, points, at), sent=_added(known, day, points))


def sent_on(wallet: Wallet, at: datetime) -> int:
    """Return how much was given away on that day (UTC)."""
    return wallet.sent.get(at.toordinal(), 0)


def with_expired(wallet: Wallet, until: Month) -> Wallet:
    """Let lots expire up to one, or again what expired before: `expired` is what there is now."""
    until = max(until, wallet.until)
    earned, expired = 0, 0
    for lot in sorted(lot for lot in wallet.earned if lot <= until):
        earned += wallet.earned[lot]
        spent = sum(points for month, points in wallet.spent.items() if month < lot)
        expired = max(expired, earned - spent)
    return replace(wallet, expired=expired, until=until)


def available(balance: int, wallet: Wallet, at: datetime) -> int:
    """Return how many points can be spent at a moment: what is held still cannot. Negative where the member is in debt."""
    hour = hour_of(at)
    return balance - sum(max(0, points) for release, points in wallet.held.items() if release > hour)


def _added(sums: Mapping[int, int], key: int, points: int) -> Mapping[int, int]:
    total = sums.get(key, 0) + points
    if total:
        return {**sums, key: total}
    return {one: value for one, value in sums.items() if one != key}

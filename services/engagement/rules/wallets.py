"""What of a member's points can be spent: what is held, what expires and when. Pure.

Points that expire are kept in lots, by the month with whose first day they expire; what expires first is spent first, and
points that do not expire are spent last. How much has expired follows from sums by month alone (what was earned into which
lot, what was spent), gone through in their order: so it does not matter in which order grants and spendings are read. A
change posts the difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TypeVar

import msgspec
from msgspec.structs import replace

MONTHS = 12
HOUR_S = 3_600

Month = int
"""Months since the year 0."""


class Wallet(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is known beside the balance. All amounts are points."""

    earned: Mapping[tuple[Month, Month], int] = {}
    """By the month in which it was earned and the lot: what was earned, less what was taken back."""
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


def with_earned(wallet: Wallet, points: int, month: Month, lot: Month) -> Wallet:
    """Take in what was earned in a month into a lot, or taken back from it."""
    return replace(wallet, earned=_added(wallet.earned, (month, lot), points))


def with_held(wallet: Wallet, points: int, release: int, now: int) -> Wallet:
    """Take in what cannot be spent before an hour; `now` is that of the record: what is free by then is forgotten."""
    if release <= now:
        return wallet
    still = {hour: one for hour, one in wallet.held.items() if hour > now}
    return replace(wallet, held=_added(still, release, points))


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
    lots, expired = dict[Month, int](), 0
    ends = {lot for _, lot in wallet.earned}
    for month in sorted({*(month for month, _ in wallet.earned), *wallet.spent, *ends}):
        for lot in [lot for lot in lots if lot <= month <= until]:
            expired += lots.pop(lot)
        if month >= until:
            break  # nothing that happens from here on changes what has expired by then
        earned = {lot: points for (of, lot), points in wallet.earned.items() if of == month}
        expired += sum(points for lot, points in earned.items() if lot <= month and points > 0)
        lots |= {lot: lots.get(lot, 0) + points for lot, points in earned.items() if lot > month and points > 0}
        _spend(lots, wallet.spent.get(month, 0) - sum(points for points in earned.values() if points < 0))
    return replace(wallet, expired=expired, until=until)


def _spend(lots: dict[Month, int], points: int) -> None:
    """Take points from the lots, the oldest first; what is not in them is taken from points that do not expire."""
    for lot in sorted(lots):
        taken = min(points, lots[lot])
        lots[lot] -= taken
        points -= taken


def available(balance: int, wallet: Wallet, at: datetime) -> int:
    """Return how many points can be spent at a moment: what is held still cannot. Negative where the member is in debt."""
    hour = hour_of(at)
    return balance - max(0, sum(points for release, points in wallet.held.items() if release > hour))


K = TypeVar("K", int, tuple[int, int])


def _added(sums: Mapping[K, int], key: K, points: int) -> Mapping[K, int]:
    total = sums.get(key, 0) + points
    if total:
        return {**sums, key: total}
    return {one: value for one, value in sums.items() if one != key}

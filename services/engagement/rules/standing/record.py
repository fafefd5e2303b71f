"""What was counted of a member: sums that do not hang on the order in which entries came. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple, TypeVar

import msgspec
from msgspec.structs import replace

from services.engagement.rules.bookings import ADJUSTED, BARRED, OWN
from services.engagement.rules.wallets import Month, month_of

K = TypeVar("K", int, str)
V = TypeVar("V")

DAYS_KEPT = 400
"""Before the newest one: so far back streaks reach, and what tasks with a beginning or a deadline count."""

MONTHS_KEPT = 120
"""Before the newest one: so far back VIP status goes."""

COUNTED = frozenset({ADJUSTED, BARRED})
"""Rules of the ledger's own that change what was earned; orders do not."""

Day = int
"""As an ordinal number."""


class Record(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Sums of what was given and not taken back. A sum of 0 is absent."""

    earned: int = 0
    """Points of rules, and those that were given or taken by hand; no orders."""
    karma: int = 0
    counts: Mapping[str, int] = {}
    """By rule: how often it rewards what counts now."""
    days: Mapping[Day, Mapping[str, int]] = {}
    """The same by day, of the last days."""
    months: Mapping[Month, int] = {}
    """Points that were earned, by month."""
    since: Day = 0
    """The first day of which something is known; 0: none."""


class Entry(NamedTuple):
    """An entry of the ledger, as far as it counts here."""

    rule: str
    times: int
    """1 where it is given, -1 where it is taken back."""
    points: int
    karma: int
    day: date


EMPTY = Record()


def counted(record: Record, entry: Entry) -> Record:
    """Take in an entry."""
    if entry.rule.startswith(OWN):
        return _by_hand(record, entry) if entry.rule in COUNTED else record
    day, month = entry.day.toordinal(), month_of(entry.day)
    return Record(
        record.earned + entry.points,
        record.karma + entry.karma,
        _added(record.counts, entry.rule, entry.times),
        _of_day(record.days, day, entry),
        _kept(_added(record.months, month, entry.points), MONTHS_KEPT),
        min(record.since, day) if record.since else day,
    )


def _by_hand(record: Record, entry: Entry) -> Record:
    """Take in what is no rule's doing; what days of a sanction earn nothing is of their month."""
    earned = record.earned + entry.points
    if entry.rule != BARRED:
        return replace(record, earned=earned)
    months = _kept(_added(record.months, month_of(entry.day), entry.points), MONTHS_KEPT)
    return replace(record, earned=earned, months=months)


def _of_day(days: Mapping[Day, Mapping[str, int]], day: Day, entry: Entry) -> Mapping[Day, Mapping[str, int]]:
    counts = _added(days.get(day, {}), entry.rule, entry.times)
    if counts:
        return _kept({**days, day: counts}, DAYS_KEPT)
    return {one: known for one, known in days.items() if one != day}


def _added(sums: Mapping[K, int], key: K, more: int) -> Mapping[K, int]:
    total = sums.get(key, 0) + more
    return {**sums, key: total} if total else {one: known for one, known in sums.items() if one != key}


def _kept(of: Mapping[int, V], reach: int) -> Mapping[int, V]:
    oldest = max(of, default=0) - reach
    return of if all(one >= oldest for one in of) else {one: known for one, known in of.items() if one >= oldest}


def within(record: Record, rule: str, first: Day | None, last: Day | None) -> int:
    """Return how often a rule rewards what was done from one day to another, both included; None: no such bound."""
    if first is None and last is None:
        return record.counts.get(rule, 0)
    return sum(
        counts.get(rule, 0)
        for day, counts in record.days.items()
        if (first is None or day >= first) and (last is None or day <= last)
    )


def runs(record: Record, rules: frozenset[str]) -> list[tuple[Day, int]]:
    """Return the days without a gap on which one of the rules rewarded something: the first, and how many; in order."""
    found = list[tuple[Day, int]]()
    for day in sorted(day for day, counts in record.days.items() if not rules.isdisjoint(counts)):
        if found and sum(found[-1]) == day:
            found[-1] = found[-1][0], found[-1][1] + 1
        else:
            found.append((day, 1))
    return found

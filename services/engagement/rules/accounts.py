"""A member's account: the balance, and what was given on each day by each rule. Pure.

The capped total of a day and rule is min(cap, sum of the live grants), where the cap is the largest among those grants:
a matter of which grants are live and not of who came first. Each change posts the difference, so the balance is the
sum of all entries whatever the order.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

UNCAPPED = -1
"""Stands for a grant without a cap among the caps of a day."""

DAYS_MAX = 100
"""Days of an account that are kept open: an account is rewritten with each entry. Beyond them a day is closed."""

Sums = Mapping[int, int]
"""By cap: the sum of the live grants that have it."""


class Account(NamedTuple):
    """What a member has."""

    balance: int = 0
    entries: int = 0
    """How many there are; numbers the next one."""
    days: Mapping[int, Mapping[str, Sums]] = {}
    """By day (an ordinal number), by rule."""
    closed: int = 0
    """The last day that was closed: what changes on it later is entered, and no longer posted."""


class Change(NamedTuple):
    """Points that are given or taken back."""

    points: int
    rule: str
    day: date | None
    """None: no day's cap concerns it."""
    cap: int | None


class Posted(NamedTuple):
    """An account after a change, and what was really posted."""

    account: Account
    applied: int


EMPTY = Account()


def capped(sums: Sums) -> int:
    """Return the total of a day and rule under its cap."""
    total = sum(sums.values())
    if not sums or UNCAPPED in sums:
        return total
    return min(max(sums), total)


def posted(account: Account, change: Change) -> Posted:
    """Post a change: the difference that it makes to its day's total."""
    if change.day is None:
        return _moved(account, change.points, account.days, account.closed)
    day = change.day.toordinal()
    if day <= account.closed:
        return _moved(account, 0, account.days, account.closed)
    rules = account.days.get(day, {})
    before = rules.get(change.rule, {})
    after = _added(before, UNCAPPED if change.cap is None else change.cap, change.points)
    days = {**account.days, day: {**rules, change.rule: after}}
    closed = account.closed
    if len(days) > DAYS_MAX:
        closed = min(days)
        del days[closed]
    return _moved(account, capped(after) - capped(before), days, closed)


def _added(sums: Sums, cap: int, points: int) -> Sums:
    """Return the sums with a grant more or less; a cap of which no grant is live is forgotten."""
    total = sums.get(cap, 0) + points
    if len(sums) <= 1 and (not sums or cap in sums):  # nearly always: a rule has one cap on one day
        return {cap: total} if total else {}
    rest = {one: value for one, value in sums.items() if one != cap}
    return rest | {cap: total} if total else rest


def _moved(account: Account, applied: int, days: Mapping[int, Mapping[str, Sums]], closed: int) -> Posted:
    return Posted(Account(account.balance + applied, account.entries + 1, days, closed), applied)

"""A member's account: the balance, and what was given on each day by each rule. Pure.

The capped total of a day and rule is min(cap, sum of the live grants), where the cap is the largest among those grants:
a matter of which grants are live and not of who came first. Each change posts the difference, so the balance is the
sum of all entries whatever the order. No day is ever closed: what was given years ago can be taken back. The day that
was changed last is in hand, for the next change is nearly always of the same; all others are packed.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import msgspec

from services.engagement.rules import sheets
from services.engagement.rules.sheets import Day, Sums

UNCAPPED = -1
"""Stands for a grant without a cap among the caps of a day."""


class Account(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a member has."""

    balance: int = 0
    entries: int = 0
    """How many there are; numbers the next one."""
    day: int = 0
    """The day in hand (an ordinal number)."""
    live: Day = {}
    """What is live of the day in hand. The past may hold an older state of it."""
    past: bytes = sheets.NEW
    """All other days."""


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


def posted(account: Account, change: Change) -> Posted:
    """Post a change: the difference that it makes to its day's total."""
    if change.day is None:
        return _moved(account, account.live, change.points)
    day = change.day.toordinal()
    if day != account.day:
        account = _in_hand(account, day)
    before = account.live.get(change.rule, {})
    after = _added(before, UNCAPPED if change.cap is None else change.cap, change.points)
    return _moved(account, _with_rule(account.live, change.rule, after), capped(after) - capped(before))


def capped(sums: Sums) -> int:
    """Return the total of a day and rule under its cap."""
    total = sum(sums.values())
    if not sums or UNCAPPED in sums:
        return total
    return min(max(sums), total)


def _in_hand(account: Account, day: int) -> Account:
    past = sheets.written(account.past, account.day, account.live)
    return Account(account.balance, account.entries, day, sheets.read(past, day), past)


def _added(sums: Sums, cap: int, points: int) -> Sums:
    """Return the sums with a grant more or less; a cap of which no grant is live is forgotten."""
    total = sums.get(cap, 0) + points
    if len(sums) <= 1 and (not sums or cap in sums):  # nearly always: a rule has one cap on one day
        return {cap: total} if total else {}
    rest = {one: value for one, value in sums.items() if one != cap}
    return rest | {cap: total} if total else rest


def _with_rule(live: Day, rule: str, sums: Sums) -> Day:
    if sums:
        return {**live, rule: sums}
    return {one: others for one, others in live.items() if one != rule}


def _moved(account: Account, live: Day, applied: int) -> Posted:
    return Posted(Account(account.balance + applied, account.entries + 1, account.day, live, account.past), applied)

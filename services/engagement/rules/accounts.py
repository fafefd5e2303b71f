"""A member's account: the balance, and what was given on each day by each rule. Pure.

What a day comes to is a matter of which grants are live and not of who came first (days.py). Each change posts the
difference, so the balance is the sum of all entries whatever the order. No day is ever closed: what was given years ago can
be taken back. The day that was changed last is in hand, for the next change is nearly always of the same; all others are
packed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import msgspec

from services.engagement.rules import sheets
from services.engagement.rules.bars import Bars, barred, place_of, seen, touched
from services.engagement.rules.days import Day, Leaf, capped, moved


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
    karma: int = 0


class Change(NamedTuple):
    """Points and karma that are given or taken back."""

    points: int
    leaf: Leaf
    day: date | None
    """None: no cap concerns it."""
    karma: int = 0


class Posted(NamedTuple):
    """An account after a change, and how many points were really posted."""

    account: Account
    applied: int


EMPTY = Account()

NONE: Bars = {}


def posted(account: Account, change: Change, bars: Bars = NONE) -> Posted:
    """Post a change: the difference that it makes to its day's total, which is what counts of it where it is barred."""
    if change.day is None:
        return _moved(account, account.live, change.points, change.karma)
    day = change.day.toordinal()
    if day != account.day:
        account = _in_hand(account, day)
    live, applied = moved(account.live, change.leaf, change.points)
    if bars and (places := barred(bars, day)):
        applied = capped(seen(live, places)) - capped(seen(account.live, places))
    return _moved(account, live, applied, change.karma)


class Rebarred(NamedTuple):
    """What a day comes to more or less in a place where it is barred, or no longer."""

    day: date
    place: str
    points: int


def rebarred(account: Account, before: Bars, after: Bars) -> Iterator[Rebarred]:
    """Yield how many points more or less an account comes to where other days are barred, by day and place.

    Of several places of a day one after the other goes, or comes, in their order: together it is the day's difference.
    """
    known = [account.day, *(day for day in sheets.days(account.past) if day != account.day)]
    for day in touched(before, after, known):
        live = account.live if day == account.day else sheets.read(account.past, day)
        there, wanted = seen(live, barred(before, day)), seen(live, barred(after, day))
        for place in sorted({place_of(leaf) for leaf in there.keys() ^ wanted.keys()}):
            moved_ = {leaf: one for leaf, one in there.items() if place_of(leaf) != place}
            moved_ |= {leaf: one for leaf, one in wanted.items() if place_of(leaf) == place}
            points, there = capped(moved_) - capped(there), moved_
            if points:
                yield Rebarred(date.fromordinal(day), place, points)


def _in_hand(account: Account, day: int) -> Account:
    past = sheets.written(account.past, account.day, account.live)
    return Account(account.balance, account.entries, day, sheets.read(past, day), past, account.karma)


def _moved(account: Account, live: Day, applied: int, karma: int) -> Posted:
    balance, entries = account.balance + applied, account.entries + 1
    return Posted(Account(balance, entries, account.day, live, account.past, account.karma + karma), applied)

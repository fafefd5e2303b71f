"""Leaderboards: which there are, and who stands where. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple


class Period(StrEnum):
    """How long a board runs."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    ALL = "all"


class Metric(StrEnum):
    """What a board counts."""

    POINTS = "points"
    KARMA = "karma"


KEPT_DAYS: Mapping[Period, int] = {Period.DAY: 35, Period.WEEK: 70, Period.MONTH: 731}
"""How long ago a period of a live board may have begun: five weeks of days, ten weeks, two years of months."""

PLACED_MAX = 2**53 - 1
"""Redis sorts by floating-point numbers: up to this one they are exact."""


class Span(NamedTuple):
    """One period; for all time both ends are None."""

    first: date | None
    until: date | None
    """The day after the last one."""


class Board(NamedTuple):
    """One leaderboard."""

    brand: str
    community: str | None
    """None: the whole brand."""
    period: Period
    first: int
    """The day (ordinal) on which the period begins; 0 for all time."""
    metric: Metric


class Place(NamedTuple):
    """Where a member stands: equal ones have one place, and those behind them that of their number."""

    place: int
    member: str
    value: int


class Page(NamedTuple):
    """Some places of a board."""

    members: int
    """How many stand on the board."""
    places: Sequence[Place]


def first_of(period: Period, day: int) -> int:
    """Return the day (ordinal) on which the period begins in which a day lies; 0 for all time."""
    match period:
        case Period.DAY:
            return day
        case Period.WEEK:
            return day - (day - 1) % 7  # day 1 was a Monday
        case Period.MONTH:
            return date.fromordinal(day).replace(day=1).toordinal()
        case Period.ALL:
            return 0


def span_of(board: Board) -> Span:
    """Return the days of a board."""
    if board.period is Period.ALL:
        return Span(None, None)
    first = date.fromordinal(board.first)
    if board.period is Period.MONTH:
        return Span(first, (first.replace(day=28) + timedelta(days=4)).replace(day=1))
    return Span(first, first + timedelta(days=7 if board.period is Period.WEEK else 1))


def is_kept(period: Period, first: int, today: int) -> bool:
    """Say whether the live boards still hold a period that began on a day, on another day (UTC)."""
    return period is Period.ALL or first >= today - KEPT_DAYS[period]


def numbered(rows: Iterable[tuple[str, int]], offset: int, above: int) -> Sequence[Place]:
    """Return a page's places: its rows in order, the first of which is at `offset`, below `above` members with more."""
    found: list[Place] = []
    for row, (member, value) in enumerate(rows, offset + 1):
        last = found[-1] if found else Place(above + 1, "", value)
        found.append(Place(last.place if last.value == value else row, member, value))
    return found


def ranked(values: Mapping[str, int]) -> Sequence[Place]:
    """Return a whole board: the most first, equal ones by their id; whoever has nothing stands on no board."""
    rows = sorted(((member, value) for member, value in values.items() if value > 0), key=lambda row: (-row[1], row[0]))
    return numbered(rows, 0, 0)

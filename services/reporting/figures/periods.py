"""Days, weeks and months of a brand, in its zone, as stretches of hours. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct

from services.reporting.figures.buckets.hours import HOUR_S

DAY = timedelta(days=1)


class Grain(StrEnum):
    """How long the periods of a table are."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    WHOLE = "whole"


class Frame(Struct, frozen=True):
    """The days asked for, `until` not included, in a zone."""

    since: date
    until: date
    zone: ZoneInfo

    @property
    def days(self) -> int:
        """Return how many days there are."""
        return (self.until - self.since).days

    @property
    def before(self) -> Frame:
        """Return the days just before, as many as these."""
        return Frame(self.since - (self.until - self.since), self.since, self.zone)

    @property
    def first(self) -> datetime:
        """Return when it begins, in UTC."""
        return midnight(self.since, self.zone)

    @property
    def end(self) -> datetime:
        """Return when it is over, in UTC."""
        return midnight(self.until, self.zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day begins, in UTC; where clocks skip midnight, when they do."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def bounds(frame: Frame, grain: Grain) -> tuple[datetime, ...]:
    """Return when each period begins and, last, when the last one ends, in UTC. The ends are cut to the frame."""
    if grain is Grain.HOUR:
        return tuple(_hours(frame))
    starts = (midnight(day, frame.zone) for day in _days(frame) if _begins(day, frame, grain))
    return (*starts, frame.end)


def _hours(frame: Frame) -> Iterator[datetime]:
    at = hour_edge(frame.first)
    while at < hour_edge(frame.end):
        yield datetime.fromtimestamp(at * HOUR_S, UTC)
        at += 1
    yield frame.end


def _days(frame: Frame) -> Iterator[date]:
    day = frame.since
    while day < frame.until:
        yield day
        day += DAY


def _begins(day: date, frame: Frame, grain: Grain) -> bool:
    if day == frame.since or grain is Grain.DAY:
        return True
    match grain:
        case Grain.WEEK:
            return day.weekday() == 0
        case Grain.MONTH:
            return day.day == 1
        case Grain.YEAR:
            return (day.month, day.day) == (1, 1)
        case _:
            return False


def hour_edge(instant: datetime) -> int:
    """Return the first hour since 1970 that begins at the instant or later."""
    return -int(-instant.timestamp() // HOUR_S)

"""Which period a scheduled report is of, and when it is due. Pure.

A period is due by the clock on the wall of the brand's zone, and not before it is over and some time has passed for what
comes late. Whoever looks after a standstill finds the latest period that is due, and none before it.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple, get_args
from zoneinfo import ZoneInfo

from services.reporting.figures.periods import DAY, midnight
from shared.documents.schedules import Every, ReportSchedule, Weekday

WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
WEEK = timedelta(weeks=1)

MINUTES_OF_HOUR = 60

YEARS = range(1990, 2200)
"""Periods that can be named: those that figures are asked of."""


class Period(NamedTuple):
    """Whole days, `until` not included."""

    every: Every
    since: date
    until: date

    @property
    def name(self) -> str:
        """Return what it is called: `2026-10-05`, `2026-W41`, `2026-10`."""
        match self.every:
            case "day":
                return self.since.isoformat()
            case "week":
                year, week, _ = self.since.isocalendar()
                return f"{year}-W{week:02d}"
            case "month":
                return f"{self.since:%Y-%m}"

    @property
    def before(self) -> Period:
        """Return the period that ends where this one begins."""
        return holding(self.every, self.since - DAY)


def holding(every: Every, day: date) -> Period:
    """Return the period that a day lies in; weeks begin on Monday."""
    match every:
        case "day":
            return Period(every, day, day + DAY)
        case "week":
            monday = day - timedelta(days=day.weekday())
            return Period(every, monday, monday + WEEK)
        case "month":
            first = day.replace(day=1)
            return Period(every, first, first + timedelta(days=monthrange(first.year, first.month)[1]))


NAMES: dict[Every, tuple[re.Pattern[str], str]] = {
    "day": (re.compile(r"\d{4}-\d\d-\d\d"), "2026-10-05"),
    "week": (re.compile(r"\d{4}-W\d\d"), "2026-W41"),
    "month": (re.compile(r"\d{4}-\d\d"), "2026-10"),
}
"""How periods are named, and one for an example."""


def named(every: Every, name: str) -> Period:
    """Return the period of a name. Raises ValueError, which says how they are named."""
    pattern, example = NAMES[every]
    told = f"a {every} is named as {example}, and not {name[:20]}"
    if not pattern.fullmatch(name):
        raise ValueError(told)
    try:
        period = holding(every, date.fromisoformat({"day": name, "week": f"{name}-1", "month": f"{name}-01"}[every]))
    except ValueError as error:
        raise ValueError(told) from error
    if period.since.year not in YEARS:
        raise ValueError(f"a {every} lies in the years {YEARS[0]} to {YEARS[-1]}")
    return period


def due_at(spec: ReportSchedule, period: Period, zone: ZoneInfo, grace: timedelta) -> datetime:
    """Return when the report of a period is due, in UTC: at that time of the clock, and so long after its end at least.

    A time that the clock skips is as much later; of one that comes twice it is the first.
    """
    told = datetime.combine(_day(spec, period.until), wall_time(spec.at), zone).astimezone(UTC)
    return max(told, over_at(period, zone) + grace)


def over_at(period: Period, zone: ZoneInfo) -> datetime:
    """Return when a period is over, in UTC."""
    return midnight(period.until, zone)


def _day(spec: ReportSchedule, after: date) -> date:
    """Return the day on which it is made; `after` is the first day after the period."""
    match spec.every:
        case "day":
            return after
        case "week":
            return after + timedelta(days=WEEKDAYS.index(spec.weekday or "monday"))
        case "month":
            return after.replace(day=min(spec.day or 1, monthrange(after.year, after.month)[1]))


def wall_time(at: str | int) -> time:
    """Return a time of day: `22:00`, or the minutes from midnight on that YAML makes of it."""
    hour, minute = divmod(at, MINUTES_OF_HOUR) if isinstance(at, int) else map(int, at.split(":"))
    return time(hour, minute)


def latest(spec: ReportSchedule, zone: ZoneInfo, now: datetime, grace: timedelta) -> Period:
    """Return the latest period whose report is due by now."""
    period = holding(spec.every, now.astimezone(zone).date())
    while due_at(spec, period, zone, grace) > now:
        period = period.before
    return period


def following(spec: ReportSchedule, zone: ZoneInfo, now: datetime, grace: timedelta) -> Period:
    """Return the next period whose report will be due."""
    period = latest(spec, zone, now, grace)
    return holding(spec.every, period.until)

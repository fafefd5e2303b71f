"""A figure day by day, or over windows that end a week after one another, as goals need it. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from msgspec import Struct

from services.reporting.figures.figure import Figure
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame, Grain
from services.reporting.figures.summary import figures_by, figures_of
from services.reporting.rules.goals.declared import Sort, sort_of
from services.reporting.rules.goals.forecast import WEEK, Ahead, Bounds, Values, total_ahead, window_ahead

NOTHING: Values = np.zeros(0)


class Series(Struct, frozen=True):
    """What is known of a figure."""

    sort: Sort
    since: date
    until: date
    """Not included."""
    values: Values
    """Of each day; of a figure whose days do not add up, of each window, the last of which ends at `until`."""
    window: int | None
    """Days of a window."""

    def between(self, since: date, until: date) -> float | None:
        """Return the sum of some days; None where none of them is known."""
        first, end = ((day - self.since).days for day in (since, until))
        told = self.values[max(0, first) : max(0, end)]
        return float(told.sum()) if len(told) else (0.0 if since == until and len(self.values) else None)

    def by(self, end: date) -> float | None:
        """Return the figure as it stands when a day begins; None where that is not known."""
        if end > self.until or not len(self.values):
            return None
        if self.sort is Sort.WINDOW:
            place = len(self.values) - 1 - -(-(self.until - end).days // WEEK)
            return float(self.values[place]) if place >= 0 else None
        days = (end - self.since).days
        if self.sort is Sort.LEVEL:
            return float(self.values[days - 1]) if days > 0 else None
        return None if self.window is None or days < self.window else float(self.values[days - self.window : days].sum())

    @staticmethod
    def ahead_of(days: Values, gap: int, length: int, bounds: Bounds, known: float | None) -> Ahead | None:
        """Return what is known and what is expected of some days, together."""
        ahead = total_ahead(days, gap, length, bounds)
        return None if ahead is None or known is None else ahead.plus(known)

    def windows_ahead(self, steps: int, bounds: Bounds) -> Ahead | None:
        """Return what is expected so many weeks ahead."""
        return window_ahead(self.values, steps, bounds)


def series_of(material: Material, zone: ZoneInfo, figure: Figure, window: int | None, days: tuple[date, date]) -> Series:
    """Return the figure from the first of the days up to, not including, the second."""
    (since, until), sort = days, sort_of(figure)
    if since >= until:
        return Series(sort, since, until, NOTHING, window)
    if sort is not Sort.WINDOW:
        periods = figures_by(material, Frame(since, until, zone), Grain.DAY)[0]
        told = [period.values.get(figure.id) for period in periods]
        return Series(sort, since, until, _numbers(told), window)
    assert window is not None, "it was checked"
    ends = [until - timedelta(days=back) for back in range(0, (until - since).days - window + 1, WEEK)][::-1]
    told = [figures_of(material, Frame(end - timedelta(days=window), end, zone)).get(figure.id) for end in ends]
    first = next((place for place, value in enumerate(told) if value is not None), len(told))
    return Series(sort, since, until, _numbers(told[first:]), window)


def _numbers(told: list[float | None]) -> Values:
    """Return them as numbers, none where none is told: a window with nothing to divide by is as the one before."""
    if all(value is None for value in told):
        return NOTHING
    found, last = list[float](), 0.0
    for value in told:
        last = last if value is None else float(value)
        found.append(last)
    return np.array(found)

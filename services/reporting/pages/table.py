"""A report as CSV, one value a line: what a spreadsheet's pivot table or a program wants.

The columns keep their names in every language; an empty value is one that no platform tells.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from services.reporting.figures import BY_ID
from services.reporting.figures.periods import Grain
from services.reporting.figures.summary import Period, Values
from services.reporting.pages.report import Report

COLUMNS = ("by", "start", "community", "figure", "unit", "value")

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula; a community may be named by strangers."""

Line = tuple[str, str, str, str, str, int | None]


def as_csv(report: Report) -> str:
    """Return the table: the whole frame, each community, each month, week and day."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_lines(report))
    return text.getvalue()


def _lines(report: Report) -> Iterator[Line]:
    since = report.frame.since.isoformat()
    yield from _values(Grain.WHOLE, since, "", report.total)
    for place in report.places:
        yield from _values(Grain.WHOLE, since, harmless(place.community), place.values)
    yield from _periods(Grain.MONTH, report.months)
    yield from _periods(Grain.WEEK, report.weeks)
    yield from _periods(Grain.DAY, report.days)


def _periods(grain: Grain, periods: Sequence[Period]) -> Iterator[Line]:
    for period in periods:
        yield from _values(grain, period.start.date().isoformat(), "", period.values)


def _values(grain: Grain, start: str, community: str, values: Values) -> Iterator[Line]:
    for figure, value in values.items():
        yield grain.value, start, community, figure, BY_ID[figure].unit.en, value


def harmless(text: str) -> str:
    """Return the text so that no spreadsheet runs it."""
    return f"'{text}" if text.startswith(FORMULA) else text

"""A report as CSV, one value a line: what a spreadsheet's pivot table or a program wants.

The columns keep their names in every language. An empty value is one that no platform tells, and its note says so; the note
of a total names the platforms that do not tell it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from services.reporting.figures import figure_of
from services.reporting.figures.occasions import Occasion
from services.reporting.figures.periods import Grain
from services.reporting.figures.summary import Period, Values
from services.reporting.pages.report import Place, Report
from services.reporting.pages.sections import left_out
from services.reporting.pages.sections import untold as all_untold
from services.reporting.pages.words import WORDS
from shared.said import Language

COLUMNS = ("by", "start", "community", "figure", "unit", "value", "note")

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula; a community may be named by strangers."""

Line = tuple[str, str, str, str, str, float | None, str]
Note = Callable[[str, float | None], str]
"""Says what has to be said of a figure's value."""


def as_csv(report: Report, language: Language) -> str:
    """Return the table: the whole frame, each community, each month, week and day."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(lines(report, language))
    return text.getvalue()


def lines(report: Report, language: Language) -> Iterator[Line]:
    """Yield the values, in the order of COLUMNS."""
    since = report.frame.since.isoformat()
    untold = WORDS["untold"].by(language)

    def of_all(figure: str, value: float | None) -> str:
        told = any(report.is_told(figure, place) for place in report.places)
        return left_out(report, figure, language) or "" if told or value is not None else all_untold(report, language)

    yield from _values(Grain.WHOLE, since, "", report.total, of_all)
    for place in report.places:
        notes = partial(_note_of, report, place, untold)
        yield from _values(Grain.WHOLE, since, harmless(place.community), place.values, notes)
    yield from _periods(Grain.MONTH, report.months)
    yield from _periods(Grain.WEEK, report.weeks)
    yield from _periods(Grain.DAY, report.days)
    if report.occasion is not None:
        yield from _occasion(report.occasion)


def _occasion(one: Occasion) -> Iterator[Line]:
    """Yield a contest's or an activity's own numbers."""
    for id_, value in one.numbers.items():
        yield one.kind, one.since.isoformat(), "", f"{one.thing}:{id_}", "", value, ""


def _note_of(report: Report, place: Place, untold: str, figure: str, value: float | None) -> str:
    return untold if value is None and not report.is_told(figure, place) else ""


def _periods(grain: Grain, periods: Sequence[Period]) -> Iterator[Line]:
    for period in periods:
        yield from _values(grain, period.start.date().isoformat(), "", period.values)


def _values(grain: Grain, start: str, community: str, values: Values, note: Note = lambda *_: "") -> Iterator[Line]:
    for figure, value in values.items():
        yield grain.value, start, community, figure, _unit(figure), value, note(figure, value)


def _unit(id_: str) -> str:
    figure = figure_of(id_)
    return "" if figure is None else figure.unit.en


def harmless(text: str) -> str:
    """Return the text so that no spreadsheet runs it."""
    return f"'{text}" if text.startswith(FORMULA) else text

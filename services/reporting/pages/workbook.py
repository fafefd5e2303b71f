"""A report as a workbook (XLSX): sheets for the whole, communities, each grain, each table, and for what it all means.

Cells hold numbers, times in seconds and shares as parts of one, with the formats that show them as people read them.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import xlsxwriter

from services.reporting.figures import figure_of
from services.reporting.figures.figure import Figure, Form
from services.reporting.figures.periods import Grain
from services.reporting.figures.summary import Values
from services.reporting.figures.tables.table import Row, Table
from services.reporting.pages.report import Report
from services.reporting.pages.sections import called
from services.reporting.pages.words import PER, WORDS
from shared.said import Language, Said

FORMATS: Mapping[Form | None, str] = {
    Form.COUNT: "#,##0",
    Form.RATE: "#,##0.00",
    Form.SHARE: "0.0%",
    Form.SECONDS: "[h]:mm:ss",
    None: "General",
}
DAY_S = 86_400
"""A spreadsheet counts time in days."""
NAME_MAX = 31
"""Letters of a sheet's name, as spreadsheets have it."""
WIDTH, WIDTH_FIRST = 16, 34
"""Of columns, in letters."""

SHEETS = {
    "whole": Said("Whole", "Всё"),
    "communities": WORDS["by_community"],
    "meaning": Said("What it means", "Что это значит"),
}


Plain = str | float | date | None
"""A cell in one language."""
Told = tuple[Form | None, Plain]
"""A cell, and as what it is written."""


class Sheet(NamedTuple):
    """A sheet: its name, its columns, its rows."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Told]]


def as_xlsx(report: Report, language: Language) -> bytes:
    """Return the workbook. Nothing in it is a formula: what strangers wrote stays text."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        formats = {form: book.add_format({"num_format": told}) for form, told in FORMATS.items()}
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        days = book.add_format({"num_format": "yyyy-mm-dd"})
        names = set[str]()
        for sheet in _sheets(report, language):
            page = book.add_worksheet(_free(sheet.name, names))
            page.freeze_panes(1, 1)
            page.set_column(0, 0, WIDTH_FIRST)
            page.set_column(1, len(sheet.columns), WIDTH)
            for n, column in enumerate(sheet.columns):
                page.write_string(0, n, column, bold)
            for row, cells in enumerate(sheet.rows, 1):
                for n, (form, cell) in enumerate(cells):
                    _write(page, row, n, cell, form, days if isinstance(cell, date) else formats[form])
    return file.getvalue()


def _write(page: Any, row: int, column: int, cell: Plain, form: Form | None, format_: Any) -> None:  # noqa: ANN401 - of xlsxwriter
    match cell:
        case None:
            return
        case str():
            page.write_string(row, column, cell)
        case date():
            page.write_datetime(row, column, cell, format_)
        case _:
            page.write_number(row, column, cell / DAY_S if form is Form.SECONDS else cell, format_)


def _free(name: str, taken: set[str]) -> str:
    """Return a name that a sheet may have, and no other has."""
    plain = "".join(letter for letter in name if letter not in "[]:*?/\\'")[:NAME_MAX].strip() or "-"
    free = plain
    number = 2
    while free.lower() in taken:
        end = f" {number}"
        free, number = plain[: NAME_MAX - len(end)] + end, number + 1
    taken.add(free.lower())
    return free


def _sheets(report: Report, language: Language) -> Iterator[Sheet]:
    figures = [found for id_ in report.total if (found := figure_of(id_)) is not None]
    names = [figure.name.by(language) for figure in figures]
    whole = [WORDS[word].by(language) for word in ("figure", "value", "before")]
    yield Sheet(SHEETS["whole"].by(language), whole, _whole(report, figures, language))
    heads = [WORDS["community"].by(language), "id", *names]
    places = ([(None, place.title), (None, place.community), *_values(place.values, figures)] for place in report.places)
    yield Sheet(SHEETS["communities"].by(language), heads, places)
    for grain, periods in ((Grain.MONTH, report.months), (Grain.WEEK, report.weeks), (Grain.DAY, report.days)):
        told = ([(None, period.start.date()), *_values(period.values, figures)] for period in periods)
        yield Sheet(PER[grain].by(language), [WORDS["period"].by(language), *names], told)
    for table, rows in report.tables:
        columns = [column.name.by(language) for column in table.columns]
        yield Sheet(table.name.by(language), columns, (_told(report, table, row, language) for row in rows))
    meanings = [[(None, one.name.by(language)), (None, one.definition.by(language)), (None, one.id)] for one in figures]
    meaning = SHEETS["meaning"].by(language)
    yield Sheet(meaning, [WORDS["figure"].by(language), meaning, "id"], meanings)


def _whole(report: Report, figures: Sequence[Figure], language: Language) -> Iterator[Sequence[Told]]:
    for one in figures:
        told = (one.form, report.total.get(one.id)), (one.form, report.before.get(one.id))
        yield (None, one.name.by(language)), *told


def _told(report: Report, table: Table, row: Row, language: Language) -> Sequence[Told]:
    named = [(one, called(report, one, cell, language)) for one, cell in zip(table.columns, row, strict=True)]
    return [(column.form, cell.by(language) if isinstance(cell, Said) else cell) for column, cell in named]


def _values(values: Values, figures: Sequence[Figure]) -> Iterator[Told]:
    return ((figure.form, values.get(figure.id)) for figure in figures)

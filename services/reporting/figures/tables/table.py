"""What a table is: an id, words in two languages, columns, and how its rows are made. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from msgspec import Struct

from services.reporting.figures.figure import Form
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame
from shared.said import Said

Cell = str | float | date | None
"""A name, a number, a day; None where it is not known (yet), or nothing is there to divide by."""

Row = Sequence[Cell]


class Column(Struct, frozen=True):
    """One column; without a form it holds names or days."""

    id: str
    name: Said
    form: Form | None = None


class Table(Struct, frozen=True, kw_only=True):
    """One table of the reports."""

    id: str
    name: Said
    definition: Said
    columns: Sequence[Column]
    rows: Callable[[Material, Frame], Sequence[Row]]
    """Each as long as the columns, in the order in which they are shown."""

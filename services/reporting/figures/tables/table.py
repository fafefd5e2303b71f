"""What a table is: an id, words in two languages, columns, and how its rows are made. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from services.reporting.figures.figure import Form
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame, midnight
from shared.said import Said

Cell = str | Said | float | date | None
"""A name, words in every language, a number, a day; None where it is not known (yet), or nothing is there to divide by."""

Row = Sequence[Cell]


class Column(Struct, frozen=True):
    """One column; without a form it holds names or days."""

    id: str
    name: Said
    form: Form | None = None
    names: Mapping[str, Said] = {}
    """What people call its cells, where these are ids; programs read the ids."""


class Table(Struct, frozen=True, kw_only=True):
    """One table of the reports."""

    id: str
    name: Said
    definition: Said
    columns: Sequence[Column]
    rows: Callable[[Material, Frame], Sequence[Row]]
    """Each as long as the columns, in the order in which they are shown."""
    back_days: int = 0
    """So many days before the end of the frame the material must reach back, if it does not begin before them."""
    compares: bool = False
    """Whether the material must reach back over the frame before."""

    def since(self, frame: Frame) -> datetime:
        """Return from when on the material must be read."""
        first = frame.before.first if self.compares else frame.first
        return min(first, midnight(frame.until - timedelta(days=self.back_days), frame.zone))

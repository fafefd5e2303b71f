"""What a table is: an id, words in two languages, columns, and how its rows are made. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from services.reporting.figures.buckets.hours import HOUR_S
from services.reporting.figures.figure import Form
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame, hour_edge
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


Hours = Mapping[tuple[str, str], int]


def hours_by_member(material: Material, frame: Frame) -> Hours:
    """Return, by community and member, the hours of the frame in which they wrote: one bit each from its first hour on."""
    first = hour_edge(frame.first)
    mask = (1 << (hour_edge(frame.end) - first)) - 1
    found: dict[tuple[str, str], int] = {}
    for one in material.presences:
        shift = one.month - first
        bits = (one.bits << shift if shift >= 0 else one.bits >> -shift) & mask
        if bits:
            found[one.community, one.member] = found.get((one.community, one.member), 0) | bits
    return found


def bit_of(second: float, frame: Frame) -> int:
    """Return the number of the bit of the hour of an instant (seconds since 1970)."""
    return int(second // HOUR_S) - hour_edge(frame.first)


def any_between(bits: int, first: int, end: int) -> bool:
    """Return whether a bit is set from `first` up to, not including, `end`; what is below nought is not looked at."""
    first, end = max(first, 0), max(end, 0)
    return bool(bits >> first & ((1 << (end - first)) - 1)) if end > first else False

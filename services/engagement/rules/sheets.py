"""The days of an account that are not in hand, packed: two bytes a day, and two to six for each rule of it. Pure.

An account is kept for good, and rewritten whole with each batch that changes it. So its past is one piece of bytes, in
which the days stand on sheets. A sheet is unpacked when one of its days is touched; the others are copied as they are.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

SHEET_DAYS = 32
"""About a month. Two rules take 200 bytes of it; to change one of its days takes 10 us, 25 us where it is one of 120."""

Sums = Mapping[int, int]
"""By cap: the sum of the live grants that have it."""

Day = Mapping[str, Sums]
"""What is live of one day, by rule. A rule without live grants is absent."""

NEW = b""
"""The past of an account that has none."""

Sheet = dict[int, dict[int, int]]
"""By row (the day's place on the sheet), by column."""


class _Past(msgspec.Struct, array_like=True):
    columns: tuple[tuple[str, int], ...] = ()
    """Each rule and cap that there ever was: sheets name them by their place here."""
    sheets: dict[int, bytes] = {}
    """Packed, for these are only copied where another one is touched."""


_encode = msgspec.msgpack.Encoder().encode
_past = msgspec.msgpack.Decoder(_Past)
_sheet = msgspec.msgpack.Decoder(Sheet)


def read(past: bytes, day: int) -> Day:
    """Return what is live of a day."""
    if not past:
        return {}
    book = _past.decode(past)
    number, row = divmod(day, SHEET_DAYS)
    found: dict[str, dict[int, int]] = {}
    for column, total in _unpacked(book, number).get(row, {}).items():
        rule, cap = book.columns[column]
        found.setdefault(rule, {})[cap] = total
    return found


def written(past: bytes, day: int, live: Day) -> bytes:
    """Return the past with a day as it is now; a day with nothing live takes no room."""
    if not past and not live:
        return past
    book = _past.decode(past) if past else _Past()
    number, row = divmod(day, SHEET_DAYS)
    sheet = _unpacked(book, number)
    sheet.pop(row, None)
    if live:
        sheet[row] = _entered(book, live)
    book.sheets.pop(number, None)
    if sheet:
        book.sheets[number] = _encode(sheet)
    return _encode(book)


def _unpacked(book: _Past, number: int) -> Sheet:
    return _sheet.decode(book.sheets[number]) if number in book.sheets else {}


def _entered(book: _Past, live: Day) -> dict[int, int]:
    """Return a day by columns; a rule and cap that were never there get the next one."""
    columns = {column: place for place, column in enumerate(book.columns)}
    row = {
        columns.setdefault((rule, cap), len(columns)): total for rule, sums in live.items() for cap, total in sums.items()
    }
    book.columns = tuple(columns)
    return row

"""The rows of a table, each with the line that it begins in and as it stands there: CSV and NDJSON, streamed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from services.ingest.importers.importer import as_text
from services.ingest.importers.mapped.mapping import Table, columns_of
from shared.errors import Unprocessable
from shared.meant import meant

CELL_CHARS_MAX = 1_000_000
"""Of one cell: a quote that is never closed must not swallow the file."""

ENCODINGS = {"utf-8": "utf-8-sig", "utf8": "utf-8-sig"}
"""A byte order mark, which Excel writes, is none of the first column's name."""


class Row(Struct, frozen=True):
    """A row: its cells by column, or why it has none."""

    line: int
    raw: str
    cells: dict[str, Any] = {}
    wrong: str | None = None


def ndjson_rows(file: Path, table: Table) -> Iterator[Row]:
    """Yield the objects of a file of JSON lines."""
    del table
    with file.open("rb") as source:
        for number, line in enumerate(source, start=1):
            if bare := line.strip():
                yield _object(number, bare)


def _object(number: int, line: bytes) -> Row:
    try:
        cells = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Row(number, as_text(line), wrong="not JSON")
    if not isinstance(cells, dict):
        return Row(number, as_text(line), wrong="not a JSON object")
    return Row(number, as_text(line), cells)


def csv_rows(file: Path, table: Table) -> Iterator[Row]:
    """Yield the rows of a CSV file; a cell may hold several lines. Raises Unprocessable where columns are missing."""
    csv.field_size_limit(CELL_CHARS_MAX)
    encoding = ENCODINGS.get(table.encoding.lower(), table.encoding)
    with file.open(encoding=encoding, errors="surrogateescape", newline="") as source:
        lines = _Lines(source)
        reader = csv.reader(lines, delimiter=table.delimiter)
        columns = list(table.columns) if table.columns is not None else _head(reader, table, file)
        _check(columns, table, file)
        lines.taken()
        while (row := _next(reader, lines, columns, table)) is not None:
            if row.wrong or row.raw.strip():
                yield row


class _Lines:
    """Lines of a file, and which of them a row was made of."""

    def __init__(self, source: Iterator[str]) -> None:
        self._source = source
        self._since: list[str] = []
        self.number = 0
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.ended:
            raise StopIteration
        line = next(self._source)
        self._since.append(line)
        self.number += 1
        return line

    def taken(self) -> tuple[int, str]:
        """Return the first line since the last call and all of them."""
        lines, self._since = self._since, []
        return self.number - len(lines) + 1, "".join(lines).rstrip("\r\n")


def _next(reader: Iterator[list[str]], lines: _Lines, columns: list[str], table: Table) -> Row | None:
    try:
        cells = next(reader)
    except StopIteration:
        return None
    except csv.Error as error:
        return Row(*_shown(lines), wrong=str(error))
    except UnicodeError:
        lines.ended = True
        return Row(*_shown(lines), wrong=f"the file breaks off: not {table.encoding}")
    line, raw = _shown(lines)
    if any("\ud800" <= character <= "\udfff" for cell in cells for character in cell):
        return Row(line, raw, wrong=f"not {table.encoding}")
    if cells and len(cells) != len(columns):
        return Row(line, raw, wrong=f"{len(cells)} cells, and the table has {len(columns)} columns")
    return Row(line, raw, dict(zip(columns, cells, strict=False)))


def _shown(lines: _Lines) -> tuple[int, str]:
    line, raw = lines.taken()
    return line, raw.encode("utf-8", "replace").decode()


def _head(reader: Iterator[list[str]], table: Table, file: Path) -> list[str]:
    try:
        return [column.strip() for column in next(reader, [])]
    except (csv.Error, UnicodeError) as error:
        raise Unprocessable(f"the first line of {file.name} names no columns in {table.encoding}") from error


def _check(columns: list[str], table: Table, file: Path) -> None:
    for column in columns_of(table):
        if column not in columns:
            raise Unprocessable(f"{file.name} has no column `{column}`, which the mapping names{meant(column, columns)}")

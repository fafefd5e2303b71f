"""Any table, CSV or JSON lines, by a mapping of its columns to the contract.

Rows come in the order of time, of what happened at once content first; times that tell the day alone put a like before the
post of its day, so tell the hour where likes are to find their posts' authors. Ids are as the mapping says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import msgspec

from services.ingest.importers.files import occurrences
from services.ingest.importers.importer import Broken, Where
from services.ingest.importers.mapped.fill import left_out, made, place, told
from services.ingest.importers.mapped.mapping import Table, load
from services.ingest.importers.mapped.tables import Row, csv_rows, ndjson_rows
from services.ingest.importers.ordering import Placed, in_order
from shared.errors import Unprocessable
from shared.events import Envelope

ROWS: dict[str, Callable[[Path, Table], Iterator[Row]]] = {"csv": csv_rows, "ndjson": ndjson_rows}
"""The formats that need a mapping."""

LAST = float("inf")
"""The time of what has none: it stands last."""

_encoder, _decoder = msgspec.json.Encoder(), msgspec.json.Decoder(Row)


class Mapped:
    """The importer of one format by one mapping."""

    def __init__(self, format_: str, mapping: Path) -> None:
        self.format = format_
        self._table = load(mapping)

    def count(self, path: Path) -> int:
        """Return how many lines the file has; a cell may hold several."""
        return occurrences(path, b"\n")

    def read(self, path: Path, where: Where) -> Iterator[Envelope | Broken]:
        """Yield the events of the rows."""
        if not path.is_file():
            raise Unprocessable(f"{path.name} is no file; a mapping says what one file means")
        for _, raw in in_order(partial(self._placed, path)):
            yield from self._told(path, _decoder.decode(raw), where)

    def _placed(self, file: Path) -> Iterator[Placed]:
        for row in ROWS[self.format](file, self._table):
            yield Placed((*self._place(row), row.line), _encoder.encode(row))

    def _place(self, row: Row) -> tuple[float, int]:
        try:
            return (LAST, 0) if row.wrong is not None else place(self._table, row.cells)
        except Unprocessable:
            return LAST, 0

    def _told(self, file: Path, row: Row, where: Where) -> Iterator[Envelope | Broken]:
        if row.wrong is not None:
            yield Broken(file.name, row.line - 1, row.wrong, row.raw, row.line)
            return
        if left_out(self._table, row.cells):
            return
        try:
            events = [made(self._table, event, row.cells, where) for event in told(self._table, row.cells)]
        except Unprocessable as error:
            yield Broken(file.name, row.line - 1, str(error), row.raw, row.line)
            return
        if not events:
            yield Broken(file.name, row.line - 1, "no event of the mapping is for this row", row.raw, row.line)
        yield from events

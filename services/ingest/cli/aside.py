"""What of an export cannot be read: set aside in a file, a line of JSON each, so that somebody can look and mend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple, Self

import msgspec

from services.ingest.importers.importer import Broken
from services.ingest.rules.strict import Misfit, accepted
from shared.events import Envelope, encode

SHOWN = 10
"""Of the records set aside, so many are told on the screen."""


class Sound(NamedTuple):
    """An event that the edge takes, and its bytes."""

    event: Envelope
    raw: bytes


class Aside:
    """Writes broken records to a file, which comes to be with the first of them and begins anew with every import."""

    def __init__(self, file: Path, export: str) -> None:
        self.file, self._export = file, export
        self.count = 0
        self.first: list[Broken] = []
        self._out: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Begin anew."""
        self.count, self.first, self._out = 0, [], None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._out is not None:
            self._out.close()

    def put(self, broken: Broken) -> None:
        """Set one record aside."""
        if self._out is None:
            self._out = self.file.open("wb")
        self._out.write(msgspec.json.encode(written(broken)) + b"\n")
        self._out.flush()
        self.count += 1
        if len(self.first) < SHOWN:
            self.first.append(broken)

    def sound(self, read: Iterable[Envelope | Broken]) -> Iterator[Sound]:
        """Yield the events that the edge takes: it takes a batch wholly or not at all, so one misfit would hold up all."""
        for number, found in enumerate(read):
            if isinstance(found, Broken):
                self.put(found)
                continue
            raw = encode(found)
            try:
                accepted(raw, found.recordedtime)
            except Misfit as error:
                self.put(Broken(self._export, number, f"{error} (at {error.at})", raw=raw.decode()))
            else:
                yield Sound(found, raw)


def written(broken: Broken) -> dict[str, object]:
    """Return a broken record as a line of the file: lines count from 1, as editors do; records from 0."""
    place = {"record": broken.at} if broken.line is None else {"line": broken.line}
    return {"file": broken.file, **place, "reason": broken.reason, "raw": broken.raw}


def told(broken: Broken) -> str:
    """Return a broken record as a sentence; never what it says."""
    place = f"record {broken.at}" if broken.line is None else f"line {broken.line}"
    return f"{broken.file}, {place}: {broken.reason}"

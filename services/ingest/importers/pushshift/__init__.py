"""Archives of Reddit after Pushshift: files of NDJSON, comments in some and submissions in others, a thing a line.

Give one file, or a folder of `.ndjson`, `.jsonl` or `.json` files, unpacked: all are merged by `created_utc`, a submission
before the comments of its second. With a community that subreddit alone is read. What becomes of a line is the business of
the connector, so whoever polls Reddit tells the same facts under the same ids.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from services.ingest.connectors.reddit import things
from services.ingest.connectors.reddit.names import community_of
from services.ingest.connectors.reddit.wire import Thing, Wire
from services.ingest.importers.files import files_of, occurrences
from services.ingest.importers.importer import Broken, Where, as_text
from services.ingest.importers.ordering import Placed, in_order
from shared.errors import Unprocessable
from shared.events import Envelope
from shared.events.codec import reason

ENDINGS = (".ndjson", ".jsonl", ".json")
PACKED = (".zst", ".xz", ".bz2", ".gz", ".zip")

BASE = 36
NUMBER_MAX = 2**62
LAST = float("inf")
"""The time of what has none: it stands last."""


class _Place(Wire, frozen=True):
    """Just enough of a line to put it where it belongs."""

    created_utc: float = LAST
    id: str = ""
    title: Any = None


_place = msgspec.json.Decoder(_Place, strict=False)
_thing = msgspec.json.Decoder(Thing, strict=False)


class Pushshift:
    """The importer."""

    format = "pushshift"

    def count(self, path: Path) -> int:
        """Return how many lines the files have."""
        return sum(occurrences(file, b"\n") for file in _files(path))

    def read(self, path: Path, where: Where) -> Iterator[Envelope | Broken]:
        """Yield the events of all things, files merged by time."""
        streams = [_lines(file) for file in _files(path)]
        for _, file, number, raw in heapq.merge(*streams, key=lambda line: line[0]):
            yield from _told(file, number, raw, where)


def _files(path: Path) -> list[Path]:
    if path.name.endswith(PACKED):
        raise Unprocessable(f"unpack {path.name} first, for example by `zstd -d --long=31 {path.name}`")
    return files_of(path, *ENDINGS)


Line = tuple[tuple[float, int, int], Path, int, bytes]


def _lines(file: Path) -> Iterator[Line]:
    """Yield the lines of a file in the order of time, each with its number, counted from 1."""
    for order, raw in in_order(partial(_placed, file)):
        number, _, line = raw.partition(b" ")
        yield order, file, int(number), line


def _placed(file: Path) -> Iterator[Placed]:
    with file.open("rb") as source:
        for number, line in enumerate(source, start=1):
            if bare := line.strip():
                yield Placed(_order(bare, number), b"%d %b" % (number, bare))


def _order(line: bytes, number: int) -> tuple[float, int, int]:
    """Return where a line belongs: of one second first the submissions, then what has the lower id."""
    try:
        place = _place.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return LAST, 0, number
    return place.created_utc, int(place.title is None), _number(place.id, number)


def _number(id_: str, otherwise: int) -> int:
    try:
        return min(int(id_, BASE), NUMBER_MAX)
    except ValueError:
        return otherwise


def _told(file: Path, number: int, raw: bytes, where: Where) -> Iterator[Envelope | Broken]:
    try:
        thing = _thing.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        yield Broken(file.name, number - 1, reason(error), as_text(raw), line=number)
        return
    if where.community in {None, community_of(thing.subreddit)}:
        yield from things.events_of(thing, where)

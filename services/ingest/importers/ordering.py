"""Records of an export in the order of time, with flat memory, however they stand in it.

Most files are nearly in order, or newest first. They are read once for their order alone. Where a look-ahead brings all
records to their places, that is what happens on the second reading; else they are sorted on disk.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from operator import itemgetter
from tempfile import TemporaryFile
from typing import IO, NamedTuple

import msgspec

LOOK_AHEAD = 5_000
"""Records that are held back to sort out small disorder."""

RUN_BYTES = 32_000_000
"""What is sorted in memory at once; a file of 10 GB makes 300 runs on disk, well below what a process may open."""

SIZE_BYTES = 4

Order = tuple[float, int, int]
"""When, in seconds since 1970; which comes first of what happened at once; the number in the file."""

START: Order = (float("-inf"), 0, 0)


class Placed(NamedTuple):
    """A record as it stands in the file, and its place in time."""

    order: Order
    raw: bytes


Read = Callable[[], Iterator[Placed]]
"""Reads the records from the first on, each time the same."""

_encoder, _decoder = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(Placed)


def in_order(read: Read) -> Iterator[Placed]:
    """Yield the records in the order of time."""
    return _ahead(read()) if _nearly(read) else _sorted(read())


def _nearly(read: Read) -> bool:
    last = START
    for record in _ahead(Placed(placed.order, b"") for placed in read()):
        if record.order < last:
            return False
        last = record.order
    return True


def _ahead(records: Iterator[Placed]) -> Iterator[Placed]:
    held: list[Placed] = []
    for record in records:
        if len(held) < LOOK_AHEAD:
            heapq.heappush(held, record)
        else:
            yield heapq.heappushpop(held, record)
    while held:
        yield heapq.heappop(held)


def _sorted(records: Iterator[Placed]) -> Iterator[Placed]:
    with ExitStack() as files:
        runs = [_written(run, files.enter_context(TemporaryFile())) for run in _runs(records)]
        yield from heapq.merge(*map(_read, runs), key=itemgetter(0))


def _runs(records: Iterator[Placed]) -> Iterator[list[Placed]]:
    run, size = [], 0
    for record in records:
        run.append(record)
        size += len(record.raw)
        if size > RUN_BYTES:
            yield run
            run, size = [], 0
    yield run


def _written(run: list[Placed], file: IO[bytes]) -> IO[bytes]:
    for record in sorted(run, key=itemgetter(0)):
        packed = _encoder.encode(record)
        file.write(len(packed).to_bytes(SIZE_BYTES, "big") + packed)
    file.seek(0)
    return file


def _read(file: IO[bytes]) -> Iterator[Placed]:
    while size := file.read(SIZE_BYTES):
        yield _decoder.decode(file.read(int.from_bytes(size, "big")))

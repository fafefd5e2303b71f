"""The progress document: how far one partition of one group is. Pure.

An output carries `origin: group/q@epoch/seq`. For each input topic and upstream writer the last output
taken in is kept, so a record that was published twice is seen to be. Two topics of one writer have no
order between them, so the topic is part of the key.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from shared.bus.record import Record, header
from shared.errors import Halt, Unprocessable

ORIGIN = "origin"


class Watermark(msgspec.Struct):
    """The last output taken in of one writer through one topic."""

    epoch: str
    seq: int


class Place(msgspec.Struct):
    """Where the next record of a topic is, and a fingerprint of the one just below it."""

    next: int
    below: int | None = None


class Progress(msgspec.Struct):
    """How far a partition is; changed only inside the loop's transaction."""

    epoch: str
    """Born with the document: outputs of another life of this partition are not comparable."""
    version: int = 0
    seq: int = 0
    """Outputs so far."""
    places: dict[str, Place] = msgspec.field(default_factory=dict)
    origins: dict[str, dict[str, Watermark]] = msgspec.field(default_factory=dict)
    """By topic, by writer (`group/q`)."""
    dead: int = 0
    """Dead letters in the present window; an operator who accepts more sets it below 0."""
    window: int = 0
    """Records in the present window."""

    def offsets(self) -> dict[str, int]:
        """Return the next offset of each topic."""
        return {topic: place.next for topic, place in self.places.items()}

    def copy(self) -> Progress:
        """Return a copy that can be moved on without touching this one."""
        return msgspec.msgpack.decode(msgspec.msgpack.encode(self), type=Progress)


class Origin(NamedTuple):
    """Who put out a record, and as which of its outputs."""

    writer: str
    epoch: str
    seq: int


def origin_of(record: Record) -> Origin | None:
    """Return the record's origin, or None for one that no fold put out.

    Raises Unprocessable where the header is not one.
    """
    raw = header(record, ORIGIN)
    if raw is None:
        return None
    try:
        writer, _, rest = raw.decode("ascii").partition("@")
        epoch, _, seq = rest.partition("/")
        return Origin(writer, epoch, int(seq))
    except ValueError as error:
        raise Unprocessable("the origin header is not group/q@epoch/seq") from error


def origin_of_outputs(group: str, q: int, progress: Progress) -> bytes:
    """Return what the origins of all outputs of a partition begin with."""
    return f"{group}/{q}@{progress.epoch}/".encode()


def origin_header(outputs: bytes, seq: int) -> tuple[str, bytes]:
    """Return the header that names an output; `outputs` as of `origin_of_outputs`."""
    return ORIGIN, b"%b%d" % (outputs, seq)


def taken_before(progress: Progress, topic: str, origin: Origin) -> bool:
    """Say whether this output of the upstream writer was taken in before; else remember it.

    Raises Halt where the writer began a new life: its numbers start again, so nothing can be told.
    """
    writers = progress.origins.setdefault(topic, {})
    mark = writers.get(origin.writer)
    if mark is None:
        writers[origin.writer] = Watermark(origin.epoch, origin.seq)
        return False
    if mark.epoch != origin.epoch:
        raise Halt(f"{origin.writer} upstream of {topic} has a new epoch {origin.epoch}", "changed-epoch")
    if origin.seq <= mark.seq:
        return True
    mark.seq = origin.seq
    return False


def fingerprint(record: Record) -> int:
    """Return what tells this record from another at its offset: broker's time, key and value."""
    crc = zlib.crc32(record.key or b"", record.timestamp & 0xFFFFFFFF)
    return zlib.crc32(record.value or b"", crc)


def move_past(progress: Progress, last_records: Iterable[Record]) -> None:
    """Move past the last records of a batch, one of each topic, and keep their fingerprints."""
    for record in last_records:
        place = progress.places[record.topic]
        place.next, place.below = record.offset + 1, fingerprint(record)

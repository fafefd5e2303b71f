"""Which of the records that were delivered are the next ones. Pure.

The first record must stand exactly at the progress offset: a lower one was redelivered, a higher one
means that some are missing, so it is discarded and sought back. The record just below progress, read
first by a new owner, must be the one that was folded: another one means that the log is not the same log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.bus.record import Record
from shared.errors import Halt
from shared.fold.progress import Progress, fingerprint


@dataclass(slots=True)
class Sifted:
    """The next records of a partition, and what was wrong with the others."""

    fresh: list[Record] = field(default_factory=list)
    redelivered: int = 0
    discarded: int = 0
    seek: dict[str, int] = field(default_factory=dict)
    """By topic: where to read on, because a record stood too far ahead."""


def sift(progress: Progress, unverified: set[str], records: Sequence[Record]) -> Sifted:
    """Return the records that are next. A topic leaves `unverified` once its record below progress was seen.

    Raises Halt where that record is another one.
    """
    found = Sifted()
    expected = {topic: place.next for topic, place in progress.places.items()}
    for record in records:
        topic, offset = record.topic, record.offset
        if offset == expected[topic] and topic not in unverified:
            found.fresh.append(record)
            expected[topic] = offset + 1
        else:
            _put_aside(record, progress, unverified, expected, found)
    return found


def _put_aside(record: Record, progress: Progress, unverified: set[str], expected: dict[str, int], found: Sifted) -> None:
    topic, due = record.topic, expected[record.topic]
    if record.offset < due:
        if topic in unverified and record.offset == due - 1:
            _verify(record, progress)
            unverified.discard(topic)
        else:
            found.redelivered += 1
    else:
        found.discarded += 1
        found.seek.setdefault(topic, due - 1 if topic in unverified else due)


def _verify(record: Record, progress: Progress) -> None:
    if fingerprint(record) != progress.places[record.topic].below:
        raise Halt(
            f"{record.topic}/{record.partition}: offset {record.offset} holds another record than the one folded",
            "log-replaced",
        )

"""What Kafka holds, read once more outside of any group, in the order in which a fold would have read it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Iterator
from contextlib import AsyncExitStack, aclosing
from datetime import datetime
from typing import NamedTuple, Protocol

from shared.bus.record import Record
from shared.errors import Unprocessable
from shared.fold.progress import origin_of
from shared.topics import DECISIONS, EVENTS

FOLDED = (EVENTS.name, DECISIONS.name)
"""Dead letters that were given back are left out: a life that begins from nothing folds the original in its place."""


class Read(Protocol):
    """Reads what a topic holds: see `past.records`."""

    def __call__(self, topic: str, partitions: Collection[int], since_ms: int | None) -> AsyncGenerator[Record]:
        """Yield the records of these partitions, in order within each, from that time of the broker on."""


class Span(NamedTuple):
    """From when on is read, from when on is told of it, and until when; by the broker's clock."""

    warm: datetime
    since: datetime
    until: datetime

    def holds(self, record: Record) -> bool:
        """Say whether a record is told of: it is no longer read for what it leaves in memory alone."""
        return record.timestamp >= milliseconds(self.since)


def milliseconds(at: datetime) -> int:
    """Return a moment as Kafka holds it."""
    return round(at.timestamp() * 1000)


async def ordered(read: Read, brand: str, q: int, span: Span) -> AsyncGenerator[Record]:
    """Yield a brand's events and commands of a partition, each once.

    Between the two topics the order is that of the broker's clock, events first at the same millisecond. The fold may have
    read two that came within the same second the other way round.
    """
    prefix, once = f"{brand}/".encode(), Once()
    async with AsyncExitStack() as ending:
        readers = [await ending.enter_async_context(aclosing(read(topic, {q}, milliseconds(span.warm)))) for topic in FOLDED]
        heads = [await anext(reader, None) for reader in readers]
        while (place := _first(heads)) is not None:
            record = heads[place]
            assert record is not None, "only what is there comes first"
            heads[place] = await anext(readers[place], None)
            if record.timestamp >= milliseconds(span.until):
                heads[place] = None  # the rest of this topic is later still
            elif (record.key or b"").startswith(prefix) and once.is_new(record):
                yield record


def _first(heads: list[Record | None]) -> int | None:
    there = [(record.timestamp, place) for place, record in enumerate(heads) if record is not None]
    return min(there)[1] if there else None


class Once:
    """Knows outputs of a fold that were published a second time, by their origin."""

    def __init__(self) -> None:
        self._marks: dict[tuple[str, str, str], int] = {}
        """The last output by topic, writer and the writer's life."""

    def is_new(self, record: Record) -> bool:
        """Say whether a record comes for the first time. What has no origin, or a broken one, does."""
        for topic, writer, epoch, seq in _origin(record):
            if seq <= self._marks.get((topic, writer, epoch), -1):
                return False
            self._marks[topic, writer, epoch] = seq
        return True


def _origin(record: Record) -> Iterator[tuple[str, str, str, int]]:
    try:
        found = origin_of(record) if record.headers else None
    except Unprocessable:
        return
    if found is not None:
        yield record.topic, found.writer, found.epoch, found.seq

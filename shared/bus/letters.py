"""Dead letters from outside the fold: read them, give them back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from typing import NamedTuple

from shared.bus import past
from shared.bus.publisher import Publisher
from shared.bus.record import Record, header
from shared.fold.deadletter import COORDINATES, REASON, retry
from shared.telemetry.traces import trace_of
from shared.topics import dead_letters, retries


class Letter(NamedTuple):
    """A dead letter, without the record in it."""

    group: str
    coordinates: str
    """topic/partition@offset of the record that could not be processed."""
    reason: str
    trace: str | None
    size: int
    """Bytes of the record's value."""
    died_ms: int
    """When the broker took the letter."""
    partition: int
    offset: int
    """Where the letter itself is."""


def records(servers: str, group: str) -> AsyncIterator[Record]:
    """Yield the dead letters of a group as the topic has them now; in order within each partition.

    Raises Retryable where Kafka is away.
    """
    return past.records(servers, dead_letters(group).name)


def letter_of(group: str, record: Record) -> Letter:
    """Return what a record of the topic of dead letters says."""
    reason = (header(record, REASON) or b"").decode("utf-8", "replace")
    coordinates = (header(record, COORDINATES) or b"").decode("utf-8", "replace")
    size = len(record.value or b"")
    return Letter(group, coordinates, reason, trace_of(record), size, record.timestamp, record.partition, record.offset)


async def latest(servers: str, group: str) -> list[Letter]:
    """Return each letter once, as it died last, oldest first: one that was given back may have died again."""
    found: dict[str, Letter] = {}
    async for record in records(servers, group):
        letter = letter_of(group, record)
        before = found.get(letter.coordinates)
        if before is None or before.died_ms <= letter.died_ms:
            found[letter.coordinates] = letter
    return sorted(found.values(), key=lambda letter: letter.died_ms)


async def record_of(servers: str, letter: Letter) -> Record | None:
    """Return the record that a letter is, or None where it is no longer kept."""
    async for record in records(servers, letter.group):
        if (record.partition, record.offset) == (letter.partition, letter.offset):
            return record
    return None


async def replay(servers: str, group: str, chosen: Collection[Letter]) -> int:
    """Give dead letters back to their group, to the partitions they came from; return how many.

    Raises Retryable where Kafka is away; to give them back again does no harm.
    """
    wanted = {(letter.partition, letter.offset) for letter in chosen}
    publisher, given = Publisher(servers, "veche-dlq"), 0
    await publisher.start()
    try:
        async for record in records(servers, group):
            if (record.partition, record.offset) in wanted:
                await publisher.send(retries(group).name, retry(record), record.partition)
                given += 1
    finally:
        await publisher.stop()
    return given

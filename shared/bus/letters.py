"""Dead letters from outside the fold: read them, give them back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.bus.publisher import Publisher
from shared.bus.record import Record, header
from shared.fold.deadletter import COORDINATES, REASON, retry
from shared.telemetry.traces import trace_of
from shared.topics import dead_letters, retries

READ_MS = 2_000
LETTERS_MAX = 10_000
"""Letters that one look reads; more than a group may have before it stands still."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter."""

    group: str
    coordinates: str
    reason: str
    trace: str | None
    record: Record


@asynccontextmanager
async def _reader(servers: str) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def letters(servers: str, group: str) -> list[Letter]:
    """Return the dead letters of a group that are still kept, oldest first."""
    topic = dead_letters(group).name
    async with _reader(servers) as consumer:
        await consumer._client.force_metadata_update()  # noqa: SLF001 - no public call reads fresh metadata
        await consumer._client.add_topic(topic)  # noqa: SLF001 - assign needs the partitions first
        places = [TopicPartition(topic, p) for p in sorted(consumer.partitions_for_topic(topic) or ())]
        if not places:
            return []
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        await consumer.seek_to_beginning(*places)
        found: list[Letter] = []
        while len(found) < LETTERS_MAX and not await _at_end(consumer, ends):
            batch = await consumer.getmany(timeout_ms=READ_MS)
            found += [_letter(group, record) for records in batch.values() for record in records]
    return sorted(found, key=lambda letter: letter.record.timestamp)


async def _at_end(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> bool:
    return all([await consumer.position(place) >= end for place, end in ends.items()])


def _letter(group: str, record: Record) -> Letter:
    reason = (header(record, REASON) or b"").decode("utf-8", "replace")
    coordinates = (header(record, COORDINATES) or b"").decode("utf-8", "replace")
    return Letter(group, coordinates, reason, trace_of(record), record)


async def replay(servers: str, chosen: list[Letter]) -> int:
    """Give dead letters back to their groups, to the partitions they came from; return how many."""
    publisher = Publisher(servers, "veche-dlq")
    await publisher.start()
    try:
        for letter in chosen:
            await publisher.send(retries(letter.group).name, retry(letter.record), letter.record.partition)
    finally:
        await publisher.stop()
    return len(chosen)

"""What a topic holds now, read from outside of any group: by operators' commands."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.bus.record import Record
from shared.errors import Retryable

READ_MS = 2_000
SILENT_MAX = 10
"""Empty answers in a row, of READ_MS each, while there must be more."""

FETCH_BYTES, FETCH_BYTES_OF_ONE = 1 << 20, 1 << 15
"""Of a partition at once: aiokafka's own number, and enough where single records are looked for."""


@asynccontextmanager
async def _reader(servers: str, fetch_bytes: int = FETCH_BYTES) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=servers,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=fetch_bytes,
    )
    try:
        await consumer.start()
        yield consumer
    except KafkaError as error:
        raise Retryable(f"Kafka does not answer at {servers} ({type(error).__name__})") from error
    finally:
        await consumer.stop()


async def records(
    servers: str, topic: str, partitions: Collection[int] | None = None, since_ms: int | None = None
) -> AsyncGenerator[Record]:
    """Yield the records that a topic has now, in order within each partition; of those partitions, from that time on.

    The time is the broker's, in milliseconds since 1970. Raises Retryable where Kafka is away.
    """
    async with _reader(servers) as consumer:
        await consumer._client.force_metadata_update()  # noqa: SLF001 - no public call reads fresh metadata
        await consumer._client.add_topic(topic)  # noqa: SLF001 - assign needs the partitions first
        there = sorted(consumer.partitions_for_topic(topic) or ())
        places = [TopicPartition(topic, p) for p in there if partitions is None or p in partitions]
        if not places:
            return
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        await _seek(consumer, places, ends, since_ms)
        silent = 0
        while not await _at_end(consumer, ends):
            batch = await consumer.getmany(timeout_ms=READ_MS)
            silent = 0 if batch else silent + 1
            if silent >= SILENT_MAX:  # aiokafka waits for a lost broker without an end
                raise Retryable(f"Kafka at {servers} tells no more of {topic}")
            for place, found in batch.items():
                for record in found:
                    if record.offset < ends[place]:
                        yield record


async def _seek(
    consumer: AIOKafkaConsumer, places: list[TopicPartition], ends: dict[TopicPartition, int], since_ms: int | None
) -> None:
    await consumer.seek_to_beginning(*places)
    if since_ms is None:
        return
    for place, found in (await consumer.offsets_for_times(dict.fromkeys(places, since_ms))).items():
        consumer.seek(place, ends[place] if found is None else found.offset)


async def _at_end(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> bool:
    return all([await consumer.position(place) >= end for place, end in ends.items()])


async def around(servers: str, topic: str, partition: int, offset: int, count: int) -> list[Record]:
    """Return up to `count` records before an offset of a partition, it, and up to `count` after it, as far as there are any.

    Empty where the topic no longer holds the offset. Raises Retryable where Kafka is away.
    """
    place = TopicPartition(topic, partition)
    async with _reader(servers) as consumer:
        await consumer._client.add_topic(topic)  # noqa: SLF001 - assign needs the partitions first
        consumer.assign([place])
        first = (await consumer.beginning_offsets([place]))[place]
        end = min((await consumer.end_offsets([place]))[place], offset + count + 1)
        if not first <= offset < end:
            return []
        consumer.seek(place, max(first, offset - count))
        found: list[Record] = []
        silent = 0
        while await consumer.position(place) < end:
            batch = (await consumer.getmany(timeout_ms=READ_MS)).get(place, [])
            silent = 0 if batch else silent + 1
            if silent >= SILENT_MAX:
                raise Retryable(f"Kafka at {servers} tells no more of {topic}")
            found += [record for record in batch if record.offset < end]
        return found


async def single(servers: str, topic: str, offsets: Mapping[int, Collection[int]]) -> AsyncGenerator[Record]:
    """Yield the records that stand at these offsets, by partition, as far as the topic still holds them.

    Raises Retryable where Kafka is away.
    """
    wanted = {TopicPartition(topic, partition): sorted(set(found)) for partition, found in offsets.items()}
    async with _reader(servers, FETCH_BYTES_OF_ONE) as consumer:
        await consumer._client.add_topic(topic)  # noqa: SLF001 - assign needs the partitions first
        consumer.assign(list(wanted))
        first, end = await consumer.beginning_offsets(list(wanted)), await consumer.end_offsets(list(wanted))
        left = {place: [one for one in found if first[place] <= one < end[place]] for place, found in wanted.items()}
        silent = 0
        while left := _sought(consumer, left):
            batch = await consumer.getmany(timeout_ms=READ_MS)
            silent = 0 if batch else silent + 1
            if silent >= SILENT_MAX:
                raise Retryable(f"Kafka at {servers} tells no more of {topic}")
            for place, found in batch.items():
                for record in found:
                    if record.offset in left.get(place, ()):
                        yield record
                left[place] = [one for one in left.get(place, ()) if one > found[-1].offset]


def _sought(consumer: AIOKafkaConsumer, left: Mapping[TopicPartition, list[int]]) -> dict[TopicPartition, list[int]]:
    """Stand before the next record that is looked for in each partition; return what is still to be found."""
    for place, offsets in left.items():
        if offsets:
            consumer.seek(place, offsets[0])
        else:
            consumer.pause(place)
    return {place: offsets for place, offsets in left.items() if offsets}

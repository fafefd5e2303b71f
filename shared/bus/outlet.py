"""Kafka behind the loop's outlet: it never overtakes itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import groupby

from aiokafka import AIOKafkaProducer

from shared.bus.kafka import REQUEST_MS, retryable
from shared.bus.record import Outgoing
from shared.fold.ports import Chunk

BATCH_BYTES_MAX = 1_000_000
"""One produce request; Kafka's own default limit is 1 MiB."""


class PublishFailedError(RuntimeError):
    """A chunk did not get through. This producer is never used again: the process must end."""


class KafkaOutlet:
    """Publishes chunks, acknowledged by all in-sync replicas, by an idempotent producer."""

    def __init__(self, servers: str, client_id: str = "veche", producer: AIOKafkaProducer | None = None) -> None:
        """`producer` takes the place of our own: for tests."""
        self._broken = False
        self._producer = producer or AIOKafkaProducer(
            bootstrap_servers=servers,
            client_id=client_id,
            acks="all",
            enable_idempotence=True,
            max_batch_size=BATCH_BYTES_MAX,
            max_request_size=BATCH_BYTES_MAX + 48_000,
            request_timeout_ms=REQUEST_MS,
        )

    async def start(self) -> None:
        """Connect."""
        async with retryable():
            await self._producer.start()

    async def stop(self) -> None:
        """Disconnect."""
        await self._producer.stop()

    async def partitions(self, topic: str) -> int:
        """Return how many partitions a topic has. Raises Retryable where it is not there (yet)."""
        async with retryable():
            return len(await self._producer.partitions_for(topic))

    async def publish(self, chunks: Sequence[Chunk]) -> None:
        """Publish; several partitions at once, each in order, one request at a time.

        Raises PublishFailedError, and again for every later call.
        """
        if self._broken:
            raise PublishFailedError("a chunk failed before; this producer is not used again")
        lanes = groupby(sorted(chunks, key=_lane), key=_lane)
        outcomes = await asyncio.gather(*(self._one_by_one(list(lane)) for _, lane in lanes), return_exceptions=True)
        failures = [outcome for outcome in outcomes if outcome is not None]
        if failures:
            self._broken = True
            raise PublishFailedError(f"{len(failures)} partitions: {type(failures[0]).__name__}") from failures[0]

    async def _one_by_one(self, chunks: Sequence[Chunk]) -> None:
        rest: Sequence[Outgoing] = [record for chunk in chunks for record in chunk.records]
        while rest:
            rest = await self._send(chunks[0].topic, chunks[0].partition, rest)

    async def _send(self, topic: str, partition: int, records: Sequence[Outgoing]) -> Sequence[Outgoing]:
        """Send as many as fit into one request, wait for the acknowledgement, return the rest."""
        batch = self._producer.create_batch()
        fitting = 0
        for record in records:
            if batch.append(key=record.key, value=record.value, timestamp=None, headers=list(record.headers)) is None:
                break
            fitting += 1
        if not fitting:
            raise PublishFailedError("a record is larger than a request may be")
        batch.close()
        acknowledged = await self._producer.send_batch(batch, topic, partition=partition)
        await acknowledged
        return records[fitting:]


def _lane(chunk: Chunk) -> tuple[str, int, int]:
    return chunk.topic, chunk.partition, 0

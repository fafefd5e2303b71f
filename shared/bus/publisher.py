"""Publishing at an edge: a record is accepted when Kafka has acknowledged it, and not before."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder

from shared.bus.buffer import Buffer
from shared.bus.partition import partition_for
from shared.bus.record import RECORD_BYTES_MAX, Outgoing
from shared.errors import Retryable, Unprocessable
from shared.fold.limits import RETRY_S_FIRST, RETRY_S_MAX
from shared.pulse import Pulse

ACK_S = 5.0
"""Platforms wait 10 to 60 s for an answer; a 503 that comes sooner is retried sooner."""

LINGER_MS = 5
"""Records that arrive within it share a request to Kafka; platforms do not notice so short a wait."""


BATCH_BYTES_MAX = 500_000
"""Records of a partition that go to Kafka together; at aiokafka's default of 16 kB, 40 records wait for the 40 before."""

TOGETHER_MIN = 10
"""So many records of one request make a batch of their own: five times faster, but shared with no other request."""

Sent = asyncio.Future[object]


class Publisher:
    """An idempotent producer for the edges: all in-sync replicas must have a record."""

    def __init__(self, servers: str, client_id: str = "veche-edge") -> None:
        self._servers, self._client_id = servers, client_id
        self._producer: AIOKafkaProducer | None = None
        self._pulse = Pulse(f"{client_id}: Kafka", self.reach)
        self._buffer = Buffer()
        self._counts: dict[str, int] = {}

    async def start(self) -> None:
        """Connect. Raises Retryable while Kafka is away."""
        producer = AIOKafkaProducer(
            bootstrap_servers=self._servers,
            client_id=self._client_id,
            acks="all",
            enable_idempotence=True,
            max_request_size=1_048_000,
            request_timeout_ms=15_000,
            linger_ms=LINGER_MS,
            max_batch_size=BATCH_BYTES_MAX,
        )
        try:
            await producer.start()
        except KafkaError as error:
            await producer.stop()
            raise Retryable(f"Kafka is away: {type(error).__name__}") from error
        except asyncio.CancelledError:
            await producer.stop()
            raise
        self._producer = producer

    async def run(self) -> None:
        """Connect, however long Kafka is away (what is sent meanwhile is refused as Retryable), and stay connected."""
        pause_s = RETRY_S_FIRST
        while True:
            try:
                await self.start()
            except Retryable:
                await asyncio.sleep(pause_s)
                pause_s = min(RETRY_S_MAX, pause_s * 2)
            else:
                await self._pulse.run()

    @property
    def fill(self) -> float:
        """Return which share of the buffer waits for Kafka, from 0 to 1."""
        return self._buffer.fill

    async def reach(self) -> None:
        """Return when Kafka has answered. Raises Retryable where it is away."""
        if self._producer is None:
            raise Retryable("Kafka is not connected yet")
        try:
            await self._producer.client.fetch_all_metadata()
        except KafkaError as error:
            raise Retryable(f"Kafka is away: {type(error).__name__}") from error

    def missing(self) -> Sequence[str]:
        """Say what is not ready."""
        return self._pulse.missing()

    async def stop(self) -> None:
        """Send what waits, and disconnect."""
        if self._producer is not None:
            await self._producer.stop()

    async def send(self, topic: str, record: Outgoing, partition: int | None = None) -> None:
        """Return when Kafka has the record.

        Raises Retryable where it did not say so in time (the record may be there all the same), Unprocessable where the
        record is larger than any may be.
        """
        await self.send_all(topic, (record,), partition)

    async def send_all(self, topic: str, records: Sequence[Outgoing], partition: int | None = None) -> None:
        """Return when Kafka has all of the records; see `send`."""
        producer = self._ready(records)
        size, sent = self._buffer.take(records), list[Sent]()
        try:
            async with asyncio.timeout(ACK_S):
                for q, lane in (await self._lanes(producer, topic, records, partition)).items():
                    sent += await (_together if len(lane) >= TOGETHER_MIN else _singly)(producer, topic, q, lane)
                for acknowledged in sent:
                    await acknowledged
        except (KafkaError, TimeoutError) as error:
            raise Retryable(f"Kafka did not acknowledge: {type(error).__name__}") from error
        finally:
            self._buffer.give(len(records), size)

    async def _lanes(
        self, producer: AIOKafkaProducer, topic: str, records: Sequence[Outgoing], partition: int | None
    ) -> Mapping[int, Sequence[Outgoing]]:
        """Return the records by partition, in order."""
        if partition is not None:
            return {partition: records}
        count = await self._partitions(producer, topic)
        lanes: dict[int, list[Outgoing]] = {}
        for record in records:
            lanes.setdefault(partition_for(record.key, count), []).append(record)
        return lanes

    async def _partitions(self, producer: AIOKafkaProducer, topic: str) -> int:
        """Return the topic's partition count, which is fixed for life."""
        if topic not in self._counts:
            self._counts[topic] = len(await producer.partitions_for(topic))
        return self._counts[topic]

    def _ready(self, records: Sequence[Outgoing]) -> AIOKafkaProducer:
        if any(len(record.value) > RECORD_BYTES_MAX for record in records):
            raise Unprocessable(f"a record is above the limit of {RECORD_BYTES_MAX} bytes")
        if self._producer is None:
            raise Retryable("Kafka is not connected yet")
        return self._producer


async def _singly(producer: AIOKafkaProducer, topic: str, partition: int, records: Sequence[Outgoing]) -> list[Sent]:
    """Hand records over one by one, into batches that all requests share."""
    return [
        await producer.send(topic, record.value, record.key, partition, headers=list(record.headers)) for record in records
    ]


async def _together(producer: AIOKafkaProducer, topic: str, partition: int, records: Sequence[Outgoing]) -> list[Sent]:
    """Hand records over as batches of their own."""
    sent: list[Sent] = []
    rest = list(records)
    while rest:
        batch, fitting = producer.create_batch(), 0
        while fitting < len(rest) and _append(batch, rest[fitting]):
            fitting += 1
        if not fitting:
            raise Unprocessable("a record is larger than a batch may be")
        batch.close()
        sent.append(await producer.send_batch(batch, topic, partition=partition))
        rest = rest[fitting:]
    return sent


def _append(batch: BatchBuilder, record: Outgoing) -> bool:
    """Return whether the record fitted."""
    return batch.append(key=record.key, value=record.value, timestamp=None, headers=list(record.headers)) is not None

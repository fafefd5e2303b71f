"""Publishing at an edge: a record is accepted when Kafka has acknowledged it, and not before."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.bus.buffer import Buffer
from shared.bus.lanes import Done, Lane
from shared.bus.partition import partition_for
from shared.bus.record import RECORD_BYTES_MAX, Outgoing
from shared.cancelling import check_cancelled
from shared.errors import Retryable, Unprocessable
from shared.fold.limits import RETRY_S_FIRST, RETRY_S_MAX
from shared.pulse import Pulse

ACK_S = 5.0
"""Platforms wait 10 to 60 s for an answer; a 503 that comes sooner is retried sooner."""

BATCH_BYTES_MAX = 1_000_000
"""Records of a partition that go to Kafka together, just below its limit for a message; by aiokafka's default of 16 kB, 40
records would wait for the 40 before."""


class Publisher:
    """An idempotent producer for the edges: all in-sync replicas must have a record."""

    def __init__(self, servers: str, client_id: str = "veche-edge") -> None:
        self._servers, self._client_id = servers, client_id
        self._producer: AIOKafkaProducer | None = None
        self._pulse = Pulse(f"{client_id}: Kafka", self.reach)
        self._buffer = Buffer()
        self._counts: dict[str, int] = {}
        self._lanes: dict[tuple[str, int], Lane] = {}

    async def start(self) -> None:
        """Connect. Raises Retryable while Kafka is away."""
        producer = AIOKafkaProducer(
            bootstrap_servers=self._servers,
            client_id=self._client_id,
            acks="all",
            enable_idempotence=True,
            max_request_size=1_048_000,
            request_timeout_ms=15_000,
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
                check_cancelled()
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
        size, waited = self._buffer.take(records), list[Done]()
        try:
            async with asyncio.timeout(ACK_S):
                for q, some in (await self._by_partition(producer, topic, records, partition)).items():
                    waited.append(self._lane(producer, topic, q).put(some))
                for done in waited:
                    await done
        except (KafkaError, TimeoutError) as error:
            raise Retryable(f"Kafka did not acknowledge: {type(error).__name__}") from error
        finally:
            for done in waited:
                if not done.cancel() and not done.cancelled():  # what was not sent yet is not sent any more
                    done.exception()  # it was told by the first that failed
            self._buffer.give(len(records), size)

    def _lane(self, producer: AIOKafkaProducer, topic: str, partition: int) -> Lane:
        found = self._lanes.get((topic, partition))
        if found is None:
            found = self._lanes[topic, partition] = Lane(producer, topic, partition)
        return found

    async def _by_partition(
        self, producer: AIOKafkaProducer, topic: str, records: Sequence[Outgoing], partition: int | None
    ) -> Mapping[int, Sequence[Outgoing]]:
        """Return the records by partition, in order."""
        if partition is not None:
            return {partition: records}
        count = await self._partitions(producer, topic)
        if len(records) == 1:
            return {partition_for(records[0].key, count): records}
        found: dict[int, list[Outgoing]] = {}
        for record in records:
            found.setdefault(partition_for(record.key, count), []).append(record)
        return found

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

"""What waits for a group, seen from outside of it: for whoever must yield to it, wherever its processes run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import timedelta
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.clock import Clock
from shared.errors import Retryable

REQUEST_MS = 5_000
"""Whoever asks how much waits has somebody waiting himself."""

Places = Callable[[], Awaitable[Mapping[int, int]]]
"""Returns the group's next offset by partition: its progress. Kafka's committed offsets stay behind where a process dies."""


class Waiting(NamedTuple):
    """Records of some partitions that a group has not taken in yet."""

    records: int
    late: tuple[int, ...]
    """The partitions where one of them is older than the limit."""


class Backlog:
    """Compares a group's progress in a topic with the topic's end. Nothing is cached: it takes milliseconds."""

    def __init__(self, servers: str, topic: str, places: Places, clock: Clock) -> None:
        self._servers, self._topic, self._places, self._clock = servers, topic, places, clock
        self._consumer: AIOKafkaConsumer | None = None
        self._starting = asyncio.Lock()

    async def waiting(self, limit: timedelta, partitions: Collection[int]) -> Waiting:
        """Return what waits now in the partitions. Raises Retryable where Kafka or the progress cannot be read."""
        places = await self._places()
        since_ms = round((self._clock.now() - limit).timestamp() * 1000)
        try:
            consumer = await self._started()
            spots = [TopicPartition(self._topic, q) for q in partitions]
            ends = await consumer.end_offsets(spots)
            young = await consumer.offsets_for_times(dict.fromkeys(spots, since_ms))
        except KafkaError as error:
            raise Retryable(f"Kafka is away: {type(error).__name__}") from error
        return _compared(places, {spot.partition: (end, _offset(young[spot], end)) for spot, end in ends.items()})

    async def _started(self) -> AIOKafkaConsumer:
        """Connect when somebody asks for the first time: most edges never see an import."""
        async with self._starting:
            if self._consumer is None:
                consumer = AIOKafkaConsumer(bootstrap_servers=self._servers, request_timeout_ms=REQUEST_MS)
                try:
                    await consumer.start()
                except BaseException:
                    await consumer.stop()
                    raise
                self._consumer = consumer
        return self._consumer

    async def stop(self) -> None:
        """Disconnect."""
        if self._consumer is not None:
            await self._consumer.stop()


def _offset(young: object, end: int) -> int:
    """Return the first offset that is not older than the limit; the end where all are."""
    return end if young is None else int(young.offset)  # type: ignore[attr-defined] # aiokafka's answers have no types


def _compared(places: Mapping[int, int], log: Mapping[int, tuple[int, int]]) -> Waiting:
    records = sum(max(0, end - places.get(q, 0)) for q, (end, _) in log.items())
    return Waiting(records, tuple(q for q, (_, young) in sorted(log.items()) if places.get(q, 0) < young))

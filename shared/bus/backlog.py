"""What waits for a group, seen from outside of it: for whoever must yield to it, wherever its processes run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime, timedelta
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


class Spot(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int


class Log:
    """Asks the broker where topics begin and end. Nothing is cached: it takes milliseconds."""

    def __init__(self, servers: str) -> None:
        self._servers = servers
        self._consumer: AIOKafkaConsumer | None = None
        self._starting = asyncio.Lock()

    async def recorded(self, topics: Collection[str], partitions: Collection[int], at: datetime) -> Mapping[Spot, int]:
        """Return, of the partitions that hold anything from before `at`, up to which offset that is: the next one's.

        The time is the broker's. Raises Retryable where Kafka cannot be asked.
        """
        spots = [TopicPartition(topic, q) for topic in topics for q in partitions]
        try:
            consumer = await self.started()
            first, ends = await consumer.beginning_offsets(spots), await consumer.end_offsets(spots)
            young = await consumer.offsets_for_times(dict.fromkeys(spots, round(at.timestamp() * 1000)))
        except KafkaError as error:
            raise Retryable(f"Kafka is away: {type(error).__name__}") from error
        found = {spot: _offset(young[spot], end) for spot, end in ends.items()}
        return {Spot(*spot): offset for spot, offset in found.items() if offset > first[spot]}

    async def started(self) -> AIOKafkaConsumer:
        """Return what asks; it connects when somebody asks for the first time. Raises KafkaError."""
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


class Backlog:
    """Compares a group's progress in a topic with the topic's end. Most edges never see an import, so never connect."""

    def __init__(self, servers: str, topic: str, places: Places, clock: Clock) -> None:
        self._log, self._topic, self._places, self._clock = Log(servers), topic, places, clock

    async def waiting(self, limit: timedelta, partitions: Collection[int]) -> Waiting:
        """Return what waits now in the partitions. Raises Retryable where Kafka or the progress cannot be read."""
        places = await self._places()
        since_ms = round((self._clock.now() - limit).timestamp() * 1000)
        try:
            consumer = await self._log.started()
            spots = [TopicPartition(self._topic, q) for q in partitions]
            ends = await consumer.end_offsets(spots)
            young = await consumer.offsets_for_times(dict.fromkeys(spots, since_ms))
        except KafkaError as error:
            raise Retryable(f"Kafka is away: {type(error).__name__}") from error
        return _compared(places, {spot.partition: (end, _offset(young[spot], end)) for spot, end in ends.items()})

    async def stop(self) -> None:
        """Disconnect."""
        await self._log.stop()


def _offset(young: object, end: int) -> int:
    """Return the first offset that is not older than the limit; the end where all are."""
    return end if young is None else int(young.offset)  # type: ignore[attr-defined] # aiokafka's answers have no types


def _compared(places: Mapping[int, int], log: Mapping[int, tuple[int, int]]) -> Waiting:
    records = sum(max(0, end - places.get(q, 0)) for q, (end, _) in log.items())
    return Waiting(records, tuple(q for q, (_, young) in sorted(log.items()) if places.get(q, 0) < young))

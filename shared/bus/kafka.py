"""Kafka behind the loop's inbox: pulled, so that nothing is delivered to whoever does not own it yet.

aiokafka directly, not FastStream's handlers: a fold must see polling errors, pull, seek and own before the
first record (docs/decisions/the-fold-pulls.md).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import (
    CommitFailedError,
    IllegalStateError,
    KafkaError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
)

from shared.bus.careful import one_of_each
from shared.bus.record import Record, Unreadable
from shared.errors import Retryable
from shared.fold.limits import RECORDS_MAX
from shared.fold.ports import Bounds, Fenced

log = logging.getLogger(__name__)

POLL_MS = 200
"""How long an empty poll waits; bounds how late a new assignment is noticed."""

FETCH_BYTES = 4_000_000
"""Of one partition, at once: about two batches."""

FETCH_MS = 20
"""aiokafka has one fetch under way at a time: one that waits for quiet topics holds up the busy one for so long."""

CAREFUL_S = 10.0
"""How long one record at a time is read at most, to find one that cannot be decoded; then the next failure begins anew."""

COMMIT_EVERY_S = 1.0
"""Committed offsets only feed lag monitoring; progress is the truth."""

SESSION_MS = 10_000
"""A member that sent no heartbeat for so long is dead, and its partitions go to others."""

REQUEST_MS = 15_000
"""A broker that does not answer for so long is away."""


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    """Marks partitions as assigned or not, and nothing else: aiokafka delivers before this returns."""

    def __init__(self, assigned: Callable[[Iterable[TopicPartition] | None], None]) -> None:
        self._assigned = assigned

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        del revoked
        self._assigned(None)

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self._assigned(assigned)


class KafkaInbox:
    """One member of a consumer group."""

    def __init__(self, servers: str, group: str, topics: Sequence[str], session_ms: int = SESSION_MS) -> None:
        self._topics = tuple(topics)
        self._assigned: dict[int, int] = {}
        self.is_given = False
        """Whether the group has said which partitions are ours, be it none."""
        self._turn = 0
        self._to_commit: dict[TopicPartition, int] = {}
        self._committed_at = 0.0
        self._careful_until = 0.0
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=servers,
            group_id=group,
            client_id=f"veche-{group}",
            enable_auto_commit=False,
            auto_offset_reset="none",
            partition_assignment_strategy=(RangePartitionAssignor,),
            max_partition_fetch_bytes=FETCH_BYTES,
            fetch_max_wait_ms=FETCH_MS,
            session_timeout_ms=session_ms,
            heartbeat_interval_ms=session_ms // 3,
            request_timeout_ms=REQUEST_MS,
        )

    async def start(self) -> None:
        """Join the group."""
        self._consumer.subscribe(self._topics, listener=_Listener(self._mark))
        async with retryable():
            await self._consumer.start()

    async def stop(self) -> None:
        """Leave the group, so that the others take over at once."""
        async with _forgiving("leaving the group"):
            await self._flush()
        await self._consumer.stop()

    def _mark(self, assigned: Iterable[TopicPartition] | None) -> None:
        """Note what is ours now; None while the group shares out anew."""
        self._turn += 1
        self.is_given = assigned is not None
        topics: dict[int, set[str]] = {}
        for place in assigned or ():
            topics.setdefault(place.partition, set()).add(place.topic)
        self._assigned = {q: self._turn for q, found in topics.items() if found == set(self._topics)}
        self._to_commit.clear()

    async def poll(self) -> Sequence[Record]:
        """Return up to a batch of records, in order within each partition of each topic.

        One that the client cannot decode is an Unreadable in its place.
        """
        try:
            found = await (self._carefully() if time.monotonic() < self._careful_until else self._polled())
        except UnicodeDecodeError:
            self._careful_until = time.monotonic() + CAREFUL_S
            self._retake(self._consumer.assignment())  # what was drained of other partitions is lost
            return ()
        except NoOffsetForPartitionError:
            return ()  # not owned yet: taking ownership seeks
        except OffsetOutOfRangeError as error:
            self._retake(error.args[0])
            return ()
        except KafkaError as error:
            raise Retryable(f"Kafka is away: {type(error).__name__}") from error
        await self._flush_sometimes()
        return found

    async def _polled(self) -> Sequence[Record]:
        found = await self._consumer.getmany(timeout_ms=POLL_MS, max_records=RECORDS_MAX)
        return [record for place in sorted(found) for record in found[place]]

    async def _carefully(self) -> Sequence[Record]:
        """Return a record of each partition, until the one is found that cannot be decoded."""
        found = await one_of_each(self._consumer)
        if any(isinstance(record, Unreadable) for record in found):
            self._careful_until = 0.0
        if not found:
            await asyncio.sleep(FETCH_MS / 1000)
        return found

    def _retake(self, places: Iterable[TopicPartition]) -> None:
        """We may not stand where we were read from: have ownership taken anew, which checks it and seeks."""
        self._turn += 1
        for place in places:
            if place.partition in self._assigned:
                self._assigned[place.partition] = self._turn

    def assigned(self) -> Mapping[int, int]:
        """Return the partitions that are this process's now, each with the number of its assignment."""
        return self._assigned

    async def seek(self, topic: str, q: int, offset: int) -> None:
        """Read on from there."""
        try:
            self._consumer.seek(TopicPartition(topic, q), offset)
        except IllegalStateError as error:
            raise Fenced("the partition was given to another member") from error

    def pause(self, q: int) -> None:
        """Fetch no more of a partition."""
        places = [TopicPartition(topic, q) for topic in self._topics]
        self._consumer.pause(*self._consumer.assignment().intersection(places))

    def resume(self, q: int) -> None:
        """Fetch again what was paused."""
        places = [TopicPartition(topic, q) for topic in self._topics]
        self._consumer.resume(*self._consumer.assignment().intersection(places))

    async def bounds(self, topic: str, q: int) -> Bounds:
        """Return what the log holds."""
        place = TopicPartition(topic, q)
        async with retryable():
            first = await self._consumer.beginning_offsets([place])
            last = await self._consumer.end_offsets([place])
        return Bounds(first[place], last[place])

    async def committed(self, topic: str, q: int) -> int | None:
        """Return the group's committed offset, if any."""
        async with retryable():
            found: int | None = await self._consumer.committed(TopicPartition(topic, q))
        return found

    async def commit(self, q: int, offsets: Mapping[str, int]) -> None:
        """Note offsets; they are committed about once a second."""
        self._to_commit.update({TopicPartition(topic, q): offset for topic, offset in offsets.items()})

    async def _flush_sometimes(self) -> None:
        if time.monotonic() - self._committed_at > COMMIT_EVERY_S:
            self._committed_at = time.monotonic()
            async with _forgiving("committing offsets"):
                await self._flush()

    async def _flush(self) -> None:
        due, self._to_commit = self._to_commit, {}
        if due:
            await self._consumer.commit(due)

    async def partitions(self, topic: str) -> int:
        """Return how many partitions a topic has. Raises Retryable where it is not there (yet)."""
        async with retryable():
            await self._consumer._client.force_metadata_update()  # noqa: SLF001 - no public call reads fresh metadata
        found = self._consumer.partitions_for_topic(topic)
        if not found:
            raise Retryable(f"topic {topic} is not there; `veche topics apply` makes it")
        return len(found)

    async def reach(self) -> None:
        """Return when Kafka has answered. Raises Retryable where it is away."""
        async with retryable():
            await self._consumer.topics()

    def lag(self, topic: str, q: int, offset: int) -> int | None:
        """Return how many records lie between `offset` and the end, as the last fetch saw it; None where it saw none."""
        place = TopicPartition(topic, q)
        if place not in self._consumer.assignment():
            return None  # it is another member's now, and the loop has not let go of it yet
        end: int | None = self._consumer.highwater(place)
        return None if end is None else max(0, end - offset)


@asynccontextmanager
async def retryable() -> AsyncIterator[None]:
    """Turn what Kafka says when it is away into an error of ours."""
    try:
        yield
    except KafkaError as error:
        raise Retryable(f"Kafka is away: {type(error).__name__}") from error


@asynccontextmanager
async def _forgiving(what: str) -> AsyncIterator[None]:
    """Let a commit fail: a rebalance took the partition, or Kafka is away; progress is the truth."""
    try:
        yield
    except (CommitFailedError, KafkaError, IllegalStateError) as error:
        log.info("%s: %s", what, type(error).__name__)

"""In-memory stand-ins for Kafka and MongoDB that pass the same contract tests as the real ones.

Every place where a real one would wait calls `pause(name)`: a test may let it do nothing, count, crash or switch there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import bson

from shared.bus.record import Headers, Record
from shared.errors import Halt, Retryable
from shared.fold.definition import Document
from shared.fold.ports import Bounds, Changes, Chunk, DueTimer, Fenced
from shared.fold.progress import Progress

Pause = Callable[[str], Awaitable[None]]


async def at_once(_: str) -> None:
    """Wait for nothing."""


class FakeRecord(NamedTuple):
    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers


class ChunkRefusedError(RuntimeError):
    """The producer did not get a chunk through; its process must end."""


class FakeBroker:
    """Topics as lists. Offsets are places in them."""

    def __init__(self, topics: Mapping[str, int]) -> None:
        self.logs: dict[tuple[str, int], list[Record]] = {
            (topic, p): [] for topic, count in topics.items() for p in range(count)
        }
        self.first: dict[tuple[str, int], int] = {}
        self.committed: dict[tuple[str, str, int], int] = {}

    def append(self, topic: str, partition: int, key: bytes, value: bytes, headers: Headers = ()) -> FakeRecord:
        log = self.logs[topic, partition]
        record = FakeRecord(topic, partition, len(log), 1_700_000_000_000 + len(log), key, value, headers)
        log.append(record)
        return record

    def count(self, topic: str) -> int:
        found = sum(1 for name, _ in self.logs if name == topic)
        if not found:
            raise Retryable(f"topic {topic} is not there")
        return found


class FakeInbox:
    """One member of a group. The test says what it is assigned."""

    def __init__(
        self, broker: FakeBroker, group: str, topics: Sequence[str], pause: Pause = at_once, limit: int = 5
    ) -> None:
        self._broker, self._group, self._topics, self._pause, self._limit = broker, group, topics, pause, limit
        self._assigned: dict[int, int] = {}
        self.positions: dict[tuple[str, int], int] = {}
        self._paused: set[int] = set()
        self._turn = 0

    def assign(self, partitions: Collection[int]) -> None:
        self._turn += 1
        self._paused.clear()
        self._assigned = dict.fromkeys(partitions, self._turn)
        self.positions = {(t, q): self.positions.get((t, q), 0) for t in self._topics for q in partitions}

    async def poll(self) -> Sequence[Record]:
        await self._pause("poll")
        found: list[Record] = []
        for (topic, q), position in self.positions.items():
            if q in self._paused:
                continue
            records = self._broker.logs[topic, q][position : position + self._limit]
            found += records
            self.positions[topic, q] = position + len(records)
        return found

    def assigned(self) -> Mapping[int, int]:
        return dict(self._assigned)

    async def seek(self, topic: str, q: int, offset: int) -> None:
        await self._pause("seek")
        if (topic, q) in self.positions:
            self.positions[topic, q] = offset

    def pause(self, q: int) -> None:
        self._paused.add(q)

    def resume(self, q: int) -> None:
        self._paused.discard(q)

    async def bounds(self, topic: str, q: int) -> Bounds:
        await self._pause("bounds")
        return Bounds(self._broker.first.get((topic, q), 0), len(self._broker.logs[topic, q]))

    async def committed(self, topic: str, q: int) -> int | None:
        await self._pause("committed")
        return self._broker.committed.get((self._group, topic, q))

    async def commit(self, q: int, offsets: Mapping[str, int]) -> None:
        await self._pause("commit offsets")
        for topic, offset in offsets.items():
            self._broker.committed[self._group, topic, q] = offset

    async def partitions(self, topic: str) -> int:
        await self._pause("partitions")
        return self._broker.count(topic)


class FakeOutlet:
    """Publishes into the broker. `refuse` says, chunk by chunk, what goes wrong: "before", "after" or nothing."""

    def __init__(self, broker: FakeBroker, pause: Pause = at_once) -> None:
        self._broker, self._pause = broker, pause
        self.refuse: list[str | None] = []

    async def partitions(self, topic: str) -> int:
        await self._pause("partitions")
        return self._broker.count(topic)

    async def publish(self, chunks: Sequence[Chunk]) -> None:
        for chunk in chunks:
            await self._pause("publish")
            wrong = self.refuse.pop(0) if self.refuse else None
            if wrong == "before":
                raise ChunkRefusedError
            for record in chunk.records:
                self._broker.append(chunk.topic, chunk.partition, *record)
            await self._pause("published")
            if wrong == "after":
                raise ChunkRefusedError


@dataclass
class FakeDatabase:
    """What one group has stored; outlives the processes."""

    progress: dict[int, Progress] = field(default_factory=dict)
    states: dict[str, bytes] = field(default_factory=dict)
    entries: dict[str, bytes] = field(default_factory=dict)
    identities: set[str] = field(default_factory=set)
    chunks: dict[int, list[Chunk]] = field(default_factory=dict)
    timers: dict[str, tuple[int, DueTimer]] = field(default_factory=dict)


class FakeStore:
    """One process's view of the database. A transaction is atomic; a claim ends the one before it."""

    def __init__(self, database: FakeDatabase, pause: Pause = at_once) -> None:
        self._database, self._pause = database, pause

    async def claim(self, q: int, first: Progress) -> Progress:
        await self._pause("read progress")
        found = self._database.progress.get(q, first).copy()
        await self._pause("claim")
        current = self._database.progress.get(q)
        if current is not None and current.version != found.version:
            raise Fenced("another owner claimed the partition")
        found.version += 1
        self._database.progress[q] = found.copy()
        return found

    async def outbox(self, q: int) -> Sequence[Chunk]:
        await self._pause("outbox")
        return sorted(self._database.chunks.get(q, ()))

    async def forget(self, chunks: Mapping[int, Sequence[Chunk]]) -> None:
        await self._pause("forget")
        for q, some in chunks.items():
            gone = {chunk.seq for chunk in some}
            self._database.chunks[q] = [c for c in self._database.chunks.get(q, ()) if c.seq not in gone]

    async def load(self, keys: Collection[str]) -> Mapping[str, Document]:
        await self._pause("load")
        return {key: bson.decode(self._database.states[key]) for key in keys if key in self._database.states}

    async def seen(self, identities: Collection[str]) -> Collection[str]:
        await self._pause("seen")
        return self._database.identities & set(identities)

    async def commit(self, changes: Mapping[int, Changes]) -> None:
        await self._pause("begin")
        if any(self._database.progress[q].version != one.progress.version - 1 for q, one in changes.items()):
            raise Fenced("a progress is not the one this owner read")
        self._check_new(changes)
        for q, one in changes.items():
            self._write(q, one)
        await self._pause("committed")

    def _check_new(self, changes: Mapping[int, Changes]) -> None:
        entries = [bson.decode(raw)["_id"] for one in changes.values() for raw in one.entries]
        identities = [id_ for one in changes.values() for id_ in one.identities]
        for new, stored in ((entries, self._database.entries.keys()), (identities, self._database.identities)):
            if len(set(new)) < len(new) or stored & set(new):
                raise Halt("an entry or identity that must be new is stored already", "duplicate-entry")

    def _write(self, q: int, changes: Changes) -> None:
        data = self._database
        data.progress[q] = changes.progress.copy()
        data.states.update({key: raw for key, raw in changes.states.items() if raw is not None})
        for key in [key for key, raw in changes.states.items() if raw is None]:
            data.states.pop(key, None)
        data.entries.update({bson.decode(raw)["_id"]: raw for raw in changes.entries})
        data.identities.update(changes.identities)
        data.chunks.setdefault(q, []).extend(changes.chunks)
        for id_ in changes.done_timers:
            data.timers.pop(id_, None)
        data.timers.update({timer.id: (q, timer) for timer in changes.timers})

    async def release(self, q: int) -> None:
        await self._pause(f"release {q}")

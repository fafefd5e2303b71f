"""A batch holds what was delivered of all partitions: one transaction; what is wrong with one of them is its own matter."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping, Sequence

import bson
import pytest
from typing_extensions import override

from shared.bus.record import Record
from shared.errors import Halt, Retryable
from shared.fold.limits import FOLD_S_MAX
from shared.fold.loop import Loop
from shared.fold.observer import Observer, Watch
from shared.fold.ports import Changes, Chunk, Ports
from tests.fakes import FakeBroker, FakeDatabase, FakeInbox, FakeOutlet, FakeStore, Pause, at_once
from tests.unit.fold.chain import OUTPUTS, PARTITIONS, TOPICS, Sum, Sums, partition_by_murmur

KEYS = {partition_by_murmur(key): key for key in ("k0", "k1", "k2", "k3")}
"""A key of each partition."""
WRITTEN = (*OUTPUTS, "sums.dlq")


class CountingStore(FakeStore):
    """Notes of which partitions each transaction was."""

    def __init__(self, database: FakeDatabase, pause: Pause = at_once) -> None:
        super().__init__(database, pause)
        self.tried: list[set[int]] = []
        self.released: list[int] = []
        self.away: Exception | None = None
        """What is met by who asks for the outbox, once."""

    @override
    async def outbox(self, q: int) -> Sequence[Chunk]:
        if self.away is not None:
            error, self.away = self.away, None
            raise error
        return await super().outbox(q)

    @override
    async def release(self, q: int) -> None:
        self.released.append(q)
        await super().release(q)

    @override
    async def commit(self, changes: Mapping[int, Changes]) -> None:
        self.tried.append(set(changes))
        await super().commit(changes)


class CountingInbox(FakeInbox):
    """Counts how often it was asked."""

    polls = 0

    @override
    async def poll(self) -> list[Record]:
        self.polls += 1
        return list(await super().poll())


class World:
    """The first fold on parts that the test holds in its hands."""

    def __init__(self, pause: Pause = at_once, ahead_min: int = 1_000, observer: Observer | None = None) -> None:
        self.broker, self.database = FakeBroker(TOPICS), FakeDatabase()
        self.store = CountingStore(self.database, pause)
        self.inbox = CountingInbox(self.broker, "sums", Sums.topics)
        self.inbox.assign(range(PARTITIONS))
        ports = Ports(self.inbox, FakeOutlet(self.broker), self.store)
        self.loop = Loop[Sum, dict[str, object]](Sums(), ports, observer or Observer(), WRITTEN, ahead_min=ahead_min)
        self.told = 0

    def tell(self, q: int, key: str | None = None, id_: int | None = None) -> None:
        self.told += 1
        value = {"key": key or KEYS[q], "n": 1, "id": self.told if id_ is None else id_}
        self.broker.append("in.a", q, b"k", json.dumps(value).encode())

    async def turn(self, times: int = 3) -> None:
        if not self.loop.owned:
            await self.loop.check_partitions()
        for _ in range(times):
            await self.loop.turn()

    def next(self) -> list[int]:
        return [self.database.progress[q].places["in.a"].next for q in range(PARTITIONS)]


async def test_what_is_delivered_together_is_one_transaction() -> None:
    world = World()
    for q in range(PARTITIONS):
        world.tell(q)
        world.tell(q)

    await world.turn()

    assert world.store.tried == [{0, 1}]
    assert world.next() == [2, 2]
    assert len(world.broker.logs["out.a", 0]) + len(world.broker.logs["out.a", 1]) == 4


async def test_a_state_of_another_partition_stops_that_partition_alone() -> None:
    world = World()
    world.database.states["foreign"] = bson.encode(
        {"_id": "foreign", "q": 0, "total": 1, "count": 1, "last": [], "disorder": 0}
    )
    world.tell(0)
    world.tell(1, "foreign")

    await world.turn()

    assert {q: halt.runbook for q, halt in world.loop.halted.items()} == {1: "state-of-another-partition"}
    assert world.next() == [1, 0]
    assert bson.decode(world.database.states["foreign"])["total"] == 1


async def test_an_entry_that_is_stored_already_stops_its_partition_and_the_others_are_written() -> None:
    world = World()
    world.tell(0)
    world.tell(1, id_=77)
    world.database.entries["in.a:77"] = bson.encode({"_id": "in.a:77"})

    await world.turn()

    assert world.store.tried == [{0, 1}, {0}, {1}]
    assert {q: halt.runbook for q, halt in world.loop.halted.items()} == {1: "duplicate-entry"}
    assert world.next() == [1, 0]
    world.tell(0)
    await world.turn()
    assert world.next() == [2, 0]


async def test_where_another_owner_was_there_all_is_taken_anew_and_nothing_is_lost() -> None:
    world = World()
    world.tell(0)
    await world.turn()
    world.database.progress[1].version += 1

    world.tell(0)
    world.tell(1)
    await world.turn(6)

    assert world.next() == [2, 1]
    assert sorted(world.database.entries) == ["in.a:1", "in.a:2", "in.a:3"]
    assert not world.loop.halted


@pytest.mark.parametrize(("ahead_min", "polls"), [(3, 1), (2, 2)], ids=["few wait", "many do not"])
async def test_little_waits_for_what_is_being_written_and_a_backlog_does_not(ahead_min: int, polls: int) -> None:
    written = asyncio.Event()

    async def slowly(place: str) -> None:
        if place == "begin":
            await written.wait()

    world = World(slowly, ahead_min)
    world.tell(0)
    world.tell(1)
    await world.turn(1)
    second = asyncio.ensure_future(world.loop.turn())
    for _ in range(20):
        await asyncio.sleep(0)

    asked = world.inbox.polls
    written.set()
    await second

    assert asked == polls


@pytest.mark.parametrize("error", [Halt("told", "runbook"), Retryable("away")], ids=["halt", "away"])
async def test_a_partition_that_was_claimed_and_could_not_be_taken_is_let_go_in_the_store(error: Exception) -> None:
    """Else the session would outlive an owner that was fenced, and an open transaction of it lock out the next."""
    world = World()
    await world.loop.check_partitions()
    world.store.away = error

    with contextlib.suppress(Retryable):
        await world.loop.turn()

    assert 0 not in world.loop.owned
    assert world.store.released == [0]


class SlowStoreObserver(Observer):
    """Has a clock that goes on while the store looks something up, and at no other time."""

    def __init__(self) -> None:
        self.seconds = 0.0

    async def look_up(self, place: str) -> None:
        self.seconds += 2 * FOLD_S_MAX if place == "load" else 0

    @override
    def begin(self) -> Watch:
        watch, began = Watch(), self.seconds
        watch.enough = lambda: self.seconds - began > FOLD_S_MAX  # type: ignore[method-assign]
        return watch


async def test_a_store_that_is_slow_to_look_up_does_not_take_the_time_for_folding() -> None:
    observer = SlowStoreObserver()
    world = World(observer.look_up, observer=observer)
    for _ in range(4):
        world.tell(0)
        world.tell(1)

    await world.turn()

    assert world.store.tried == [{0, 1}]
    assert world.next() == [4, 4]


class SlowOutlet(FakeOutlet):
    """Publishes when it is allowed to."""

    def __init__(self, broker: FakeBroker) -> None:
        super().__init__(broker)
        self.asked: list[list[int]] = []
        self.may = asyncio.Event()

    @override
    async def publish(self, chunks: Sequence[Chunk]) -> None:
        self.asked.append([chunk.seq for chunk in chunks])
        await self.may.wait()
        await super().publish(chunks)


async def test_a_batch_is_committed_while_the_one_before_is_published_and_a_third_waits() -> None:
    world = World(ahead_min=1)
    outlet = SlowOutlet(world.broker)
    ports = Ports(world.inbox, outlet, world.store)
    world.loop = Loop[Sum, dict[str, object]](Sums(), ports, Observer(), WRITTEN, ahead_min=1)
    world.tell(0)
    await world.turn(1)
    world.tell(0)
    await world.turn(1)
    world.tell(0)
    third = asyncio.ensure_future(world.loop.turn())
    for _ in range(50):
        await asyncio.sleep(0)

    committed, asked = list(world.store.tried), list(outlet.asked)
    outlet.may.set()
    await third
    await world.turn()

    assert committed == [{0}, {0}]
    assert asked == [[1]]
    assert [chunk for some in outlet.asked for chunk in some] == [1, 2, 3]
    assert world.next() == [3, 0]
    assert not world.database.chunks[0]


async def test_a_batch_that_is_fenced_is_given_up_only_when_the_one_before_is_published() -> None:
    world = World(ahead_min=1)
    outlet = SlowOutlet(world.broker)
    ports = Ports(world.inbox, outlet, world.store)
    world.loop = Loop[Sum, dict[str, object]](Sums(), ports, Observer(), WRITTEN, ahead_min=1)
    world.tell(0)
    await world.turn(1)
    for _ in range(50):
        await asyncio.sleep(0)
    world.database.progress[0].version += 1
    world.tell(0)
    await world.turn(1)
    third = asyncio.ensure_future(world.loop.turn())
    for _ in range(50):
        await asyncio.sleep(0)

    published = list(outlet.asked)
    outlet.may.set()
    await third
    await world.turn(6)

    assert published == [[1]], "whoever takes over publishes nothing while somebody else does"
    assert [chunk for some in outlet.asked for chunk in some] == [1, 2]
    assert world.next() == [2, 0]

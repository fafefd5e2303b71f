"""What the loop may rely on, of the fakes and of the real parts alike: the simulation is worth what its fakes are."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import bson
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from shared.bus import admin
from shared.bus.kafka import KafkaInbox, KafkaOutlet
from shared.bus.record import Outgoing, Record
from shared.errors import Halt, Retryable
from shared.fold.mongo import MongoStore, new_client
from shared.fold.ports import Bounds, Changes, Chunk, DueTimer, Fenced, Inbox, Outlet, Store
from shared.fold.progress import Place, Progress, Watermark
from shared.topics import Key, Topic
from tests.fakes import FakeBroker, FakeDatabase, FakeInbox, FakeOutlet, FakeStore
from tests.parts import Addresses

KINDS = ["fake", "real"]
GROUP = "group"
PARTITIONS = 2
WAIT_S = 20.0


@dataclass
class Stores:
    """Processes over one database, and a look at the timers that it holds."""

    new: Callable[[], Store]
    timers: Callable[[], Awaitable[dict[str, int]]]


@pytest_asyncio.fixture(params=KINDS)
async def stores(request: pytest.FixtureRequest) -> AsyncIterator[Stores]:
    if request.param == "fake":
        database = FakeDatabase()

        async def fake_timers() -> dict[str, int]:
            return {id_: timer.due_ms for id_, (_, timer) in database.timers.items()}

        yield Stores(lambda: FakeStore(database), fake_timers)
        return
    parts: Addresses = request.getfixturevalue("parts")
    client, name = new_client(parts.mongo), f"ports_{secrets.token_hex(4)}"
    made: list[MongoStore] = []

    def new() -> Store:
        made.append(MongoStore(client, name, GROUP))
        return made[-1]

    async def timers() -> dict[str, int]:
        return {t["_id"]: int(t["due"]) for t in await client[name][f"{GROUP}.timers"].find().to_list()}

    await MongoStore(client, name, GROUP).prepare()
    yield Stores(new, timers)
    for store in made:
        await store.release(0)
    await client.drop_database(name)
    await client.close()


def first(offset: int = 0) -> Progress:
    return Progress("epoch-1", places={"in": Place(offset)})


def changes(progress: Progress, **more: Any) -> Changes:  # noqa: ANN401
    """Return what moves the progress on, and nothing else but what is told."""
    new = progress.copy()
    new.version += 1
    return Changes(new, {}, (), (), (), (), (), ())._replace(**more)


def state(key: str, q: int = 0, n: int = 1) -> bytes:
    raw: bytes = bson.encode({"_id": key, "q": q, "n": n})
    return raw


def timer(id_: str, due_ms: int) -> DueTimer:
    return DueTimer(id_, due_ms, "commands", "k", b"{}", (("traceparent", b"00"),))


def chunk(seq: int, *values: bytes, partition: int = 0) -> Chunk:
    return Chunk(seq, "out", partition, [Outgoing(b"k", value, (("origin", b"\xff"),)) for value in values])


async def test_the_first_claim_stores_the_beginning_and_each_later_one_raises_the_version(stores: Stores) -> None:
    one = await stores.new().claim(0, first(3))
    two = await stores.new().claim(0, first(99))

    assert one.places == two.places == {"in": Place(3)}
    assert two.version == one.version + 1
    assert two.epoch == one.epoch


async def test_progress_comes_back_as_it_was_written(stores: Stores) -> None:
    store = stores.new()
    moved = changes(await store.claim(0, first()))
    moved.progress.places["in"] = Place(2**40, below=4_294_967_295)
    moved.progress.origins["in"] = {"up/0": Watermark("e", 2**35), "up/1": Watermark("f", 1)}
    moved.progress.seq, moved.progress.dead, moved.progress.window = 2**33, 4, 5

    await store.commit(0, moved)
    found = await stores.new().claim(0, first())

    moved.progress.version += 1
    assert found == moved.progress


async def test_whoever_was_claimed_over_writes_nothing(stores: Stores) -> None:
    zombie, heir = stores.new(), stores.new()
    old = await zombie.claim(0, first())
    await heir.claim(0, first())

    with pytest.raises(Fenced):
        await zombie.commit(0, changes(old, states={"k": state("k")}, identities=["x"], chunks=[chunk(1, b"v")]))

    assert await heir.load(0, {"k"}) == {}
    assert not await heir.seen({"x"})
    assert await heir.outbox(0) == []


async def test_one_owner_goes_on_and_another_partition_is_another_matter(stores: Stores) -> None:
    store, other = stores.new(), stores.new()
    progress = await store.claim(0, first())
    await other.claim(1, first())

    for _ in range(3):
        moved = changes(progress)
        await store.commit(0, moved)
        progress = moved.progress

    assert (await stores.new().claim(0, first())).version == progress.version + 1
    await other.release(1)


async def test_the_outbox_is_in_order_and_forgets_what_is_told(stores: Stores) -> None:
    store = stores.new()
    chunks = [chunk(1, b"a", b"b"), chunk(2, b"c", partition=1), chunk(11, b"d"), chunk(9, b"e")]
    one = changes(await store.claim(0, first()), chunks=chunks[:2])
    await store.commit(0, one)
    await store.commit(0, changes(one.progress, chunks=chunks[2:]))

    in_order = [plain(found) for found in await stores.new().outbox(0)]
    await store.forget(0, [chunks[1], chunks[3]])

    assert in_order == [plain(c) for c in sorted(chunks)]
    async with asyncio.timeout(WAIT_S):
        while len(left := await store.outbox(0)) > 2:
            pass  # one member of the replica set has forgotten, the majority is about to
    assert [c.seq for c in left] == [1, 11]
    assert await store.outbox(1) == []


def plain(found: Chunk) -> tuple[Any, ...]:
    records = [(r.key, r.value, [tuple(pair) for pair in r.headers]) for r in found.records]
    return (found.seq, found.topic, found.partition, records)


async def test_taking_a_partition_disturbs_no_other_partition_of_its_owner_before(stores: Stores) -> None:
    for _ in range(5):
        owner, heir = stores.new(), stores.new()
        for q in range(4):
            await owner.claim(q, first())
        for q in range(4):
            await owner.release(q)
        kept = await owner.claim(0, first())

        async def write(owner: Store, progress: Progress) -> None:
            for _ in range(5):
                entries = [bson.encode({"_id": secrets.token_hex(12)}) for _ in range(500)]
                written = changes(progress, entries=entries)
                await owner.commit(0, written)
                progress = written.progress

        async with asyncio.TaskGroup() as group:
            group.create_task(write(owner, kept))
            for q in (1, 2, 3):
                await asyncio.sleep(0.01)
                await heir.claim(q, first())
        for q in range(4):
            await heir.release(q)
            await owner.release(q)


async def test_states_are_stored_replaced_and_dropped(stores: Stores) -> None:
    store = stores.new()
    one = changes(await store.claim(0, first()), states={"a": state("a"), "b": state("b"), "c": state("c")})
    await store.commit(0, one)
    await store.commit(0, changes(one.progress, states={"a": state("a", n=2), "b": None}, replaced=["a", "b"]))

    found = await store.load(0, {"a", "b", "c", "never"})

    assert {key: document["n"] for key, document in found.items()} == {"a": 2, "c": 1}


async def test_a_state_of_another_partition_stops_who_loads_it(stores: Stores) -> None:
    store = stores.new()
    await store.commit(0, changes(await store.claim(0, first()), states={"k": state("k")}))

    with pytest.raises(Halt) as halted:
        await store.load(1, {"k"})

    assert halted.value.runbook == "state-of-another-partition"


async def test_identities_are_seen_from_their_commit_on(stores: Stores) -> None:
    store = stores.new()
    progress = await store.claim(0, first())
    before = set(await store.seen({"x", "y"}))

    await store.commit(0, changes(progress, identities=["x"]))

    assert before == set()
    assert set(await store.seen({"x", "y"})) == {"x"}


async def test_an_identity_or_an_entry_is_never_written_twice(stores: Stores) -> None:
    store = stores.new()
    one = changes(await store.claim(0, first()), identities=["x"], entries=[bson.encode({"_id": "e"})])
    await store.commit(0, one)

    for again in ({"identities": ["x"]}, {"entries": [bson.encode({"_id": "e"})]}):
        with pytest.raises((Halt, AssertionError)):
            await store.commit(0, changes(one.progress, states={"k": state("k")}, **again))

    assert await store.load(0, {"k"}) == {}


async def test_timers_are_stored_moved_and_removed(stores: Stores) -> None:
    store = stores.new()
    one = changes(await store.claim(0, first()), timers=[timer("a", 1), timer("b", 2), timer("c", 3)])
    await store.commit(0, one)
    await store.commit(0, changes(one.progress, timers=[timer("b", 20)], done_timers={"a", "never"}))

    assert await stores.timers() == {"b": 20, "c": 3}


@dataclass
class Bus:
    """A topic `in` and a topic `out`, ways in and out, and one who tells and one who listens."""

    inbox: Inbox
    outlet: Outlet
    tell: Callable[[int, Sequence[bytes]], Awaitable[None]]
    inlet: str
    out: str
    heard: Callable[[int], Awaitable[list[bytes]]]


@pytest_asyncio.fixture(params=KINDS)
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    if request.param == "fake":
        yield fake_bus()
        return
    parts: Addresses = request.getfixturevalue("parts")
    async with AsyncExitStack() as ending:
        yield await real_bus(parts, ending)


def fake_bus() -> Bus:
    broker = FakeBroker({"in": PARTITIONS, "out": PARTITIONS})
    inbox = FakeInbox(broker, GROUP, ["in"], limit=100)
    inbox.assign(range(PARTITIONS))

    async def tell(q: int, values: Sequence[bytes]) -> None:
        for value in values:
            broker.append("in", q, b"k", value)

    async def heard(q: int) -> list[bytes]:
        return [record.value or b"" for record in broker.logs["out", q]]

    return Bus(inbox, FakeOutlet(broker), tell, "in", "out", heard)


async def real_bus(parts: Addresses, ending: AsyncExitStack) -> Bus:
    suffix = secrets.token_hex(4)
    names = [f"in.{suffix}", f"out.{suffix}"]
    await admin.apply(parts.kafka, [Topic(name, Key.MEMBER, timedelta(days=1), "") for name in names], PARTITIONS)
    inbox, outlet = KafkaInbox(parts.kafka, f"{GROUP}.{suffix}", names[:1]), KafkaOutlet(parts.kafka)
    teller = AIOKafkaProducer(bootstrap_servers=parts.kafka)
    for part in (inbox, outlet, teller):
        await part.start()
        ending.push_async_callback(part.stop)
    await eventually(lambda: len(inbox.assigned()) == PARTITIONS, inbox)

    async def tell(q: int, values: Sequence[bytes]) -> None:
        for value in values:
            await teller.send_and_wait(names[0], value, b"k", q)

    async def heard(q: int) -> list[bytes]:
        return await read_all(parts, TopicPartition(names[1], q))

    return Bus(inbox, outlet, tell, names[0], names[1], heard)


async def read_all(parts: Addresses, place: TopicPartition) -> list[bytes]:
    consumer = AIOKafkaConsumer(bootstrap_servers=parts.kafka, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([place])
        end = (await consumer.end_offsets([place]))[place]
        found: list[bytes] = []
        while await consumer.position(place) < end:
            found += [record.value for record in (await consumer.getmany(timeout_ms=500)).get(place, ())]
        return found
    finally:
        await consumer.stop()


async def eventually(true: Callable[[], bool], *inboxes: Inbox) -> None:
    async with asyncio.timeout(WAIT_S):
        while not true():
            for inbox in inboxes:
                await inbox.poll()


async def polled(inbox: Inbox, q: int, count: int) -> list[Record]:
    """Poll until so many records of the partition have come."""
    found: list[Record] = []
    async with asyncio.timeout(WAIT_S):
        while len(found) < count:
            found += [record for record in await inbox.poll() if record.partition == q]
    return found


async def stand(bus: Bus, *offsets: int) -> None:
    for q, offset in enumerate(offsets):
        await bus.inbox.seek(bus.inlet, q, offset)


async def test_a_member_reads_what_it_is_assigned_in_order_from_where_it_stands(bus: Bus) -> None:
    await bus.tell(0, [b"0", b"1", b"2"])
    await bus.tell(1, [b"a"])

    await stand(bus, 1, 0)
    found = await polled(bus.inbox, 0, 2)

    assert set(bus.inbox.assigned()) == {0, 1}
    assert [(record.topic, record.offset, record.value) for record in found] == [
        (bus.inlet, 1, b"1"),
        (bus.inlet, 2, b"2"),
    ]


async def test_sought_back_it_reads_again(bus: Bus) -> None:
    await bus.tell(0, [b"0", b"1"])
    await stand(bus, 0, 0)
    await polled(bus.inbox, 0, 2)

    await bus.inbox.seek(bus.inlet, 0, 1)
    again = await polled(bus.inbox, 0, 1)

    assert [record.offset for record in again] == [1]


async def test_an_empty_poll_comes_back_soon(bus: Bus) -> None:
    await stand(bus, 0, 0)

    async with asyncio.timeout(5):
        assert list(await bus.inbox.poll()) == []


async def test_bounds_are_those_of_the_log(bus: Bus) -> None:
    await bus.tell(1, [b"0", b"1"])

    assert await bus.inbox.bounds(bus.inlet, 0) == Bounds(0, 0)
    assert await bus.inbox.bounds(bus.inlet, 1) == Bounds(0, 2)


async def test_what_is_committed_is_known_after_a_while(bus: Bus) -> None:
    await bus.tell(0, [b"0", b"1"])
    await stand(bus, 0, 0)
    before = await bus.inbox.committed(bus.inlet, 0)

    await bus.inbox.commit(0, {bus.inlet: 2})
    committed: int | None = None
    async with asyncio.timeout(WAIT_S):
        while committed is None:
            await bus.inbox.poll()
            committed = await bus.inbox.committed(bus.inlet, 0)

    assert before is None
    assert committed == 2
    assert await bus.inbox.committed(bus.inlet, 1) is None


async def test_partitions_are_counted_on_both_sides(bus: Bus) -> None:
    assert await bus.inbox.partitions(bus.inlet) == await bus.outlet.partitions(bus.out) == PARTITIONS


async def test_chunks_arrive_in_order_in_the_partitions_that_they_name(bus: Bus) -> None:
    first, second = [b"%d" % n for n in range(300)], [b"%d" % n for n in range(300, 400)]

    to_zero = [
        Chunk(1, bus.out, 0, [Outgoing(b"k", value, ()) for value in first]),
        Chunk(301, bus.out, 0, [Outgoing(b"k", value, ()) for value in second]),
    ]
    await bus.outlet.publish([to_zero[0], Chunk(401, bus.out, 1, [Outgoing(b"k", b"x", ())]), to_zero[1]])

    assert await bus.heard(0) == first + second
    assert await bus.heard(1) == [b"x"]


async def test_a_topic_that_is_not_there_may_come(bus: Bus) -> None:
    with pytest.raises(Retryable):
        await bus.inbox.partitions(f"never-made-{secrets.token_hex(4)}")

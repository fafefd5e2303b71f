"""What the loop may rely on of a store, the fake and the real one alike: the simulation is worth what its fakes are."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import bson
import pytest
import pytest_asyncio

from shared.bus.record import Outgoing
from shared.errors import Halt
from shared.fold.mongo import MongoStore, new_client
from shared.fold.ports import Changes, Chunk, DueTimer, Fenced, Store
from shared.fold.progress import Place, Progress, Watermark
from tests.fakes import FakeDatabase, FakeStore
from tests.parts import Addresses

KINDS = ["fake", "real"]
GROUP = "group"
WAIT_S = 60.0


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
        for q in range(3):
            await store.release(q)
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

    await store.commit({0: moved})
    found = await stores.new().claim(0, first())

    moved.progress.version += 1
    assert found == moved.progress


async def test_whoever_was_claimed_over_writes_nothing(stores: Stores) -> None:
    zombie, heir = stores.new(), stores.new()
    old = await zombie.claim(0, first())
    await heir.claim(0, first())

    with pytest.raises(Fenced):
        await zombie.commit({0: changes(old, states={"k": state("k")}, identities=["x"], chunks=[chunk(1, b"v")])})

    assert await heir.load({"k"}) == {}
    assert not await heir.seen({"x"})
    assert await heir.outbox(0) == []


async def test_one_owner_goes_on_and_another_partition_is_another_matter(stores: Stores) -> None:
    store, other = stores.new(), stores.new()
    progress = await store.claim(0, first())
    await other.claim(1, first())

    for _ in range(3):
        moved = changes(progress)
        await store.commit({0: moved})
        progress = moved.progress

    assert (await stores.new().claim(0, first())).version == progress.version + 1
    await other.release(1)


async def test_the_outbox_is_in_order_and_forgets_what_is_told(stores: Stores) -> None:
    store = stores.new()
    chunks = [chunk(1, b"a", b"b"), chunk(2, b"c", partition=1), chunk(11, b"d"), chunk(9, b"e")]
    one = changes(await store.claim(0, first()), chunks=chunks[:2])
    await store.commit({0: one})
    await store.commit({0: changes(one.progress, chunks=chunks[2:])})

    in_order = [plain(found) for found in await stores.new().outbox(0)]
    await store.forget({0: [chunks[1], chunks[3]]})

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
                await owner.commit({0: written})
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
    await store.commit({0: one})
    await store.commit({0: changes(one.progress, states={"a": state("a", n=2), "b": None}, replaced=["a", "b"])})

    found = await store.load({"a", "b", "c", "never"})

    assert {key: document["n"] for key, document in found.items()} == {"a": 2, "c": 1}


async def test_a_state_says_whose_it_is(stores: Stores) -> None:
    store = stores.new()
    await store.commit({0: changes(await store.claim(0, first()), states={"k": state("k")})})
    await store.commit({1: changes(await store.claim(1, first()), states={"l": state("l", q=1)})})

    found = await store.load({"k", "l"})

    assert {key: document["q"] for key, document in found.items()} == {"k": 0, "l": 1}


def all_kinds(q: int, progress: Progress) -> Changes:
    """Return changes of a partition with something of each kind."""
    made = {"states": {f"k{q}": state(f"k{q}", q)}, "entries": [bson.encode({"_id": f"e{q}"})], "identities": [f"i{q}"]}
    return changes(progress, **made, chunks=[chunk(1, b"v")], timers=[timer(f"t{q}", q)])


async def test_partitions_are_written_together(stores: Stores) -> None:
    store = stores.new()
    both = {q: all_kinds(q, await store.claim(q, first())) for q in range(2)}

    await store.commit(both)

    assert (await store.load({"k0", "k1"})).keys() == {"k0", "k1"}
    assert set(await store.seen({"i0", "i1"})) == {"i0", "i1"}
    assert await stores.timers() == {"t0": 0, "t1": 1}
    for q in range(2):
        assert [found.seq for found in await store.outbox(q)] == [1]
        assert (await store.claim(q, first())).version == both[q].progress.version + 1


@pytest.mark.parametrize("wrong", ["another owner", "an entry that is there"])
async def test_where_one_partition_is_refused_nothing_of_the_others_is_written(stores: Stores, wrong: str) -> None:
    store, other = stores.new(), stores.new()
    both = {q: all_kinds(q, await store.claim(q, first())) for q in range(2)}
    if wrong == "another owner":
        await other.claim(1, first())
    else:
        await other.commit({2: changes(await other.claim(2, first()), entries=both[1].entries)})

    with pytest.raises(Fenced if wrong == "another owner" else Halt):
        await store.commit(both)

    assert await other.load({"k0", "k1"}) == {}
    assert not await other.seen({"i0", "i1"})
    assert await other.outbox(0) == []
    assert (await other.claim(0, first())).version == both[0].progress.version


async def test_each_partition_can_be_written_by_itself_after_they_were_refused_together(stores: Stores) -> None:
    store = stores.new()
    await store.commit({2: changes(await store.claim(2, first()), identities=["i1"])})
    both = {q: all_kinds(q, await store.claim(q, first())) for q in range(2)}
    with pytest.raises(Halt):
        await store.commit(both)

    await store.commit({0: both[0]})
    with pytest.raises(Halt):
        await store.commit({1: both[1]})

    assert (await store.load({"k0", "k1"})).keys() == {"k0"}


async def test_identities_are_seen_from_their_commit_on(stores: Stores) -> None:
    store = stores.new()
    progress = await store.claim(0, first())
    before = set(await store.seen({"x", "y"}))

    await store.commit({0: changes(progress, identities=["x"])})

    assert before == set()
    assert set(await store.seen({"x", "y"})) == {"x"}


async def test_an_identity_or_an_entry_is_never_written_twice(stores: Stores) -> None:
    store = stores.new()
    one = changes(await store.claim(0, first()), identities=["x"], entries=[bson.encode({"_id": "e"})])
    await store.commit({0: one})

    for again in ({"identities": ["x"]}, {"entries": [bson.encode({"_id": "e"})]}):
        with pytest.raises(Halt):
            await store.commit({0: changes(one.progress, states={"k": state("k")}, **again)})

    assert await store.load({"k"}) == {}


async def test_timers_are_stored_moved_and_removed(stores: Stores) -> None:
    store = stores.new()
    one = changes(await store.claim(0, first()), timers=[timer("a", 1), timer("b", 2), timer("c", 3)])
    await store.commit({0: one})
    await store.commit({0: changes(one.progress, timers=[timer("b", 20)], done_timers={"a", "never"})})

    assert await stores.timers() == {"b": 20, "c": 3}

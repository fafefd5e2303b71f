"""Each design that was tried, looked right, and lost or doubled records: a test that it would fail.

The list stands in the architecture, under the name of this file; what needs a real database is in
tests/integration/test_store_ownership.py.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import bson
import pytest
from typing_extensions import override

from shared.bus.record import Record
from shared.fold.deadletter import retry
from shared.fold.definition import Step
from shared.fold.loop import Loop
from shared.fold.observer import Observer
from shared.fold.ports import Ports
from tests.fakes import ChunkRefusedError, FakeBroker, FakeDatabase, FakeInbox, FakeOutlet, FakeStore
from tests.unit.fold.chain import INPUTS, OUTPUTS, PARTITIONS, TOPICS, Fences, Process, Sum, Sums, Tops, fill

STEPS_MAX = 2_000
NUMBERS = [(i % 2, i % 5, i % 7) for i in range(24)]


class World:
    """A broker full of numbers, and a database for each of the two folds."""

    def __init__(self, numbers: Sequence[tuple[int, int, int]] = NUMBERS) -> None:
        self.broker = FakeBroker(TOPICS)
        self.sums, self.tops = FakeDatabase(), FakeDatabase()
        fill(self.broker, numbers)

    def process(self) -> Process:
        return Process(self.broker, self.sums, Sums())

    def published(self, q: int) -> int:
        return sum(len(self.broker.logs[topic, q]) for topic in OUTPUTS)

    def folded(self, process: Process) -> None:
        """Let the process fold all there is."""
        while any(
            q not in self.sums.progress or self.sums.progress[q].places[topic].next < len(self.broker.logs[topic, q])
            for topic in INPUTS
            for q in range(PARTITIONS)
        ) or any(self.sums.chunks.values()):
            process.advance()
            assert process.steps < STEPS_MAX

    def numbers_published(self) -> dict[tuple[str, int], list[int]]:
        """Return the numbers of the outputs by partition, as they stand in the log."""
        return {
            place: [int(dict(record.headers)["origin"].rpartition(b"/")[2]) for record in log]
            for place, log in self.broker.logs.items()
            if place[0] in OUTPUTS
        }


def advance_to(process: Process, place: str) -> None:
    """Let it run up to a place where it would wait for that; a place may be named by its beginning."""
    while not process.advance().startswith(place):
        assert process.steps < STEPS_MAX


def test_nothing_is_published_before_the_states_are_written() -> None:
    world = World()
    process = world.process()

    for _ in range(300):
        process.advance()
        for q, progress in world.sums.progress.items():
            assert world.published(q) <= progress.seq, "an output left before its transaction"

    assert all(world.published(q) == progress.seq > 0 for q, progress in world.sums.progress.items())


def test_a_zombie_with_keys_that_nobody_else_touched_is_fenced() -> None:
    world = World()
    zombie, heir = world.process(), world.process()
    advance_to(zombie, "begin")

    advance_to(heir, "poll")
    versions = {q: progress.version for q, progress in world.sums.progress.items()}
    advance_to(zombie, "release")

    assert not world.sums.states, "no state was there to compare with, so only progress could tell"
    assert not world.sums.entries
    assert {q: progress.version for q, progress in world.sums.progress.items()} == versions


class Waiting(FakeInbox):
    """Delivers nothing of some topics, for now."""

    held: frozenset[str] = frozenset()

    @override
    async def poll(self) -> Sequence[Record]:
        before = dict(self.positions)
        found = [record for record in await super().poll() if record.topic not in self.held]
        self.positions |= {place: at for place, at in before.items() if place[0] in self.held}
        return found


async def loop_of(fold: Sums, inbox: FakeInbox, broker: FakeBroker, database: FakeDatabase) -> Loop[Any, Any]:
    """Return a loop that never waits; the test says when it goes round."""
    loop = Loop(fold, Ports(inbox, FakeOutlet(broker), FakeStore(database)), Observer(), fold.outputs)
    await loop.check_partitions()
    return loop


async def turns(loop: Loop[Any, Any], times: int = 20) -> None:
    for _ in range(times):
        await loop.turn()
    assert not loop.halted


async def test_a_topic_that_is_far_behind_another_of_the_same_writer_loses_nothing() -> None:
    world = World()
    world.folded(world.process())
    inbox = Waiting(world.broker, "tops", OUTPUTS)
    inbox.assign(range(PARTITIONS))
    loop = await loop_of(Tops(), inbox, world.broker, world.tops)

    inbox.held = frozenset({"out.a"})
    await turns(loop)
    only_b = len(world.tops.entries)
    inbox.held = frozenset()
    await turns(loop)

    assert only_b == sum(1 for _, _, n in NUMBERS if n % 2 == 0)
    assert len(world.tops.entries) == only_b + len(NUMBERS)


async def test_an_owner_that_moved_one_topic_fences_a_zombie_that_moves_the_other() -> None:
    world = World()
    stopped, woken = asyncio.Event(), asyncio.Event()

    async def stop_at_commit(place: str) -> None:
        if place == "begin":
            stopped.set()
            await woken.wait()

    inboxes = {topic: Waiting(world.broker, "sums", INPUTS) for topic in INPUTS}
    for topic, inbox in inboxes.items():
        inbox.held = frozenset(INPUTS) - {topic}
        inbox.assign({0})
    fences, store = Fences(), FakeStore(world.sums, stop_at_commit)
    zombie = Loop(Sums(), Ports(inboxes["in.a"], FakeOutlet(world.broker), store), fences, OUTPUTS)
    await zombie.check_partitions()
    turning = asyncio.ensure_future(zombie.turn())
    await stopped.wait()

    heir = await loop_of(Sums(), inboxes["in.b"], world.broker, world.sums)
    await turns(heir)
    woken.set()
    await turning
    inboxes["in.a"].assign(())
    await zombie.turn()

    places = world.sums.progress[0].places
    assert (places["in.a"].next, places["in.b"].next) == (0, len(world.broker.logs["in.b", 0]))
    assert {key.partition(":")[0] for key in world.sums.entries} == {"in.b"}
    assert not zombie.owned
    assert fences.count == 1


def test_after_a_refused_chunk_none_is_published_and_the_heir_publishes_in_order() -> None:
    world = World()
    process = world.process()
    process.outlet.refuse = [None, "before"]

    with pytest.raises(ChunkRefusedError):
        world.folded(process)
    after_failure = {q: world.published(q) for q in range(PARTITIONS)}
    left = {q: sum(len(chunk.records) for chunk in chunks) for q, chunks in world.sums.chunks.items()}
    world.folded(world.process())

    assert sum(left.values()) > 0
    assert sum(after_failure.values()) < sum(map(len, world.numbers_published().values()))
    for numbers in world.numbers_published().values():
        first_seen = list(dict.fromkeys(numbers))
        assert first_seen == sorted(first_seen), "a later chunk overtook a failed one"


class Hasty(FakeInbox):
    """Delivers as aiokafka does: records come before the loop could know that the partition is its own."""

    hurry = True

    @override
    async def poll(self) -> Sequence[Record]:
        if self.hurry:
            self.hurry = False
            self.assign({0})
            self.positions["in.a", 0] = 3
        return await super().poll()


async def test_what_is_delivered_before_ownership_is_discarded_and_sought_back() -> None:
    world = World([(0, 0, n) for n in range(9)])
    world.broker = broker = FakeBroker(TOPICS)
    for n in range(9):
        broker.append("in.a", 0, b"k", b'{"key": "k", "n": 1, "id": %d}' % n)
    loop = await loop_of(Sums(), Hasty(broker, "sums", INPUTS), broker, world.sums)

    await loop.turn()
    early = dict(world.sums.entries)
    await turns(loop)

    assert not early
    assert len(world.sums.entries) == 9
    state = bson.decode(world.sums.states["k"])
    assert (state["total"], state["disorder"]) == (9, 0)


async def test_a_partition_that_went_and_came_back_during_a_poll_is_owned_anew() -> None:
    world = World()
    inbox = FakeInbox(world.broker, "sums", INPUTS)
    inbox.assign({0})
    loop = await loop_of(Sums(), inbox, world.broker, world.sums)
    await loop.turn()
    version = world.sums.progress[0].version

    inbox.assign({0})
    await loop.turn()

    assert loop.owned == {0}
    assert world.sums.progress[0].version > version


async def test_what_is_being_written_is_known_to_the_batch_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store tells neither its states nor its identities yet, and the cache may have forgotten them."""
    monkeypatch.setattr("shared.fold.loop.CACHED_STATES", 0)
    broker, database = FakeBroker(TOPICS), FakeDatabase()
    for id_ in range(10):  # the inbox delivers five at a time
        value = json.dumps({"key": "k", "n": 1, "id": id_, "identity": f"same-{id_ % 5}"}).encode()
        broker.append("in.a", 0, b"k", value)
    slow = asyncio.Event()

    async def until_told(place: str) -> None:
        if place == "begin":
            await slow.wait()

    inbox = FakeInbox(broker, "sums", INPUTS)
    inbox.assign({0})
    ports = Ports(inbox, FakeOutlet(broker), FakeStore(database, until_told))
    loop = Loop(Sums(), ports, Observer(), OUTPUTS, ahead_min=1)
    await loop.check_partitions()
    await loop.turn()
    second = asyncio.ensure_future(loop.turn())
    await asyncio.sleep(0.05)
    assert not second.done(), "the second batch waits for the first to be written"
    slow.set()
    await second
    await turns(loop)

    (state,) = (bson.decode(raw) for raw in database.states.values())
    assert (state["total"], state["count"]) == (5, 5)
    assert database.identities == {f"same-{n}" for n in range(5)}


class Mended(Sums):
    """A fold whose bug with fives was mended, or was not yet."""

    topics = ("in.a", "sums.retry")
    outputs = ("out.a", "out.b", "sums.dlq")

    def __init__(self, *, mended: bool) -> None:
        self._mended = mended

    @override
    def evolve(self, state: Sum | None, event: dict[str, Any]) -> Step[Sum]:
        if event["n"] == 5 and not self._mended:
            raise ValueError("five")
        return Step(super().evolve(state, event).state)


async def test_a_replay_into_empty_stores_folds_a_mended_record_once() -> None:
    """The original stands in its place, and what was given back stands in the topic of retries: only one may count."""
    broker, database = FakeBroker({**TOPICS, "sums.retry": 2}), FakeDatabase()
    for n in (1, 5, 2):
        broker.append("in.a", 0, b"k", json.dumps({"key": "k", "n": n, "id": n}).encode())
    inbox = FakeInbox(broker, "sums", Mended.topics)
    inbox.assign({0})
    await turns(await loop_of(Mended(mended=False), inbox, broker, database))
    (letter,) = broker.logs["sums.dlq", 0]
    broker.append("sums.retry", 0, *retry(letter))

    totals = []
    for stores in (database, FakeDatabase()):
        broker.committed.clear()
        inbox.assign({0})
        await turns(await loop_of(Mended(mended=True), inbox, broker, stores))
        totals.append(bson.decode(stores.states["k"])["total"])

    assert totals == [8, 8]

"""Time that has come, on a real MongoDB: one fires, nothing is lost, and what is done is done. And policies over time."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
import pytest_asyncio

from shared.clock import SetClock
from shared.errors import Retryable
from shared.fold.mongo import Client, MongoStore, new_client
from shared.fold.ports import Changes, Chunk, DueTimer
from shared.fold.progress import Place, Progress
from shared.fold.scheduler import AGAIN_S, LEASE_S, Scheduler
from shared.policy import PolicyBook, Version
from shared.shelf import MongoShelf
from tests.builders import AT
from tests.parts import Addresses


class FakeLine:
    """An outlet that remembers which commands it was given; away while it is told to be."""

    def __init__(self) -> None:
        self.fired: list[str] = []
        self.away = False

    async def publish(self, chunks: Sequence[Chunk]) -> None:
        if self.away:
            raise Retryable("away")
        self.fired += [record.value.decode() for chunk in chunks for record in chunk.records]

    async def partitions(self, topic: str) -> int:
        return len(topic)


class World:
    """A fold's store, and two schedulers beside it."""

    def __init__(self, client: Client, name: str) -> None:
        self.client, self.name, self.clock, self.line = client, name, SetClock(AT), FakeLine()
        self.store = MongoStore(client, name, "group")
        self.one, self.two = (Scheduler(client, name, "group", self.line, self.clock) for _ in range(2))

    async def fold(self, timers: Sequence[tuple[str, int]] = (), done: Sequence[str] = ()) -> None:
        """Write timers (name, seconds from the beginning) and end others, as a fold does."""
        progress = await self.store.claim(0, Progress("e", places={"in": Place(0)}))
        progress.version += 1
        begin_ms = round(AT.timestamp() * 1000)
        made = [DueTimer(id_, begin_ms + s * 1000, "commands", "k", id_.encode(), (("h", b"\xff"),)) for id_, s in timers]
        await self.store.commit({0: Changes(progress, {}, (), (), (), (), made, done)})
        await self.store.release(0)

    def forward(self, seconds: float) -> None:
        self.clock.forward(timedelta(seconds=seconds))


@pytest_asyncio.fixture
async def world(parts: Addresses) -> AsyncIterator[World]:
    client, name = new_client(parts.mongo), f"timers_{secrets.token_hex(4)}"
    found = World(client, name)
    await found.store.prepare()
    yield found
    await client.drop_database(name)
    await client.close()


async def test_what_is_due_fires_in_order_and_once(world: World) -> None:
    await world.fold([("second", 2), ("first", 1), ("later", 60)])

    early = await world.one.tick()
    world.forward(5)
    fired = [await world.one.tick(), await world.one.tick()]

    assert (early, fired) == (0, [2, 0])
    assert world.line.fired == ["first", "second"]


async def test_only_one_of_two_fires_until_its_lease_is_over(world: World) -> None:
    await world.fold([("a", 1), ("b", 3), ("c", 5)])

    world.forward(2)
    first = [await world.one.tick(), await world.two.tick()]
    world.forward(2)
    second = [await world.two.tick(), await world.one.tick()]
    world.forward(LEASE_S + 1)
    after_death = [await world.two.tick(), await world.one.tick()]

    assert (first, second, after_death) == ([1, 0], [0, 1], [1, 0])
    assert world.line.fired == ["a", "b", "c"]


async def test_a_command_that_was_lost_is_published_again_and_a_done_one_is_not(world: World) -> None:
    await world.fold([("lost", 1), ("done", 1)])
    world.forward(2)
    await world.one.tick()

    await world.fold(done=["done"])
    world.forward(AGAIN_S + 1)
    await world.one.tick()

    assert sorted(world.line.fired[:2]) == ["done", "lost"]
    assert world.line.fired[2:] == ["lost"]


async def test_a_timer_whose_publishing_failed_fires_at_the_next_look(world: World) -> None:
    await world.fold([("a", 1)])
    world.forward(2)
    world.line.away = True
    with pytest.raises(Retryable):
        await world.one.tick()

    world.line.away = False
    await world.one.tick()

    assert world.line.fired == ["a"]


async def test_a_timer_that_is_set_anew_fires_anew(world: World) -> None:
    await world.fold([("a", 1)])
    world.forward(2)
    await world.one.tick()

    await world.fold([("a", 5)])
    world.forward(4)
    await world.one.tick()

    assert world.line.fired == ["a", "a"]


def number(version: int, spec: object) -> int:
    del spec
    return version


class Counted:
    """A shelf that counts how often it is read."""

    def __init__(self, shelf: MongoShelf) -> None:
        self._shelf, self.reads = shelf, 0

    async def all(self, kind: str) -> Sequence[Version]:
        self.reads += 1
        return list(await self._shelf.all(kind))


async def test_a_version_is_in_force_from_its_delay_on_and_the_record_says_which(world: World) -> None:
    shelf = MongoShelf(world.client, world.name, world.clock, delay_s=15)
    one = await shelf.store("Policy", "acme", "default", {"n": 1}, "vera")
    world.forward(60)
    two = await shelf.store("Policy", "acme", "default", {"n": 2}, "vera")
    same = await shelf.store("Policy", "acme", "default", {"n": 2}, "vera")
    place = await shelf.store("Policy", "acme", "telegram:1", {"n": 3}, "vera")
    book = PolicyBook(shelf, "Policy", number, 0, refresh_s=0.001)
    await book.refresh()

    def judged(seconds: float, community: str | None = None, brand: str = "acme") -> int:
        return book.at(brand, community, AT + timedelta(seconds=seconds))

    assert (one.effective, two.effective) == (AT + timedelta(seconds=15), AT + timedelta(seconds=75))
    assert (same.version, place.version) == (2, 1)
    assert [judged(s) for s in (0, 14.9, 15, 74.9, 75, 10_000)] == [0, 0, 1, 1, 2, 2]
    assert [judged(s, "telegram:1") for s in (20, 80)] == [1, 1], "the community's own from its time on, else the brand's"
    assert judged(80, "telegram:2") == 2
    assert judged(10_000, brand="another") == 0


async def test_a_book_is_read_again_when_it_is_too_old_and_not_before(world: World) -> None:
    shelf = Counted(MongoShelf(world.client, world.name, world.clock, delay_s=0))
    patient, hasty = (PolicyBook(shelf, "Policy", number, 0, refresh_s) for refresh_s in (3_600, 0.0))

    for _ in range(3):
        await patient.refresh()
    read_once = shelf.reads
    for _ in range(3):
        await hasty.refresh()

    assert (read_once, shelf.reads) == (1, 4)

"""A partition that stands still: the others go on, it is tried again after a while, and goes on once its cause is mended."""

from __future__ import annotations

import json

from typing_extensions import override

from shared.bus.record import Record, Unreadable, header
from shared.fold.limits import HALT_S
from shared.fold.loop import Loop
from shared.fold.ports import Ports
from shared.fold.progress import origin_header
from tests.fakes import FakeBroker, FakeDatabase, FakeInbox, FakeOutlet, FakeStore
from tests.unit.fold.chain import PARTITIONS, TOPICS, Quiet, Sum, Tops

WRITER = "sums/0"


class World:
    """The second fold on parts that the test holds in its hands."""

    def __init__(self) -> None:
        self.broker, self.database, self.observer = FakeBroker(TOPICS), FakeDatabase(), Awake()
        self.inbox = FakeInbox(self.broker, "tops", Tops.topics)
        self.inbox.assign(range(PARTITIONS))
        self.loop = Loop[Sum, dict[str, object]](
            Tops(), Ports(self.inbox, FakeOutlet(self.broker), FakeStore(self.database)), self.observer, ("end", "tops.dlq")
        )
        self.told = 0

    def tell(self, epoch: str, q: int = 0) -> None:
        self.told += 1
        value = json.dumps({"key": f"k{q}", "n": 1, "id": self.told}).encode()
        self.broker.append("out.a", q, b"k", value, [origin_header(f"sums/{q}@{epoch}/".encode(), self.told)])

    async def turn(self, times: int = 3) -> None:
        for _ in range(times):
            await self.loop.turn()

    def next(self, q: int = 0) -> int:
        return self.database.progress[q].places["out.a"].next


class Awake(Quiet):
    """Waits for nothing."""

    @override
    async def pause(self, seconds: float) -> None:
        del seconds


async def begun() -> World:
    world = World()
    await world.loop.check_partitions()
    return world


async def halted() -> World:
    """Return a world in which partition 0 stands still at its second record."""
    world = await begun()
    world.tell("old")
    await world.turn()
    world.tell("new")
    await world.turn()
    assert [halt.runbook for halt in world.loop.halted.values()] == ["changed-epoch"]
    return world


async def on_trial() -> World:
    """Return a world in which the cause was accepted and the partition was tried again."""
    world = await halted()
    progress = world.database.progress[0]
    del progress.origins["out.a"][WRITER]
    progress.version += 1
    world.observer.time += HALT_S
    await world.turn()
    return world


async def test_the_others_go_on_and_nothing_of_it_is_fetched() -> None:
    world = await halted()
    before = world.inbox.positions["out.a", 0]

    world.tell("new")
    world.tell("any", q=1)
    await world.turn()

    assert world.next(1) == 1
    assert world.inbox.positions["out.a", 0] == before
    assert world.loop.owned == {1}


async def test_it_is_tried_again_only_after_its_rest_and_stands_still_again_while_nothing_was_mended() -> None:
    world = await halted()
    version = world.database.progress[0].version

    world.observer.time += HALT_S - 1
    await world.turn()
    rested = world.database.progress[0].version
    world.observer.time += 1
    await world.turn()

    assert rested == version
    assert world.database.progress[0].version > version, "nobody tried"
    assert list(world.loop.halted) == [0]
    assert world.next() == 1


async def test_mended_it_goes_on_and_counts_as_halted_until_that_went_well_for_a_while() -> None:
    world = await on_trial()
    counted = dict(world.loop.halted)
    world.observer.time += HALT_S
    await world.turn()

    assert world.next() == 2
    assert list(counted) == [0]
    assert not world.loop.halted
    assert world.loop.owned == {0, 1}


async def test_given_to_this_process_anew_it_is_tried_at_once() -> None:
    world = await halted()
    version = world.database.progress[0].version

    world.inbox.assign(range(PARTITIONS))
    await world.turn()

    assert world.database.progress[0].version > version
    assert list(world.loop.halted) == [0]


async def test_a_record_that_the_client_cannot_decode_is_one_dead_letter() -> None:
    world = await begun()
    world.tell("old")
    world.broker.logs["out.a", 0].append(Unreadable("out.a", 0, 1, "the name of a header is not UTF-8"))
    world.tell("old")

    await world.turn()
    world.inbox.assign(range(PARTITIONS))
    world.tell("old")
    await world.turn()

    (letter,) = world.broker.logs["tops.dlq", 0]
    assert said(letter) == ("out.a/0@1", "the name of a header is not UTF-8")
    assert world.next() == 4


def said(letter: Record) -> tuple[str, str]:
    return (header(letter, "coordinates") or b"").decode(), (header(letter, "reason") or b"").decode()


async def test_an_owner_on_trial_that_is_fenced_tries_again_at_once() -> None:
    world = await on_trial()

    world.database.progress[0].version += 1
    world.tell("new")
    world.tell("new")
    await world.turn(6)

    assert world.next() == 4
    assert world.loop.owned == {0, 1}

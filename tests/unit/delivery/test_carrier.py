"""What is open in the partitions of a process is taken up, in order, once, and let go; the store and leases are played."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from prometheus_client import CollectorRegistry

from services.delivery.carrying import carrier as carrying
from services.delivery.carrying.carrier import Carrier
from services.delivery.carrying.figures import Figures
from services.delivery.carrying.means import Over
from services.delivery.rules.works import Past, Target, Work
from shared.errors import Retryable
from shared.events.actions import Act, Priority

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SOON_S = 2.0


class World:
    """What the fold has stored, who holds which lease, and what was carried out."""

    def __init__(self) -> None:
        self.states: dict[str, tuple[int, Target]] = {}
        self.owned, self.held_ = {0}, set[int]()
        self.lease_fails_at: int | None = None
        self.read_failures, self.release_fails = 0, False
        self.ran_out: frozenset[int] = frozenset()
        self.begun, self.ended = list[str](), list[str]()
        self.pasts: dict[str, Sequence[Past]] = {}
        self.hangs: Callable[[str], bool] = lambda _: False
        self.bugs: dict[str, int] = {}
        self.fresh: dict[str, Callable[[], bool]] = {}
        self.read_to = 0
        """How far the fold has read what became of acts, of which there are `told`."""
        self.told = 0
        self.crisis = set[str]()
        """Communities in which planned posts wait."""

    def is_held(self, brand: str, community: str) -> bool:
        assert brand == "acme"
        return community in self.crisis

    def add(self, key: str, *ids: str, q: int = 0, minute: int = 0, community: str = "c") -> None:
        asked = NOW + timedelta(minutes=minute)
        works = tuple(Work(id_, "ban", Act(cause="d"), "telegram/acme", NOW, NOW, asked) for id_ in ids)
        self.states[key] = (q, Target("acme", community, works))

    def fold(self, key: str, id_: str) -> None:
        """Close an act, as the fold does when it has read its end."""
        q, target = self.states[key]
        left = tuple(work for work in target.works if work.id != id_)
        self.states[key] = (q, replace(target, works=left))

    # the leases

    @property
    def held(self) -> frozenset[int]:
        return frozenset(self.held_)

    def is_fresh(self, q: int) -> bool:
        return q in self.held_

    def over(self) -> frozenset[int]:
        found, self.ran_out = self.ran_out, frozenset()
        return found

    async def take(self, wanted: Collection[int]) -> frozenset[int]:
        for q in sorted(wanted):
            if q == self.lease_fails_at:
                self.lease_fails_at = None
                raise Retryable("MongoDB is away")
            self.held_.add(q)
        return frozenset(wanted)

    async def release(self, partitions: Collection[int]) -> None:
        if self.release_fails:
            raise Retryable("MongoDB is away")
        self.held_ -= set(partitions)

    # the store

    async def of_partition(self, q: int, but: Collection[tuple[str, str]], limit: int) -> Sequence[str]:
        if self.read_failures:
            self.read_failures -= 1
            raise Retryable("MongoDB is away")
        some = [
            (target.works[0].asked, key)
            for key, (place, target) in self.states.items()
            if place == q and target.works and (target.brand, target.community) not in but
        ]
        return [key for _, key in sorted(some)][:limit]

    async def named(self, keys: Collection[str]) -> Mapping[str, Target]:
        await asyncio.sleep(0)
        return {key: self.states[key][1] for key in keys if key in self.states and self.states[key][1].works}


class Reading:
    """What the fold has, and how far it has read."""

    def __init__(self, world: World) -> None:
        self._world = world

    def owned(self) -> Collection[int]:
        return frozenset(self._world.owned)

    def place(self, q: int) -> int:
        return self._world.read_to if q in self._world.owned else -1

    async def end(self, q: int) -> int:
        del q
        return self._world.told


class Played:
    """Takes the place of `Carried`."""

    world: World

    def __init__(self, parts: Any, work: Work, target: Any, is_fresh: Callable[[], bool]) -> None:  # noqa: ANN401
        del parts
        assert any(one.id == work.id for one in target().works)
        self.work = work
        self.world.fresh[work.id] = is_fresh

    async def over(self, past: Sequence[Past]) -> Over:
        id_ = self.work.id
        self.world.begun.append(id_)
        self.world.pasts[id_] = past
        if self.world.bugs.get(id_):
            self.world.bugs[id_] -= 1
            raise ZeroDivisionError
        await asyncio.sleep(0)
        if self.world.hangs(id_):
            await asyncio.Event().wait()
        return Over()

    async def tell(self, over: Over) -> None:
        assert over == Over()
        self.world.ended.append(self.work.id)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(Played, "world", made, raising=False)
    monkeypatch.setattr(carrying, "Carried", Played)
    monkeypatch.setattr(carrying, "RENEW_S", 0.02)
    monkeypatch.setattr(carrying, "BUG_S", 0.01)
    return made


def carrier_of(world: World) -> Carrier:
    parts: Any = world
    parts.figures, parts.holds = Figures(CollectorRegistry(), []), world
    played: Any = world
    return Carrier(Reading(world), played, played, parts)


@asynccontextmanager
async def carried(world: World) -> AsyncIterator[Carrier]:
    made = carrier_of(world)
    task = asyncio.create_task(made.run())
    try:
        yield made
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert not made._tasks  # noqa: SLF001 - nothing runs on
        assert not made._targets  # noqa: SLF001 - nothing is kept


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON_S):
        while not is_so():  # noqa: ASYNC110 - what is waited for is nobody's event
            await asyncio.sleep(0.002)


def in_hand(carrier: Carrier) -> set[str]:
    return set(carrier._targets)  # noqa: SLF001 - what is in hand is nowhere else to be seen


async def test_what_is_open_is_carried_out_in_the_order_of_each_target(world: World) -> None:
    world.add("a", "a1", "a2", "a3")
    world.add("b", "b1", "b2")

    async with carried(world):
        await until(lambda: len(world.ended) == 5)

    assert [id_ for id_ in world.ended if id_ in {"a1", "a2", "a3"}] == ["a1", "a2", "a3"]
    assert [id_ for id_ in world.ended if id_ in {"b1", "b2"}] == ["b1", "b2"]
    assert len(world.begun) == 5


async def test_what_is_over_is_not_begun_again_while_the_fold_has_not_read_it(world: World) -> None:
    world.add("a", "a1")
    async with carried(world) as carrier:
        await until(lambda: world.ended == ["a1"])

        world.add("a", "a1", "a2")
        carrier.heard(0, ["a"])
        await until(lambda: len(world.ended) == 2)
        assert world.begun == ["a1", "a2"]
        assert world.pasts["a2"] == (Past("ban", was_done=True),)

        world.fold("a", "a1")
        world.fold("a", "a2")
        carrier.heard(0, ["a"])
        await until(lambda: not in_hand(carrier))
        assert not carrier._told  # noqa: SLF001 - nothing is remembered of what is folded


async def test_news_of_partitions_that_are_not_held_are_not_taken_up(world: World) -> None:
    world.add("a", "a1", q=3)
    async with carried(world) as carrier:
        carrier.heard(3, ["a"])
        await asyncio.sleep(0.1)

    assert world.begun == []


async def test_a_lease_that_was_taken_while_another_could_not_be_is_taken_up_later(world: World) -> None:
    world.owned, world.lease_fails_at = {0, 1}, 1
    world.add("a", "a1", q=0)
    world.add("b", "b1", q=1)

    async with carried(world):
        await until(lambda: len(world.ended) == 2)


async def test_what_could_not_be_read_is_taken_up_later(world: World) -> None:
    world.owned, world.read_failures = {0, 1}, 1
    world.add("a", "a1", q=0)
    world.add("b", "b1", q=1)

    async with carried(world):
        await until(lambda: len(world.ended) == 2)


async def test_a_partition_that_is_lost_has_its_acts_let_go_and_its_lease_released(world: World) -> None:
    world.hangs = lambda _: True
    world.owned = {0, 1}
    world.add("a", "a1", q=0)
    world.add("b", "b1", q=1)
    async with carried(world) as carrier:
        await until(lambda: len(world.begun) == 2)

        world.owned = {1}
        await until(lambda: world.held == {1})

        assert in_hand(carrier) == {"b"}
        assert set(carrier._tasks) == {"b"}  # noqa: SLF001 - see above
        assert not world.fresh["a1"]()

        world.hangs = lambda _: False
        world.owned = {0, 1}  # it comes back
        await until(lambda: world.ended == ["a1"])


async def test_an_act_that_was_let_go_before_it_began_is_carried_out_once_its_partition_is_back(world: World) -> None:
    carrier = carrier_of(world)
    world.add("a", "a1")
    world.held_ = {0}
    carrier._take_up(0, {"a": world.states["a"][1]})  # noqa: SLF001 - the very moment can't be hit from outside
    await carrier._let_go({0})  # noqa: SLF001 - see above

    task = asyncio.create_task(carrier.run())
    try:
        await until(lambda: world.ended == ["a1"])
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_an_act_that_the_fold_closed_while_it_is_carried_out_ends_with_its_partition_all_the_same(
    world: World,
) -> None:
    world.hangs = lambda _: True
    world.add("a", "a1")
    async with carried(world) as carrier:
        await until(lambda: world.begun == ["a1"])
        world.fold("a", "a1")  # by the word of the process before
        carrier.heard(0, ["a"])
        await until(lambda: not in_hand(carrier))

        world.owned = set()
        await until(lambda: not carrier._tasks)  # noqa: SLF001 - see above


async def test_a_lease_that_ran_out_and_came_back_has_everything_read_anew(world: World) -> None:
    world.hangs = lambda id_: id_ == "a1"
    world.add("a", "a1", "a2")
    async with carried(world):
        await until(lambda: world.begun == ["a1"])

        world.fold("a", "a1")  # somebody else held it meanwhile, and nobody told this process
        world.ran_out = frozenset({0})

        await until(lambda: world.ended == ["a2"])
    assert world.begun == ["a1", "a2"]


async def test_what_does_not_fit_is_taken_up_as_others_are_done_the_oldest_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "TARGETS_MAX", 20)
    monkeypatch.setattr(carrying, "KEYS_MAX", 5)
    for number in range(100):
        world.add(f"k{number:03}", f"{number:03}", minute=number)

    async with carried(world) as carrier:
        while len(world.ended) < 100:
            assert len(in_hand(carrier)) <= 20
            before = len(world.ended)
            await until(lambda: len(world.ended) > before)  # noqa: B023 - it is over before the next round
            for id_ in world.ended:
                world.fold(f"k{id_}", id_)
            carrier.heard(0, [f"k{id_}" for id_ in world.ended])

    assert world.ended == sorted(world.ended)


async def test_a_community_that_waits_with_however_many_acts_leaves_room_for_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "TARGETS_MAX", 100)
    monkeypatch.setattr(carrying, "KEYS_MAX", 20)
    world.hangs = lambda id_: id_.startswith("stopped")
    for number in range(1_000):
        world.add(f"s{number}", f"stopped {number}", minute=number, community=f"stopped {number % 3}")
    for number in range(5):
        world.add(f"q{number}", f"quiet {number}", minute=10_000, community="quiet")

    async with carried(world) as carrier:
        await until(lambda: len(world.ended) == 5)
        world.add("late", "quiet late", community="late")
        carrier.heard(0, ["late"])
        await until(lambda: "quiet late" in world.ended)
        assert len(in_hand(carrier)) <= 100


async def test_an_act_that_brings_a_bug_to_light_is_tried_again_and_holds_up_nobody(world: World) -> None:
    world.bugs = {"a1": 2}
    world.add("a", "a1", "a2")
    world.add("b", "b1")

    async with carried(world):
        await until(lambda: len(world.ended) == 3)

    assert world.begun.count("a1") == 3
    assert world.ended[-2:] == ["a1", "a2"]


async def test_the_service_ends_although_its_leases_can_t_be_released(world: World) -> None:
    async with carried(world) as carrier:
        await until(lambda: world.held == {0})
        world.release_fails = True

        await carrier.stop()

        world.release_fails = False


async def test_nothing_is_begun_before_the_fold_has_read_what_a_predecessor_told(world: World) -> None:
    world.add("k", "ban-1", "ban-2")
    world.told = 5

    async with carried(world):
        await asyncio.sleep(0.3)
        begun_before = list(world.begun)
        world.fold("k", "ban-1")  # a predecessor had carried it out, and told
        world.read_to = 5
        await asyncio.sleep(0.5)

    assert begun_before == []
    assert world.begun == ["ban-2"]


async def test_planned_posts_wait_in_a_crisis_and_what_is_said_about_it_goes_before_them(world: World) -> None:
    def post(id_: str, priority: Priority) -> Work:
        return Work(id_, "publish", Act(cause="d", channel="news", priority=priority), "engagement", NOW, NOW, NOW)

    works = (post("planned", "publishing"), post("statement", "crisis"), post("later", "publishing"))
    world.states["news"] = (0, Target("acme", "c", works))
    world.states["elsewhere"] = (0, Target("acme", "other", (post("calm", "publishing"),)))
    world.crisis.add("c")

    async with carried(world):
        await until(lambda: len(world.ended) == 2)
        await asyncio.sleep(0.05)
        assert sorted(world.ended) == ["calm", "statement"]

        world.crisis.clear()
        await until(lambda: len(world.ended) == 4)

    assert world.ended[2:] == ["planned", "later"]
    assert len(world.begun) == 4

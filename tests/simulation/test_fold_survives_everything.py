"""Promises 2 and 3 over the loop itself: crashes at every await, double delivery, two owners at once, refused chunks."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes import ChunkRefusedError, FakeBroker, FakeDatabase
from tests.unit.fold.chain import (
    OUTPUTS,
    PARTITIONS,
    TOPICS,
    Choose,
    Process,
    Sums,
    Tops,
    fill,
    loop_first,
    writing_first,
)

STEPS_MAX = 5_000
"""A world that has not settled by then never will."""

numbers = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 4), st.integers(0, 9)), min_size=1, max_size=25)


class World:
    """A broker, two databases, and processes that come and go."""

    def __init__(self, told: list[tuple[int, int, int]]) -> None:
        self.broker = FakeBroker(TOPICS)
        self.databases = {"sums": FakeDatabase(), "tops": FakeDatabase()}
        self.told = told
        fill(self.broker, told)

    def process(self, fold: Sums, choose: Choose = loop_first) -> Process:
        return Process(self.broker, self.databases[fold.group], fold, choose)

    def settle(self, fold: Sums, choose: Choose = loop_first) -> Process:
        """Let one process without faults do all that is left."""
        process = self.process(fold, choose)
        while not self.done(fold):
            process.advance()
            assert process.steps < STEPS_MAX, f"{fold.group} stands still"
            assert not process.loop.halted, process.loop.halted
        process.kill()
        return process

    def done(self, fold: Sums) -> bool:
        data = self.databases[fold.group]
        for topic in fold.topics:
            for q in range(PARTITIONS):
                progress = data.progress.get(q)
                if progress is None or progress.places[topic].next < len(self.broker.logs[topic, q]):
                    return False
        return not any(data.chunks.values())

    def outcome(self) -> dict[str, Any]:
        for fold in (Sums(), Tops()):
            self.settle(fold)
        return {group: (dict(data.states), sorted(data.entries)) for group, data in self.databases.items()}


def clean(told: list[tuple[int, int, int]]) -> dict[str, Any]:
    return World(told).outcome()


def run_process(world: World, fold: Sums, steps: int, choose: Choose) -> None:
    """Run a process for some steps and kill it there."""
    process = world.process(fold, choose)
    for _ in range(steps):
        process.advance()
    process.kill()


def by_lot(seed: int) -> Choose:
    """Let chance say whether the loop or what it writes goes on."""
    return Random(seed).randrange


orders = pytest.mark.parametrize(
    "order", [lambda: loop_first, lambda: writing_first, lambda: by_lot(7)], ids=["loop", "writing", "lot"]
)
"""Which goes first: the loop, or what is written beside it. A fresh choice for every process."""


def test_the_clean_pass_adds_up() -> None:
    told = [(0, 0, 2), (1, 0, 3), (0, 1, 4)]

    world = World(told)
    outcome = world.outcome()

    assert len(outcome["sums"][1]) == 3
    assert len(outcome["tops"][1]) == 5
    assert sum(len(log) for (topic, _), log in world.broker.logs.items() if topic in OUTPUTS) == 5


@orders
def test_a_crash_at_any_await_point_changes_nothing(order: Callable[[], Choose]) -> None:
    told = [(i % 2, i % 3, i % 7) for i in range(24)]
    expected = clean(told)
    probe = World(told).settle(Sums(), order())
    assert probe.steps > 50

    for steps in range(probe.steps + 1):
        world = World(told)
        run_process(world, Sums(), steps, order())
        assert world.outcome() == expected, f"killed after {steps} awaits"


@orders
def test_a_crash_of_the_second_fold_at_any_await_point_changes_nothing(order: Callable[[], Choose]) -> None:
    told = [(i % 2, i % 3, i % 7) for i in range(24)]
    expected = clean(told)
    probe = World(told)
    probe.settle(Sums())

    for steps in range(probe.settle(Tops(), order()).steps + 1):
        world = World(told)
        world.settle(Sums())
        run_process(world, Tops(), steps, order())
        assert world.outcome() == expected, f"killed after {steps} awaits"


GOES_ON = 60
"""Steps that an owner goes on for when another one was there: enough to take ownership anew and fold."""


@orders
@pytest.mark.parametrize("batch", [2, 60])
def test_another_owner_at_any_await_point_changes_nothing_and_stops_nobody(order: Callable[[], Choose], batch: int) -> None:
    """The first stands still somewhere, a second one does some or all of the work, and the first goes on as a zombie."""
    told = [(i % 2, i % 3, i % 7) for i in range(12)]
    expected = clean(told)

    for steps in range(World(told).settle(Sums(), order()).steps + 1):
        world = World(told)
        zombie, heir = world.process(Sums(), order()), world.process(Sums(), order())
        for process, count in ((zombie, steps), (heir, batch), (zombie, GOES_ON), (heir, GOES_ON)):
            for _ in range(count):
                process.advance()
            assert not process.loop.halted, f"halted after {steps} awaits: {process.loop.halted}"
        zombie.kill()
        heir.kill()
        assert world.outcome() == expected, f"two owners after {steps} awaits"


actions = st.lists(
    st.tuples(
        st.sampled_from(["advance"] * 8 + ["kill", "rewind", "skip", "reassign", "refuse before", "refuse after"]),
        st.integers(0, 3),
        st.integers(1, 12),
    ),
    max_size=120,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(told=numbers, script=actions, seed=st.integers(0, 1_000))
def test_whatever_happens_the_result_is_that_of_one_clean_pass(
    told: list[tuple[int, int, int]], script: list[tuple[str, int, int]], seed: int
) -> None:
    world, choose = World(told), by_lot(seed)
    slots = [world.process(fold, choose) for fold in (Sums(), Sums(), Tops(), Tops())]

    for action, slot, amount in script:
        act(world, slots, choose, action, slot, amount)

    for process in slots:
        assert not process.loop.halted, process.loop.halted
        process.kill()
    assert world.outcome() == clean(told)


def act(world: World, slots: list[Process], choose: Choose, action: str, slot: int, amount: int) -> None:
    process = slots[slot]
    if action == "advance":
        advance(world, slots, choose, slot, amount)
    elif action == "kill":
        process.kill()
        slots[slot] = world.process(process.loop.fold, choose)  # type: ignore[arg-type]
    elif action == "reassign":
        process.inbox.assign(range(PARTITIONS))
    elif action in {"rewind", "skip"}:
        by = -amount if action == "rewind" else amount
        for place in process.inbox.positions:
            process.inbox.positions[place] = max(0, process.inbox.positions[place] + by)
    else:
        process.outlet.refuse = [None, action.removeprefix("refuse ")]


def advance(world: World, slots: list[Process], choose: Choose, slot: int, steps: int) -> None:
    """Let a process run on; one whose chunk was refused ends, and another takes its place."""
    try:
        for _ in range(steps):
            slots[slot].advance()
    except ChunkRefusedError:
        slots[slot].kill()
        slots[slot] = world.process(slots[slot].loop.fold, choose)  # type: ignore[arg-type]

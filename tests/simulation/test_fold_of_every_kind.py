"""Promises 2, 3 and 6 over the loop with all that a fold may do: identities, timers, dropped states, letters given back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import bson
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from typing_extensions import override

from shared.bus.record import Record, Unreadable, header
from shared.fold.deadletter import first_topic, retry
from shared.fold.definition import Item, Output, Step, Timer
from tests.fakes import ChunkRefusedError, FakeBroker, FakeDatabase
from tests.unit.fold.chain import INPUTS, PARTITIONS, TOPICS, Choose, Process, Sum, Sums, partition_by_murmur, told

RETRY, LETTERS = "sums.retry", "sums.dlq"
STEPS_MAX = 5_000
SETS, ENDS, DROPS = 7, 8, 9
"""Numbers that set the timer of their key, end it, or drop the state."""
GARBLED = -3
"""Stands for a record that the client cannot decode; it dies again when it is given back, for nothing of it is known."""
SAFE_KEY = 3
"""Only its state is dropped, and only it has no bad numbers: giving back changes the order, which must not matter."""
BORN = datetime(2026, 1, 1, tzinfo=UTC)

Number = tuple[int, int, int, bool]
"""Topic, key, number (a negative one is bad until the fold is mended), and whether it is told twice."""


class Everything(Sums):
    """Adds up by topic and key; what it was told twice counts once."""

    topics = (*INPUTS, RETRY)
    outputs = (*Sums.outputs, LETTERS)

    def __init__(self, *, mended: bool) -> None:
        self._mended = mended

    @override
    def read(self, record: Record) -> Sequence[Item[dict[str, Any]]]:
        event = told(record)
        lane = first_topic(record)
        return [Item(f"{event['key']}/{lane}", event | {"lane": lane}, f"{lane}:{event['id']}")]

    @override
    def evolve(self, state: Sum | None, event: dict[str, Any]) -> Step[Sum]:
        n, key, lane = event["n"], event["key"], event["lane"]
        if n < 0 and not self._mended:
            raise ValueError("negative")
        before = state or Sum()
        after = None if n == DROPS and key == f"k{SAFE_KEY}" else Sum(before.total + n, before.count + 1)
        passed_on = json.dumps({"key": key, "n": n, "id": event["id"], "via": lane}).encode()
        due = BORN + timedelta(seconds=event["id"])
        timers = [Timer(f"{key}/{lane}", due, lane, key, b"{}")] if n == SETS else []
        done = [f"{key}/{lane}"] if n == ENDS else []
        return Step(after, [{"_id": f"{lane}:{event['id']}"}], [Output("out.a", key, passed_on)], timers, done)


class World:
    """A broker, a database, and the numbers that were told."""

    def __init__(self, numbers: Sequence[Number]) -> None:
        self.broker, self.database = FakeBroker({**TOPICS, RETRY: PARTITIONS}), FakeDatabase()
        for id_, (topic, key, n, twice) in enumerate(numbers):
            value = json.dumps({"key": f"k{key}", "n": abs(n) if key == SAFE_KEY else n, "id": id_}).encode()
            for _ in range(1 + twice):
                self._tell(INPUTS[topic], f"k{key}", value, garbled=n == GARBLED and key != SAFE_KEY)

    def _tell(self, topic: str, key: str, value: bytes, *, garbled: bool) -> None:
        q = partition_by_murmur(key)
        if garbled:
            log = self.broker.logs[topic, q]
            log.append(Unreadable(topic, q, len(log), "garbled"))
        else:
            self.broker.append(topic, q, key.encode(), value)

    def process(self, *, mended: bool, choose: Choose, cut: int | None) -> Process:
        process = Process(self.broker, self.database, Everything(mended=mended), choose)
        process.observer.records = cut
        return process

    def settle(self, *, mended: bool) -> None:
        """Let a process without faults do all that is left."""
        process = self.process(mended=mended, choose=lambda _: 0, cut=None)
        while not self.done():
            process.advance()
            assert process.steps < STEPS_MAX, "it stands still"
        process.kill()

    def done(self) -> bool:
        for topic in Everything.topics:
            for q in range(PARTITIONS):
                progress = self.database.progress.get(q)
                if progress is None or progress.places[topic].next < len(self.broker.logs[topic, q]):
                    return False
        return not any(self.database.chunks.values())

    def letters(self) -> dict[str, Record]:
        """Return the dead letters by the coordinates of what died."""
        found = [letter for q in range(PARTITIONS) for letter in self.broker.logs[LETTERS, q]]
        return {(header(letter, "coordinates") or b"").decode(): letter for letter in found}

    def give_back(self) -> None:
        for letter in self.letters().values():
            for _ in range(2):
                self.broker.append(RETRY, letter.partition, *retry(letter))

    def outcome(self) -> tuple[dict[str, Any], list[str], dict[str, int]]:
        states = {key: bson.decode(raw) for key, raw in self.database.states.items()}
        timers = {id_: timer.due_ms for id_, (_, timer) in self.database.timers.items()}
        return (
            {key: (state["total"], state["count"]) for key, state in states.items()},
            sorted(self.database.entries),
            timers,
        )


def clean(numbers: Sequence[Number]) -> tuple[dict[str, Any], list[str], dict[str, int]]:
    world = World(numbers)
    world.settle(mended=True)
    return world.outcome()


numbers = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, SAFE_KEY), st.integers(GARBLED, 9), st.booleans()), min_size=1, max_size=25
)
blows = st.lists(
    st.tuples(
        st.sampled_from(["advance"] * 6 + ["kill", "rewind", "reassign", "refuse"]), st.integers(0, 1), st.integers(1, 25)
    ),
    max_size=60,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(told_=numbers, first=blows, second=blows, seed=st.integers(0, 1_000), cut=st.none() | st.integers(0, 3))
@example(told_=[(0, 0, -1, True), (0, 0, 7, False)], first=[], second=[], seed=0, cut=0)
def test_whatever_happens_and_whatever_is_given_back_counts_once(
    told_: list[Number], first: list[tuple[str, int, int]], second: list[tuple[str, int, int]], seed: int, cut: int | None
) -> None:
    world = World(told_)

    under_blows(world, first, mended=False, seed=seed, cut=cut)
    world.settle(mended=False)
    dead = world.letters()
    world.give_back()
    under_blows(world, second, mended=True, seed=seed, cut=cut)
    world.settle(mended=True)

    assert len(dead) == sum(1 + twice for _, key, n, twice in told_ if n < 0 and key != SAFE_KEY)
    assert world.letters().keys() == dead.keys(), "something died that was mended"
    assert world.outcome() == clean(told_)


def under_blows(world: World, script: list[tuple[str, int, int]], *, mended: bool, seed: int, cut: int | None) -> None:
    """Let two processes fold at once while this happens to them; one that ends is followed by another."""

    def new() -> Process:
        return world.process(mended=mended, choose=lambda count: seed % count, cut=cut)

    slots = [new(), new()]
    for action, slot, amount in script:
        if not survives(slots[slot], action, amount):
            slots[slot].kill()
            slots[slot] = new()
    for process in slots:
        assert not process.loop.halted, process.loop.halted
        process.kill()


def survives(process: Process, action: str, amount: int) -> bool:
    """Let one thing happen to a process; return whether it lives on."""
    if action == "reassign":
        process.inbox.assign(range(PARTITIONS))
    elif action == "rewind":
        for place in process.inbox.positions:
            process.inbox.positions[place] = max(0, process.inbox.positions[place] - amount)
    elif action == "refuse":
        process.outlet.refuse = [None, "after"]
    elif action == "advance":
        try:
            for _ in range(amount):
                process.advance()
        except ChunkRefusedError:
            return False
    return action != "kill"

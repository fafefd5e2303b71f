"""Two chained folds whose right result is known: `sums` adds up numbers and passes them on, `tops` counts what arrives."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from types import coroutine
from typing import Any

from typing_extensions import override

from shared.bus.partition import partition_of
from shared.bus.record import Record
from shared.errors import Unprocessable
from shared.fold.definition import Document, Item, Output, Step
from shared.fold.loop import Loop
from shared.fold.observer import Observer, Watch
from shared.fold.ports import Ports
from tests.fakes import FakeBroker, FakeDatabase, FakeInbox, FakeOutlet, FakeStore

PARTITIONS = 2
INPUTS = ("in.a", "in.b")
OUTPUTS = ("out.a", "out.b")
AHEAD_MIN = 3
"""So that a process both reads ahead of what it writes and waits for it: an inbox delivers up to five of each topic."""
TOPICS = dict.fromkeys((*INPUTS, *OUTPUTS, "sums.dlq", "tops.dlq", "end"), PARTITIONS)


@dataclass(frozen=True)
class Sum:
    total: int = 0
    count: int = 0
    last: tuple[tuple[str, int], ...] = ()
    disorder: int = 0


def told(record: Record) -> dict[str, Any]:
    try:
        found = json.loads(record.value or b"")
    except ValueError as error:
        raise Unprocessable("not JSON") from error
    assert isinstance(found, dict)
    return found | {"topic": record.topic}


class Sums:
    """Adds up, notes disorder, enters each number once, and puts out one record for each and a second for even ones."""

    group = "sums"
    topics: Sequence[str] = INPUTS
    outputs: Sequence[str] = OUTPUTS

    async def prepare(self) -> None:
        pass

    def read(self, record: Record) -> Sequence[Item[dict[str, Any]]]:
        event = told(record)
        return [Item(event["key"], event, event.get("identity"))]

    def evolve(self, state: Sum | None, event: dict[str, Any]) -> Step[Sum]:
        if event["n"] < 0:
            raise ValueError("negative")
        new = added(state or Sum(), event)
        passed_on = json.dumps({"key": event["key"], "n": event["n"], "id": event["id"], "via": event["topic"]}).encode()
        outputs = [Output("out.a", event["key"], passed_on)]
        if event["n"] % 2 == 0:
            outputs.append(Output("out.b", event["key"], passed_on))
        return Step(new, [{"_id": f"{event['topic']}:{event['id']}", "n": event["n"]}], outputs)

    def encode(self, state: Sum) -> Document:
        return {
            "total": state.total,
            "count": state.count,
            "last": [list(p) for p in state.last],
            "disorder": state.disorder,
        }

    def decode(self, document: Document) -> Sum:
        last = tuple((topic, n) for topic, n in document["last"])
        return Sum(document["total"], document["count"], last, document["disorder"])


class Tops(Sums):
    """Adds up what the first fold put out."""

    group = "tops"
    topics = OUTPUTS
    outputs = ("end",)

    @override
    def evolve(self, state: Sum | None, event: dict[str, Any]) -> Step[Sum]:
        return Step(added(state or Sum(), event), [{"_id": f"{event['topic']}:{event['id']}"}])


def added(state: Sum, event: dict[str, Any]) -> Sum:
    last = dict(state.last)
    lane = f"{event['topic']}<{event.get('via')}"  # two topics have no order between them
    disorder = int(last.get(lane, -1) >= event["id"])
    last[lane] = event["id"]
    return replace(
        state,
        total=state.total + event["n"],
        count=state.count + 1,
        last=tuple(sorted(last.items())),
        disorder=state.disorder + disorder,
    )


@coroutine
def switch(name: str) -> Iterator[str]:
    """Give the driver the control back at a place where a real process would wait."""
    yield name


async def pausing(name: str) -> None:
    await switch(name)


class Cut(Watch):
    """Says that time is up after some records; never where none are told."""

    def __init__(self, records: int | None) -> None:
        super().__init__()
        self._left = records

    @override
    def enough(self) -> bool:
        if self._left is None:
            return False
        self._left -= 1
        return self._left < 0


class Quiet(Observer):
    """Keeps the time that the test says, and waits where the driver decides."""

    time = 0.0
    records: int | None = None
    """After how many records more than one the time of a batch is up."""

    @override
    def begin(self) -> Watch:
        return Cut(self.records)

    @override
    def now(self) -> float:
        return self.time

    @override
    async def pause(self, seconds: float) -> None:
        await switch(f"pause {seconds}")


class Fences(Observer):
    """Counts the fences that a loop met."""

    count = 0

    @override
    def fenced(self) -> None:
        self.count += 1


class Side:
    """Work beside the loop, advanced by the driver from one waiting place to the next."""

    def __init__(self, work: Coroutine[Any, Any, None]) -> None:
        self.work = work
        self._waits_for: Side | None = None
        self._ended = False
        self._error: BaseException | None = None

    def done(self) -> bool:
        return self._ended

    def free(self) -> bool:
        """Say whether it could go on: it may wait for other work."""
        return not self._ended and (self._waits_for is None or self._waits_for.done())

    def advance(self) -> str:
        try:
            at = self.work.send(None)
            self._waits_for = at if isinstance(at, Side) else None
            return "waits" if self._waits_for else str(at)
        except StopIteration:
            self._ended = True
        except Exception as error:  # noqa: BLE001 - whoever waits for it gets it
            self._ended, self._error = True, error
        return "ended"

    def __await__(self) -> Generator[Side, None, None]:
        while not self._ended:
            yield self
        if self._error is not None:
            raise self._error


Choose = Callable[[int], int]
"""Given how many pieces of work could go on, says which one does. The first is the loop itself where it can."""


def loop_first(_: int) -> int:
    """Let the loop run ahead of what it writes for as long as it can."""
    return 0


def writing_first(count: int) -> int:
    """Let whatever is written come to its end before the loop goes on."""
    return count - 1


class Process:
    """A process that runs one fold over its own connections; the driver advances it from one waiting place to the next."""

    def __init__(self, broker: FakeBroker, database: FakeDatabase, fold: Sums, choose: Choose = loop_first) -> None:
        self.inbox = FakeInbox(broker, fold.group, fold.topics, pausing)
        self.outlet = FakeOutlet(broker, pausing)
        self.observer = Quiet()
        self._choose = choose
        self._sides: list[Side] = []
        self._waits_for: Side | None = None
        ports = Ports(self.inbox, self.outlet, FakeStore(database, pausing))
        self.loop = Loop(fold, ports, self.observer, fold.outputs, beside=self._beside, ahead_min=AHEAD_MIN)
        self.inbox.assign(range(PARTITIONS))
        self._run: Coroutine[Any, Any, None] = self.loop.run()
        self.steps = 0

    def _beside(self, work: Coroutine[Any, Any, None]) -> Side:
        self._sides.append(Side(work))
        return self._sides[-1]

    def advance(self) -> str:
        """Let one piece of work go on to the next place where it would wait; return the name of that place."""
        self.steps += 1
        self._sides = [side for side in self._sides if not side.done()]
        free = self._waits_for is None or self._waits_for.done()
        work = [*([self] if free else []), *(side for side in self._sides if side.free())]
        chosen = work[self._choose(len(work))]
        return chosen.advance() if isinstance(chosen, Side) else self._go_on()

    def _go_on(self) -> str:
        at = self._run.send(None)
        self._waits_for = at if isinstance(at, Side) else None
        return "settle" if self._waits_for else str(at)

    def kill(self) -> None:
        """End it at once. Nothing that it would do afterwards happens: a killed process runs no `finally`."""
        self._run.close()
        for side in self._sides:
            side.work.close()

    def __del__(self) -> None:
        self.kill()


def fill(broker: FakeBroker, numbers: Sequence[tuple[int, int, int]]) -> None:
    """Append (topic, key, n) triples; a key always goes to the same partition."""
    for id_, (topic, key, n) in enumerate(numbers):
        value = json.dumps({"key": f"k{key}", "n": n, "id": id_}).encode()
        broker.append(INPUTS[topic], partition_by_murmur(f"k{key}"), f"k{key}".encode(), value)


def partition_by_murmur(key: str) -> int:
    return partition_of(key.encode(), PARTITIONS)

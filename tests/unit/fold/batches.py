"""One batch of the first chained fold, without a loop around it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from typing import Any, TypeVar

from typing_extensions import override

from shared.bus.record import Headers, Record
from shared.fold.batch import Bench, Folded, fold_batch, read_some
from shared.fold.definition import Document, Output, Step
from shared.fold.limits import ITEMS_MAX
from shared.fold.observer import CARRIED
from shared.fold.progress import Place, Progress
from tests.fakes import FakeRecord
from tests.unit.fold.chain import TOPICS, Sum, Sums

A, B = "in.a", "in.b"
T = TypeVar("T")


def told(n: int, offset: int, key: str = "k", topic: str = A, headers: Headers = (), **more: Any) -> FakeRecord:  # noqa: ANN401
    """Return a record of the number `n`."""
    value = json.dumps({"key": key, "n": n, "id": offset} | more).encode()
    return raw(value, offset, topic, headers)


def raw(value: bytes | None, offset: int, topic: str = A, headers: Headers = ()) -> FakeRecord:
    return FakeRecord(topic, 0, offset, 1_700_000_000_000 + offset, b"k", value, headers)


def at(**places: int) -> Progress:
    """Return progress that stands at these offsets of `in.a` and `in.b`."""
    return Progress("epoch-1", places={f"in.{name}": Place(offset) for name, offset in ({"a": 0, "b": 0} | places).items()})


def never() -> bool:
    return False


async def breathless() -> None:
    """Let nobody else have a turn."""


def result(work: Coroutine[Any, Any, T]) -> T:
    """Return what work comes to that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as ended:
        found: T = ended.value
        return found
    raise AssertionError("it waits")


def fold_records(
    records: Sequence[Record],
    before: Progress | None = None,
    *,
    fold: Sums | None = None,
    known: Mapping[str, Sum | None] | None = None,
    seen: Collection[str] = (),
    enough: Callable[[], bool] = never,
) -> Folded[Sum]:
    """Fold the records as one batch; keys that are not known have no state yet."""
    fold = fold or Sums()
    reads = result(read_some(fold, records, ITEMS_MAX, breathless))
    stored = {item.key: None for read in reads for item in read.items} | dict(known or {})
    bench = Bench(fold, 0, dict(TOPICS), stored, carried, enough, breathless, seen)
    return result(fold_batch(bench, before or at(), reads))


def carried(record: Record) -> Headers:
    return tuple(pair for pair in record.headers if pair[0] in CARRIED)


def letters(folded: Folded[Sum]) -> list[dict[str, bytes]]:
    """Return the headers of the dead letters of a batch."""
    return [dict(record.headers) for chunk in folded.changes.chunks if chunk.topic == "sums.dlq" for record in chunk.records]


def reasons(folded: Folded[Sum]) -> list[str]:
    return [letter["reason"].decode() for letter in letters(folded)]


class Putting(Sums):
    """Sums that put out and keep what a test wants to see refused."""

    def __init__(self, outputs: Sequence[Output] = (), kept: Document | None = None) -> None:
        self._put, self._kept = outputs, kept or {}

    @override
    def evolve(self, state: Sum | None, event: dict[str, Any]) -> Step[Sum]:
        step = super().evolve(state, event)
        return Step(step.state, step.entries, self._put if event.get("put") else step.outputs)

    @override
    def encode(self, state: Sum) -> Document:
        return {**super().encode(state), **(self._kept if state.total >= 1_000 else {})}

"""Fold what a partition adds to a batch: decode, fold in order, and draft all that the transaction will write.

Pure, but for `breathe`: every few records it lets the batch before go on being written.

The fast way folds all records into one draft. Where anything raises, the batch is folded again record by
record, each into a draft of its own, encoded at once; the culprit becomes a dead letter.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar, cast

import msgspec

from shared.bus.record import Headers, Record, Unreadable
from shared.errors import Halt, Retryable, Unprocessable
from shared.fold.chunks import chunked
from shared.fold.deadletter import coordinates, dead_letter, epoch_of_retry, retried
from shared.fold.definition import Company, Fold, Item, Step
from shared.fold.draft import Draft, encoded_states, take_step
from shared.fold.limits import DEAD_LETTERS_MAX, STRIDE, WINDOW_RECORDS
from shared.fold.ports import Changes, Chunk
from shared.fold.progress import (
    Origin,
    Progress,
    move_past,
    origin_of,
    taken_before,
)
from shared.telemetry.traces import trace_of

S = TypeVar("S")
E = TypeVar("E")
log = logging.getLogger(__name__)

Breathe = Callable[[], Awaitable[None]]
"""Lets other work of the process have its turn."""

Carry = Callable[[Record], Headers]
"""Which headers of a record go with its outputs: its trace."""


class Read(msgspec.Struct, Generic[E], frozen=True, gc=False):
    """A record and what it tells, or why it tells nothing."""

    record: Record
    items: Sequence[Item[E]]
    wrong: str | None = None
    once: str | None = None
    """For a dead letter given back: its coordinates, by which it is folded once."""
    epoch: str | None = None
    """For a dead letter given back: the life that could not process it."""
    origin: Origin | None = None

    @property
    def weight(self) -> int:
        """Return how much there is to do: a record that tells nothing is one to pass."""
        return len(self.items) or 1


@dataclass(slots=True)
class Tally:
    """What became of the records of a batch."""

    folded: int = 0
    duplicates: int = 0
    dead: int = 0


class Folded(NamedTuple, Generic[S]):
    """What a partition adds to a batch, ready to be written."""

    q: int
    changes: Changes
    states: Mapping[str, S | None]
    tally: Tally
    records: Sequence[Record]
    """Those that were taken; fewer than given where time was up."""


@dataclass(slots=True)
class Bench(Generic[S, E]):
    """What folding a batch works with."""

    fold: Fold[S, E]
    q: int
    counts: dict[str, int]
    """Partitions by topic."""
    known: Mapping[str, S | None]
    """The states of all keys of the batch, as they are stored; None where there is none."""
    carry: Carry
    enough: Callable[[], bool]
    """Says when the time of a batch is up."""
    breathe: Breathe
    seen: Collection[str] = field(default_factory=frozenset)
    """Identities folded before."""


async def read_some(fold: Fold[S, E], records: Sequence[Record], room: int, breathe: Breathe) -> list[Read[E]]:
    """Decode the first records, up to `room` items, one record at least; what does not decode says why."""
    reads: list[Read[E]] = []
    items = stride = 0
    for record in records:
        read = _read(fold, record)
        reads.append(read)
        weight = read.weight
        items += weight
        if items >= room:
            break
        stride += weight
        if stride >= STRIDE:
            await breathe()
            stride = 0
    return reads


def _read(fold: Fold[S, E], record: Record) -> Read[E]:
    try:
        if not record.headers:
            return _unreadable(fold, record) if isinstance(record, Unreadable) else Read(record, fold.read(record))
        origin = origin_of(record)
        return Read(record, fold.read(record), None, retried(record), epoch_of_retry(record), origin)
    except Unprocessable as error:
        _note_refused(fold.group, record)
        return Read(record, (), str(error))
    except (Halt, Retryable):
        raise
    except Exception as error:  # noqa: BLE001 - one record that breaks a decoder stops nobody
        log.error(  # noqa: TRY400 - quotes no text
            "decoding %s failed: %s", coordinates(record), cause_of(error), extra={"trace": trace_of(record)}
        )
        return Read(record, (), f"decoding failed: {type(error).__name__}")


def _unreadable(fold: Fold[S, E], record: Unreadable) -> Read[E]:
    _note_refused(fold.group, record)
    return Read(record, (), record.reason)


def _note_refused(group: str, record: Record) -> None:
    """Tell of a dead letter; its reason, which may be long, is in the letter."""
    log.warning("%s: %s becomes a dead letter", group, coordinates(record), extra={"trace": trace_of(record)})


async def fold_batch(bench: Bench[S, E], before: Progress, reads: Sequence[Read[E]]) -> Folded[S]:
    """Fold the records of a partition, in order, into one set of changes.

    Raises Halt where upstream began a new life or dead letters are above their limit.
    """
    try:
        return await _fold(bench, before, reads, careful=False)
    except (Halt, Retryable):
        raise
    except Exception as error:  # noqa: BLE001 - one culprit is sought, record by record
        log.warning("a batch of %s failed, folding it record by record: %s", bench.fold.group, cause_of(error))
        return await _fold(bench, before, reads, careful=True)


async def _fold(bench: Bench[S, E], before: Progress, reads: Sequence[Read[E]], *, careful: bool) -> Folded[S]:
    progress, draft, tally = before.copy(), Draft[S](), Tally()
    last: dict[str, Record] = {}
    taken = stride = 0
    for read in reads:
        if taken and bench.enough():
            break
        _take(bench, progress, draft, tally, read, careful=careful)
        last[read.record.topic] = read.record
        taken += 1
        stride += read.weight
        if stride >= STRIDE:
            await bench.breathe()
            stride = 0
    move_past(progress, last.values())
    _count(progress, taken, tally.dead)
    chunks = chunked(bench.fold.group, bench.q, progress, draft.outputs)
    progress.version += 1
    records = [read.record for read in reads[:taken]]
    return Folded(bench.q, _changes(bench, progress, draft, chunks), draft.states, tally, records)


def _changes(bench: Bench[S, E], progress: Progress, draft: Draft[S], chunks: Sequence[Chunk]) -> Changes:
    states = encoded_states(bench.fold, bench.q, draft.states)
    timers = tuple(draft.timers.values())
    replaced = [key for key in states if bench.known[key] is not None]
    return Changes(progress, states, replaced, draft.entries, draft.identities, chunks, timers, draft.done_timers)


def _take(bench: Bench[S, E], progress: Progress, draft: Draft[S], tally: Tally, read: Read[E], *, careful: bool) -> None:
    wrong = read.wrong
    if read.epoch is not None and read.epoch != progress.epoch:  # this life had the original in its place
        tally.duplicates += 1
        return
    if wrong is None:
        if read.origin is not None and taken_before(progress, read.record.topic, read.origin):
            tally.duplicates += 1
            return
        if careful:
            wrong = _fold_carefully(bench, draft, tally, read)
        else:
            _fold_one(bench, draft, tally, read, draft)
    if wrong is None:
        tally.folded += 1
        return
    tally.dead += 1
    draft.outputs.append(dead_letter(bench.fold.group, bench.q, read.record, wrong))


def _fold_one(bench: Bench[S, E], onto: Draft[S], tally: Tally, read: Read[E], into: Draft[S]) -> None:
    """Fold a record that sees what `onto` holds already; what it changes goes into `into`."""
    if read.once is not None:
        if read.once in bench.seen or read.once in onto.identities:
            tally.duplicates += 1
            return
        into.identities.add(read.once)
    carried, evolve = bench.carry(read.record), bench.fold.evolve
    for item in read.items:
        key, event, identity, beside = item
        if identity is not None:
            if identity in bench.seen or identity in onto.identities or identity in into.identities:
                tally.duplicates += 1
                continue
            into.identities.add(identity)
        state = _state(bench, key, into, onto)
        step = _step_beside(bench, item, state, into, onto) if beside else evolve(state, event)
        take_step(into, key, state, step, carried, bench.counts)


def _step_beside(bench: Bench[S, E], item: Item[E], state: S | None, into: Draft[S], onto: Draft[S]) -> Step[S]:
    """Fold what looks at several states, and take in what became of those beside."""
    before = [_state(bench, key, into, onto) for key in item.beside]
    step = cast("Company[S, E]", bench.fold).evolve_beside(state, before, item.event)
    for key, old, new in zip(item.beside, before, step.beside, strict=bool(step.beside)):
        if new is not old:
            into.states[key] = new
    return step


def _state(bench: Bench[S, E], key: str, into: Draft[S], onto: Draft[S]) -> S | None:
    if key in into.states:
        return into.states[key]
    return onto.states[key] if key in onto.states else bench.known[key]


def _fold_carefully(bench: Bench[S, E], draft: Draft[S], tally: Tally, read: Read[E]) -> str | None:
    """Fold one record on its own and encode it; return why it cannot be, if so."""
    own, duplicates = Draft[S](), tally.duplicates
    try:
        _fold_one(bench, draft, tally, read, own)
        encoded_states(bench.fold, bench.q, own.states)
    except Unprocessable as error:
        _note_refused(bench.fold.group, read.record)
        wrong = str(error)
    except (Halt, Retryable):
        raise
    except Exception as error:  # noqa: BLE001 - this record alone causes it
        log.error(  # noqa: TRY400 - quotes no text
            "folding %s failed: %s", coordinates(read.record), cause_of(error), extra={"trace": trace_of(read.record)}
        )
        wrong = f"folding failed: {type(error).__name__}"
    else:
        draft.add(own)
        return None
    tally.duplicates = duplicates
    return wrong


def cause_of(error: BaseException) -> str:
    """Say what was raised and where; never its text, which may quote a member."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} in {frames[-1].name}, {frames[-1].filename}:{frames[-1].lineno}"


def _count(progress: Progress, records: int, dead: int) -> None:
    if progress.window + records > WINDOW_RECORDS:
        progress.window = progress.dead = 0
    progress.window += records
    progress.dead += dead
    if progress.dead > DEAD_LETTERS_MAX:
        raise Halt(
            f"{progress.dead} dead letters in {progress.window} records: a bad deploy rather than bad records",
            "too-many-dead-letters",
        )

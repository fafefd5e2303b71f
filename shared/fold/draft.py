"""What a batch will write, as it grows record by record. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import bson
import msgspec
from bson.errors import InvalidDocument

from shared.bus.partition import partition_for
from shared.bus.record import RECORD_BYTES_MAX, Headers
from shared.errors import Unprocessable
from shared.events import Envelope, encode
from shared.fold.definition import Document, Fold, Output, Step, Timer
from shared.fold.limits import STATE_BYTES_MAX
from shared.fold.ports import DueTimer

S = TypeVar("S")
E = TypeVar("E")


class Sent(msgspec.Struct, frozen=True, gc=False):
    """An encoded output and where it goes."""

    topic: str
    partition: int
    key: bytes
    value: bytes
    headers: Headers

    @property
    def size(self) -> int:
        """Bytes, headers included."""
        size = len(self.key) + len(self.value)
        for name, value in self.headers:
            size += len(name) + len(value)
        return size


@dataclass(slots=True)
class Draft(Generic[S]):
    """The changes of one batch, or of one record of it."""

    states: dict[str, S | None] = field(default_factory=dict)
    entries: list[bytes] = field(default_factory=list)
    identities: set[str] = field(default_factory=set)
    outputs: list[Sent] = field(default_factory=list)
    timers: dict[str, DueTimer] = field(default_factory=dict)
    done_timers: set[str] = field(default_factory=set)

    def add(self, other: Draft[S]) -> None:
        """Take in what one more record changes."""
        self.states.update(other.states)
        self.entries += other.entries
        self.identities |= other.identities
        self.outputs += other.outputs
        self.done_timers |= other.done_timers
        for id_ in other.done_timers:
            self.timers.pop(id_, None)
        for id_, timer in other.timers.items():
            self.timers[id_] = timer
            self.done_timers.discard(id_)


def take_step(draft: Draft[S], key: str, before: S | None, step: Step[S], carried: Headers, counts: dict[str, int]) -> None:
    """Add one step to the draft. `carried` headers go with each output; `counts` are partitions by topic."""
    if step.state is not before:
        draft.states[key] = step.state
    for entry in step.entries:
        draft.entries.append(to_bson(entry))
    for output in step.outputs:
        draft.outputs.append(encoded(output, carried, counts))
    if step.timers or step.done_timers:
        _take_timers(draft, step)


def _take_timers(draft: Draft[Any], step: Step[Any]) -> None:
    for id_ in step.done_timers:
        draft.timers.pop(id_, None)
        draft.done_timers.add(id_)
    for timer in step.timers:
        draft.timers[timer.id] = due(timer)
        draft.done_timers.discard(timer.id)


def due(timer: Timer) -> DueTimer:
    """Return the timer as it is stored."""
    due_ms = round(timer.due.timestamp() * 1000)
    return DueTimer(timer.id, due_ms, timer.topic, timer.key, timer.command, timer.headers)


def encoded(output: Output, carried: Headers, counts: dict[str, int]) -> Sent:
    """Return the output as bytes. Raises Unprocessable where it is too large to be sent."""
    topic, event = output.topic, output.event
    value = encode(event) if isinstance(event, Envelope) else event
    headers = (*output.headers, *carried) if output.headers else carried
    key = output.key.encode()
    sent = Sent(topic, partition_for(key, counts[topic]), key, value, headers)
    if sent.size > RECORD_BYTES_MAX:
        raise Unprocessable(f"an output of {sent.size} bytes is above the limit of {RECORD_BYTES_MAX}")
    return sent


def to_bson(document: Document) -> bytes:
    """Return the document as BSON. Raises Unprocessable where it cannot be stored."""
    try:
        raw: bytes = bson.encode(document)
    except (InvalidDocument, OverflowError, UnicodeEncodeError, RecursionError) as error:
        raise Unprocessable(f"cannot be stored: {type(error).__name__}") from error
    if len(raw) > STATE_BYTES_MAX:
        raise Unprocessable(f"a document of {len(raw)} bytes is above the limit of {STATE_BYTES_MAX}")
    return raw


def encoded_states(fold: Fold[S, E], q: int, states: dict[str, S | None]) -> dict[str, bytes | None]:
    """Return the states as BSON documents that carry their key and their partition."""
    return {
        key: None if state is None else to_bson({"_id": key, "q": q, **fold.encode(state)}) for key, state in states.items()
    }

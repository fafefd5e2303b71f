"""What a consumer supplies to the loop: `read`, `evolve` and a codec. All of it pure.

A fold turns records into states, kept by key; ledger `entries`, which are only ever added; and
`outputs`, which go to other topics. `evolve(state, event, policy) -> Step`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import msgspec

from shared.bus.record import Headers, Record
from shared.events import Envelope

S = TypeVar("S")
E = TypeVar("E")

Document = Mapping[str, Any]
"""What MongoDB stores; BSON types only."""


class Item(NamedTuple, Generic[E]):
    """One thing that a record tells, for one state."""

    key: str
    """Whose state it changes. Keys of one record may differ, but belong to the record's partition."""
    event: E
    identity: str | None = None
    """Where a chain starts: an id by which a second telling of the same thing is recognised and skipped."""
    beside: tuple[str, ...] = ()
    """Keys of further states that it looks at and may change: `evolve_beside` is asked then. Of the same partition, too."""


class Output(NamedTuple):
    """An event for another topic."""

    topic: str
    key: str
    event: Envelope | bytes
    headers: Headers = ()


class Timer(NamedTuple):
    """Something due later: the scheduler publishes `command` to `topic`, in this partition, when it is."""

    id: str
    due: datetime
    topic: str
    key: str
    command: bytes
    headers: Headers = ()


class Step(msgspec.Struct, Generic[S], frozen=True, gc=False):
    """What one event does: the new state (None: none is kept), and what follows from it."""

    state: S | None
    entries: Sequence[Document] = ()
    """Each with a unique `_id` derived from its cause."""
    outputs: Sequence[Output] = ()
    timers: Sequence[Timer] = ()
    done_timers: Sequence[str] = ()
    """Ids of timers that have fired or are no longer wanted."""
    beside: Sequence[S | None] = ()
    """What became of the states beside, in the order of their keys; empty where they stay as they are."""


class Fold(Protocol[S, E]):
    """A consumer. Everything here is a pure function but `prepare`."""

    @property
    def group(self) -> str:
        """Name of the consumer group; also names its progress and its collections."""

    @property
    def topics(self) -> Sequence[str]:
        """What it reads. All have the same key and partition count."""

    async def prepare(self) -> None:
        """Bring policies up to date before a batch; raises Retryable where that fails."""

    def read(self, record: Record) -> Sequence[Item[E]]:
        """Decode a record into what it tells; empty for types that it does not know or need.

        Raises Unprocessable with the reason for its dead letter.
        """

    def evolve(self, state: S | None, event: E) -> Step[S]:
        """Fold one event into the state of its key. Takes time from the event alone."""

    def encode(self, state: S) -> Document:
        """Return the state as a document, without `_id` and `q`."""

    def decode(self, document: Document) -> S:
        """Return the state from its document."""


class Company(Fold[S, E], Protocol[S, E]):
    """A consumer some of whose items look at several states at once."""

    def evolve_beside(self, state: S | None, beside: Sequence[S | None], event: E) -> Step[S]:
        """Fold one event into the state of its key and those beside it."""

"""What the loop needs of the world: records in, records out, a store. Fakes and real ones pass the same tests."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from shared.bus.record import Headers, Outgoing, Record
from shared.errors import Retryable
from shared.fold.definition import Document
from shared.fold.progress import Progress


class Fenced(Retryable):
    """Somebody else took the partition, or the transaction did not get through: take ownership anew."""


class Bounds(NamedTuple):
    """The first offset that the log still has, and the one that the next record will get."""

    first: int
    next: int


class Chunk(NamedTuple):
    """Outputs for one partition of one topic, in order; forgotten when they are published."""

    seq: int
    """Of its first output."""
    topic: str
    partition: int
    records: Sequence[Outgoing]


class DueTimer(NamedTuple):
    """A timer as it is stored."""

    id: str
    due_ms: int
    topic: str
    key: str
    command: bytes
    headers: Headers


class Changes(NamedTuple):
    """All that a batch writes of one partition. Everything is encoded and its size checked."""

    progress: Progress
    """As it becomes; its version is one above what the owner read."""
    states: Mapping[str, bytes | None]
    """By key: the BSON document, or None where the state is dropped."""
    replaced: Collection[str]
    """Keys that have a stored state already."""
    entries: Sequence[bytes]
    identities: Collection[str]
    chunks: Sequence[Chunk]
    timers: Sequence[DueTimer]
    done_timers: Collection[str]


class Inbox(Protocol):
    """Records of the partitions that the group gave to this process."""

    async def poll(self) -> Sequence[Record]:
        """Return some records, in order within each partition of each topic; empty after a short wait.

        One that cannot be decoded is an Unreadable in its place.
        """

    def assigned(self) -> Mapping[int, int]:
        """Return the partitions that are this process's now, each with the number of its assignment."""

    async def seek(self, topic: str, q: int, offset: int) -> None:
        """Read on from there."""

    def pause(self, q: int) -> None:
        """Fetch no more of a partition, until `resume` or its next assignment."""

    def resume(self, q: int) -> None:
        """Fetch again what was paused."""

    async def bounds(self, topic: str, q: int) -> Bounds:
        """Return what the log holds."""

    async def committed(self, topic: str, q: int) -> int | None:
        """Return the group's committed offset, if any."""

    async def commit(self, q: int, offsets: Mapping[str, int]) -> None:
        """Commit offsets by topic, for lag monitoring; failing to is no error."""

    async def partitions(self, topic: str) -> int:
        """Return how many partitions an input topic has. Raises Retryable where it is not there (yet)."""


class Outlet(Protocol):
    """Where outputs go."""

    async def publish(self, chunks: Sequence[Chunk]) -> None:
        """Publish: to each partition in order, one request at a time, the next after the acknowledgement of the one before.

        Any failure is final: the process must end, for a later record must never overtake a failed one.
        """

    async def partitions(self, topic: str) -> int:
        """Return how many partitions a topic has. Raises Retryable where it is not there (yet)."""


class Store(Protocol):
    """Progress, states, entries, identities, timers and outbox of one group."""

    async def claim(self, q: int, first: Progress) -> Progress:
        """Take the partition: end what the owner before left open, raise the version, and return the progress.

        `first` is stored where there is none yet.
        """

    async def outbox(self, q: int) -> Sequence[Chunk]:
        """Return what is to be published still, in order."""

    async def forget(self, chunks: Mapping[int, Sequence[Chunk]]) -> None:
        """Delete published chunks from the outbox, by partition."""

    async def load(self, keys: Collection[str]) -> Mapping[str, Document]:
        """Return the states there are, of whatever partition: each says in `q` whose it is."""

    async def seen(self, identities: Collection[str]) -> Collection[str]:
        """Return those of the identities that were folded before."""

    async def commit(self, changes: Mapping[int, Changes]) -> None:
        """Write all of it, by partition, or nothing.

        Raises Fenced where a progress is not the one this owner read, Halt where something that must be new is not.
        """

    async def release(self, q: int) -> None:
        """Let go of what is held for the partition."""


class Ports(NamedTuple):
    """The world as the loop needs it."""

    inbox: Inbox
    outlet: Outlet
    store: Store

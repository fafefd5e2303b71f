"""What was delivered on its way into a batch: cut, and of each partition decoded, with what must be known to fold it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from shared.bus.record import Record
from shared.errors import Halt
from shared.fold.batch import Breathe, Read, read_some
from shared.fold.definition import Document, Fold
from shared.fold.limits import BATCH_BYTES_MAX, ITEMS_MAX, RECORDS_MAX
from shared.fold.owner import Owned
from shared.fold.ports import Store

S = TypeVar("S")
E = TypeVar("E")


class Stored(NamedTuple):
    """What the store says to what a batch asks."""

    seen: Collection[str]
    """Identities that were folded before."""
    states: Mapping[str, Document]


@dataclass(slots=True)
class Part(Generic[S, E]):
    """What is left to fold of a partition."""

    owned: Owned[S]
    records: Sequence[Record]
    """The next ones, in order."""
    reads: Sequence[Read[E]] = ()
    """The first of them, decoded."""
    known: dict[str, S | None] = field(default_factory=dict)
    """The states of the keys of the reads, as they are stored or about to be; None where there is none."""
    missing: list[str] = field(default_factory=list)
    """The keys whose states must be loaded still."""

    def took(self, count: int) -> None:
        """Leave out what was folded."""
        self.records, self.reads = self.records[count:], self.reads[count:]

    def identities(self) -> Iterator[str]:
        """Return the ids by which what was told before is recognised."""
        for read in self.reads:
            if read.once is not None:
                yield read.once
            for item in read.items:
                if item.identity is not None:
                    yield item.identity

    def look_up(self) -> None:
        """Note which states are known here and which are missing."""
        ahead, cache = self.owned.ahead.states, self.owned.cache
        keys = {item.key for read in self.reads for item in read.items}
        keys.update(key for read in self.reads for item in read.items for key in item.beside)
        self.known, self.missing = {}, []
        for key in keys:
            if key in ahead:
                self.known[key] = ahead[key]
            elif key in cache:
                self.known[key] = cache.get(key)
            else:
                self.missing.append(key)

    def learn(self, fold: Fold[S, E], found: Mapping[str, Document]) -> None:
        """Note, and keep, what was loaded of the missing states. Raises Halt for one of another partition."""
        for key in self.missing:
            state = None if key not in found else _decoded(fold, self.owned.q, found[key])
            self.known[key] = state
            self.owned.cache.put(key, state)


def _decoded(fold: Fold[S, E], q: int, document: Document) -> S:
    if document["q"] != q:
        raise Halt(f"state {document['_id']} belongs to partition {document['q']}, not {q}", "state-of-another-partition")
    return fold.decode(document)


def cut(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    """Cut what was delivered into batches by records and bytes."""
    batch: list[Record] = []
    size = 0
    for record in records:
        length = len(record.value or b"")
        if batch and (len(batch) >= RECORDS_MAX or size + length > BATCH_BYTES_MAX):
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += length
    if batch:
        yield batch


async def decode(fold: Fold[S, E], parts: Sequence[Part[S, E]], breathe: Breathe) -> None:
    """Decode as much as a batch may hold; what is decoded already counts."""
    room = ITEMS_MAX
    for part in parts:
        if room > 0 and not part.reads:
            part.reads = await read_some(fold, part.records, room, breathe)
        room -= sum(read.weight for read in part.reads)


async def look_up(store: Store, parts: Sequence[Part[Any, Any]]) -> Stored:
    """Ask the store, once for all partitions, for what nobody here knows."""
    for part in parts:
        part.look_up()
    identities = {identity for part in parts for identity in part.identities()}
    missing = {key for part in parts for key in part.missing}
    seen = await store.seen(identities) if identities else ()
    return Stored(seen, await store.load(missing) if missing else {})

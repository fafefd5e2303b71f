"""The loop around every fold: ownership, batches, one transaction each, publishing. No other code writes a fold's truth.

A batch, partition by partition: sift what was delivered; decode; load states; fold. Then, beside the loop: commit
progress, states, entries and outputs in one transaction that only the present owner can commit (the fence); publish;
forget; commit the offsets to Kafka for lag monitoring. While one batch is written the next is read and folded, on what
the first will have changed; only when the first is through is the second written. Whatever fails, the owner is dropped
with all it knew. Why each step stands where it does: docs/fold.md.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Generic, TypeVar

from shared.bus.record import Record
from shared.errors import Halt, Retryable
from shared.fold.batch import Bench, Folded, Read, fold_batch, read_some
from shared.fold.cache import Cache
from shared.fold.definition import Fold
from shared.fold.limits import BATCH_BYTES_MAX, CACHED_STATES, HALT_S, RECORDS_MAX, RETRY_S_FIRST, RETRY_S_MAX
from shared.fold.observer import Observer, Watch
from shared.fold.owner import Ahead, Beside, Owned, take_ownership
from shared.fold.ports import Fenced, Ports
from shared.fold.sift import sift

S = TypeVar("S")
E = TypeVar("E")
log = logging.getLogger(__name__)


class Loop(Generic[S, E]):
    """Folds the partitions that the group gives to this process, until it is told to stop."""

    def __init__(
        self,
        fold: Fold[S, E],
        ports: Ports,
        observer: Observer,
        outputs: Sequence[str] = (),
        pause: Callable[[float], Awaitable[None]] | None = None,
        beside: Callable[[Coroutine[Any, Any, None]], Beside] = asyncio.ensure_future,
    ) -> None:
        """`outputs` are the topics that the fold writes to.

        `pause` waits for some seconds (for tests: not); `beside` starts work that goes on beside the loop.
        """
        self.fold, self._ports, self._observer = fold, ports, observer
        self._inbox, self._outlet, self._store = ports
        self._outputs = outputs
        self._pause = pause or observer.pause
        self._beside = beside
        self._owned: dict[int, Owned[S]] = {}
        self.halted: dict[int, Halt] = {}
        """The partitions that stand still, and why; on trial after a while, and out once that went well."""
        self._tried: dict[int, tuple[int, float]] = {}
        """By halted partition: the assignment under which it was tried last, and when. None where it is to be tried now."""
        self._counts: dict[str, int] = {}
        self._stopping = False

    @property
    def owned(self) -> frozenset[int]:
        """The partitions that are folded here now."""
        return frozenset(self._owned)

    def stop(self) -> None:
        """Ask the loop to end after the batch in hand."""
        self._stopping = True

    def places(self) -> dict[int, Mapping[str, int]]:
        """Return, for each owned partition, the next offset of each topic, as the store has it."""
        return {q: owned.written for q, owned in self._owned.items()}

    async def run(self) -> None:
        """Fold until `stop`. Raises whatever is neither Retryable nor a Halt of one partition: the process ends."""
        if not self._counts:
            await self.check_partitions()
        pause_s = RETRY_S_FIRST
        while not self._stopping:
            try:
                await self.turn()
                pause_s = RETRY_S_FIRST
            except Retryable as error:
                await self._release()
                self._observer.failed(error)
                log.warning("%s: trying again in %.1f s: %s", self.fold.group, pause_s, error)
                await self._pause(pause_s)
                pause_s = min(RETRY_S_MAX, pause_s * 2)
        await self._release()

    async def turn(self) -> None:
        """Take ownership of what was assigned anew, then fold what is delivered."""
        await self._tend()
        records = await self._inbox.poll()
        await self._tend()
        await self._settle(at_once=bool(records))
        by_partition = sorted(records, key=lambda record: record.partition)
        for q, group in groupby(by_partition, key=lambda record: record.partition):
            await self._fold_partition(q, list(group))
        self._observer.turned(self._owned, self.halted)

    async def check_partitions(self) -> None:
        """Learn the partition counts. Raises Halt where inputs differ, Retryable where a topic is not there."""
        inputs = {topic: await self._inbox.partitions(topic) for topic in self.fold.topics}
        if len(set(inputs.values())) != 1:
            raise Halt(f"{self.fold.group} folds topics of unequal partition counts: {inputs}", "partition-counts")
        self._counts = {topic: await self._outlet.partitions(topic) for topic in (*self._outputs, self.fold.topics[0])}
        self._observer.counted(self._counts[self.fold.topics[0]])

    async def _tend(self) -> None:
        assigned = self._inbox.assigned()
        for q in [q for q, owned in self._owned.items() if assigned.get(q) != owned.assignment]:
            await self._let_go(q)
        for q in [q for q in self.halted if q not in assigned]:
            del self.halted[q]
        for q, assignment in sorted(assigned.items()):
            if self._may_own(q, assignment):
                await self._guarded(q, self._own(q, assignment))

    def _may_own(self, q: int, assignment: int) -> bool:
        """Say whether to take a partition. One that stood still rests first; while on trial it still counts as halted."""
        if q not in self.halted:
            return q not in self._owned
        now, tried = self._observer.now(), self._tried.get(q)
        if tried is not None and tried[0] == assignment and now - tried[1] < HALT_S:
            return False
        if q in self._owned:
            del self.halted[q]
            return False
        self._tried[q] = assignment, now
        return True

    async def _own(self, q: int, assignment: int) -> None:
        cache: Cache[S] = Cache(CACHED_STATES // self._counts[self.fold.topics[0]])
        self._owned[q] = await take_ownership(self.fold, q, assignment, self._ports, self._observer, cache)
        self._inbox.resume(q)

    async def _fold_partition(self, q: int, records: Sequence[Record]) -> None:
        owned = self._owned.get(q)
        if owned is None or self._inbox.assigned().get(q) != owned.assignment:
            self._observer.discarded(len(records))
            return
        await self._guarded(q, self._fold_delivered(owned, records))

    async def _guarded(self, q: int, work: Awaitable[None]) -> None:
        """Do it; a fence or a Halt concerns this partition alone."""
        try:
            await work
        except Fenced as error:
            log.info("%s/%s: %s; taking ownership anew", self.fold.group, q, error)
            self._observer.fenced()
            await self._let_go(q)
        except Halt as error:
            log.error("%s/%s stands still: %s", self.fold.group, q, error)  # noqa: TRY400 - the sentence says it all
            self.halted[q] = error
            await self._let_go(q)
            self._tried[q] = self._inbox.assigned().get(q, 0), self._observer.now()
            self._inbox.pause(q)

    async def _fold_delivered(self, owned: Owned[S], records: Sequence[Record]) -> None:
        sifted = sift(owned.progress, owned.unverified, records)
        self._observer.sifted(sifted)
        for batch in cut(sifted.fresh):
            await self._fold_batch(owned, batch)
        for topic, offset in sifted.seek.items():
            await self._inbox.seek(topic, owned.q, offset)

    async def _fold_batch(self, owned: Owned[S], records: Sequence[Record]) -> None:
        while records:
            await self.fold.prepare()
            reads = await read_some(self.fold, records, self._breathe)
            await self._fold_reads(owned, records[: len(reads)], reads)
            records = records[len(reads) :]

    async def _fold_reads(self, owned: Owned[S], records: Sequence[Record], reads: Sequence[Read[E]]) -> None:
        while reads:
            watch = self._observer.begin()
            folded = await fold_batch(await self._bench(owned, reads, watch), owned.progress, reads)
            await owned.settle()
            owned.progress, owned.ahead = folded.changes.progress, Ahead(folded.states, folded.changes.identities)
            for key, state in folded.states.items():
                owned.cache.put(key, state)
            owned.writing = self._beside(self._write(owned, folded, records[: folded.records], watch))
            records, reads = records[folded.records :], reads[folded.records :]

    async def _breathe(self) -> None:
        await self._pause(0)

    async def _bench(self, owned: Owned[S], reads: Sequence[Read[E]], watch: Watch) -> Bench[S, E]:
        identities = {item.identity for read in reads for item in read.items if item.identity is not None}
        identities |= {read.once for read in reads if read.once is not None}
        seen = identities.intersection(owned.ahead.identities)
        if identities:
            seen |= set(await self._store.seen(identities))
        keys = {key for read in reads for item in read.items for key in (item.key, *item.beside)}
        known = await self._states(owned, keys)
        return Bench(self.fold, owned.q, self._counts, known, watch.carry, watch.enough, self._breathe, seen)

    async def _states(self, owned: Owned[S], keys: set[str]) -> dict[str, S | None]:
        """Return the states of all keys; what was not cached is, once the read has succeeded."""
        known = {key: state for key, state in owned.ahead.states.items() if key in keys}
        known |= {key: owned.cache.get(key) for key in keys - known.keys() if key in owned.cache}
        missing = keys - known.keys()
        if missing:
            loaded = await self._store.load(owned.q, missing)
            for key in missing:
                known[key] = self.fold.decode(loaded[key]) if key in loaded else None
                owned.cache.put(key, known[key])
        return known

    async def _write(self, owned: Owned[S], folded: Folded[S], records: Sequence[Record], watch: Watch) -> None:
        """Write one batch. Runs beside the loop, one at a time for each partition."""
        changes = folded.changes
        await self._store.commit(owned.q, changes)
        owned.written = changes.progress.offsets()
        if changes.chunks:
            await self._outlet.publish(changes.chunks)
            await self._store.forget(owned.q, changes.chunks)
        await self._inbox.commit(owned.q, owned.written)
        self._observer.folded(folded, records, watch.end())

    async def _settle(self, *, at_once: bool) -> None:
        """See how the writing of batches ended: of those that have (`at_once`), or of all, waiting for them."""
        for q, owned in list(self._owned.items()):
            if owned.writing is not None and (owned.writing.done() or not at_once):
                await self._guarded(q, owned.settle())

    async def _let_go(self, q: int) -> None:
        """Give a partition up. The batch that is being written comes to its end first; how it ends, progress tells."""
        self._tried.pop(q, None)
        owned = self._owned.pop(q, None)
        if owned is None:
            return
        try:
            await owned.settle()
        except (Retryable, Halt) as error:
            if isinstance(error, Fenced):
                self._observer.fenced()
            log.info("%s/%s: the last batch was not written: %s", self.fold.group, q, error)
        await self._store.release(q)

    async def _release(self) -> None:
        for q in list(self._owned):
            await self._let_go(q)


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

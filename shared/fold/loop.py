"""The loop around every fold: ownership, batches, one transaction each, publishing. No other code writes a fold's truth.

A batch: sift what was delivered, partition by partition; decode; load states; fold. Then, beside the loop (`writing.py`):
commit progress, states, entries and outputs of all its partitions in one transaction that only their present owner can
commit (the fence); publish; forget; commit the offsets to Kafka for lag monitoring. While one batch is written the next may
be read and folded, on what the first will have changed; it is committed when the first is in the store, and published after
it. Whatever fails, all is dropped that the owner knew. Why each step stands where it does: docs/fold.md.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import groupby
from typing import Generic, TypeVar

from shared.bus.record import Record
from shared.errors import Halt, Retryable
from shared.fold.batch import Bench, fold_batch
from shared.fold.cache import Cache
from shared.fold.definition import Fold
from shared.fold.limits import (
    AHEAD_MIN,
    CACHED_STATES,
    HALT_S,
    RETRY_S_FIRST,
    RETRY_S_MAX,
)
from shared.fold.observer import Observer, Watch
from shared.fold.owner import Owned, take_ownership
from shared.fold.part import Part, Stored, cut, decode, look_up
from shared.fold.ports import Fenced, Ports
from shared.fold.sift import sift
from shared.fold.writing import AT_ONCE, Begin, Share, Writing

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
        beside: Begin = AT_ONCE,
        ahead_min: int = AHEAD_MIN,
        linger_s: float = 0.0,
    ) -> None:
        """`outputs` are the topics that the fold writes to.

        `pause` waits for some seconds (for tests: not); `beside` starts work that goes on beside the loop. From
        `ahead_min` records of a poll on, the next is read and folded while they are written; after fewer the loop rests
        for `linger_s`.
        """
        self.fold, self._ports, self._observer = fold, ports, observer
        self._inbox, self._outlet, self._store = ports
        self._outputs = outputs
        self._pause = pause or observer.pause
        self._beside = beside
        self._ahead_min, self._linger_s, self._polled = ahead_min, linger_s, 0
        self._writing: Writing[S] | None = None
        """The last batch that is being written, until it was seen how that, and what was before it, ended."""
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

    @property
    def claims(self) -> Mapping[int, object]:
        """By partition that is folded here: something that is another one as soon as it was taken anew."""
        return dict(self._owned)

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
        if self._polled < self._ahead_min:
            await self._committed()  # what comes meanwhile goes into the same batch
            if self._linger_s:
                await self._pause(self._linger_s)
        await self._tend()
        records = await self._inbox.poll()
        self._polled = len(records)
        if not records:
            await self._settle()
        await self._tend()
        for batch in cut(sorted(records, key=lambda record: record.partition)):
            await self._fold_batch(batch)
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
        try:
            self._owned[q] = await take_ownership(self.fold, q, assignment, self._ports, self._observer, cache)
        except (Halt, Retryable):
            await self._store.release(q)  # it may have been claimed
            raise
        self._inbox.resume(q)

    def _is_owned(self, owned: Owned[S]) -> bool:
        return self._owned.get(owned.q) is owned

    async def _guarded(self, q: int, work: Awaitable[None]) -> None:
        """Do it; a fence or a Halt concerns this partition alone."""
        try:
            await work
        except Fenced as error:
            log.info("%s/%s: %s; taking ownership anew", self.fold.group, q, error)
            self._observer.fenced()
            await self._let_go(q)
        except Halt as error:
            await self._stand_still(q, error)

    async def _stand_still(self, q: int, halt: Halt) -> None:
        log.error("%s/%s stands still: %s", self.fold.group, q, halt)
        self.halted[q] = halt
        await self._let_go(q)
        self._tried[q] = self._inbox.assigned().get(q, 0), self._observer.now()
        self._inbox.pause(q)

    async def _fold_batch(self, records: Sequence[Record]) -> None:
        """Fold what was delivered of some partitions, and have it written."""
        parts = await self._sifted(records)
        while parts:
            await self.fold.prepare()
            await decode(self.fold, parts, self._breathe)
            await self._write(*await self._folded([part for part in parts if part.reads]))
            parts = [part for part in parts if part.records and self._is_owned(part.owned)]

    async def _sifted(self, records: Sequence[Record]) -> list[Part[S, E]]:
        """Return what is next of each partition that is owned."""
        parts = list[Part[S, E]]()
        for q, group in groupby(records, key=lambda record: record.partition):
            delivered, owned = list(group), self._owned.get(q)
            if owned is None or self._inbox.assigned().get(q) != owned.assignment:
                self._observer.discarded(len(delivered))
            else:
                await self._guarded(q, self._sift(owned, delivered, parts))
        return [part for part in parts if self._is_owned(part.owned)]

    async def _sift(self, owned: Owned[S], records: Sequence[Record], parts: list[Part[S, E]]) -> None:
        sifted = sift(owned.progress, owned.unverified, records)
        self._observer.sifted(sifted)
        for topic, offset in sifted.seek.items():
            await self._inbox.seek(topic, owned.q, offset)
        if sifted.fresh:
            parts.append(Part(owned, sifted.fresh))

    async def _breathe(self) -> None:
        await self._pause(0)

    async def _folded(self, parts: Sequence[Part[S, E]]) -> tuple[Sequence[Share[S]], Watch]:
        """Fold as much of the parts as there is time for; looking up does not count, and is done again for what is left."""
        stored = await look_up(self._store, parts)
        watch, shares = self._observer.begin(), list[Share[S]]()
        for part in parts:
            if shares and watch.enough():
                break
            await self._guarded(part.owned.q, self._fold_part(part, stored, watch, shares))
        return shares, watch

    async def _fold_part(self, part: Part[S, E], stored: Stored, watch: Watch, shares: list[Share[S]]) -> None:
        part.learn(self.fold, stored.states)
        owned, seen = part.owned, {*stored.seen, *part.owned.ahead.identities}
        bench = Bench(self.fold, owned.q, self._counts, part.known, watch.carry, watch.enough, self._breathe, seen)
        folded = await fold_batch(bench, owned.progress, part.reads)
        part.took(len(folded.records))
        shares.append(Share(owned, folded))

    async def _write(self, shares: Sequence[Share[S]], watch: Watch) -> None:
        """Have a batch written, once the one before is in the store; it may be published meanwhile, but not two of them."""
        await self._committed()
        if self._writing is not None and self._writing.is_behind:
            await self._settle()
        shares = [share for share in shares if self._is_owned(share.owned)]
        for owned, folded in shares:
            owned.move_on(folded)
        if shares:
            self._writing = Writing(self._ports, self._observer, watch, shares, self._beside, self._writing)

    async def _committed(self) -> None:
        """Wait until the batch that is being written is in the store; it may be published while the next one is written."""
        writing = self._writing
        if writing is None:
            return
        try:
            await writing.committing
        except Retryable:
            await self._settle()
        else:
            if writing.halts:
                await self._settle()

    async def _settle(self) -> None:
        """Wait for the batch that is being written, and see how that ended. Raises Retryable where a part is away."""
        if self._writing is None:
            return
        writing, self._writing = self._writing, None
        try:
            await writing.publishing
        except Retryable as error:
            log.info("%s: a batch was not written: %s; taking ownership anew", self.fold.group, error)
            await self._release()  # all was folded on what this batch was to leave
            if not isinstance(error, Fenced):
                raise
            self._observer.fenced()
        for q, halt in writing.halts.items():
            await self._stand_still(q, halt)

    async def _let_go(self, q: int) -> None:
        """Give a partition up. The batch that is being written comes to its end first; how it ends, progress tells."""
        self._tried.pop(q, None)
        if self._owned.pop(q, None) is None:
            return
        try:
            await self._settle()
        except Retryable as error:
            log.info("%s/%s: its last batch was not written: %s", self.fold.group, q, error)
        await self._store.release(q)

    async def _release(self) -> None:
        for q in list(self._owned):
            await self._let_go(q)

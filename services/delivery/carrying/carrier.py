"""The carrier: takes what is open in the partitions of this process, and has each target's acts carried out in order.

The fold tells which targets changed; what is open is read from the store, which is the truth. A target has one task, which
ends when nothing is open. What became of an act goes to the fold as a command; until the fold has read it, the carrier
remembers by itself that the act is over.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from services.delivery.carrying.carried import Carried, Parts, PutAside
from services.delivery.rules.works import Past, Target, Work, past
from services.delivery.store.carriers import Carriers
from services.delivery.store.open_acts import OpenActs
from shared.cancelling import check_cancelled
from shared.errors import Retryable

log = logging.getLogger(__name__)

RENEW_S = 2.0
"""How often leases are renewed: a third of how long one is fresh."""

LOOK_S = 0.2
"""The same while the fold has to read on first, before what is open may be carried out."""

TARGETS_MAX = 20_000
"""Targets in hand, 5 kB each. Of what is beyond, the oldest are taken up as others are done.

A community has at most as many in hand as are free beside it: one that waits for a connection that is lost or stopped, with
however many acts, takes half, the next such one a quarter, and there is room for others.
"""

COMMUNITY_MIN = 10
"""So many targets of a community are in hand however many others wait."""

BUG_S = 60.0
"""How long an act rests that brings a bug of ours to light: the log says so each time."""

CANCEL_S = 1.0
"""A task that was cancelled ends at once; after so long it is told again."""

KEYS_MAX = 5_000
"""Targets that are read at once."""


Place = tuple[str, str]
"""A brand, and a community of it."""


class Heard(Protocol):
    """What the fold of acts in this process has, and how far it has read."""

    def owned(self) -> Collection[int]:
        """Return the partitions that it has."""

    def place(self, q: int) -> int:
        """Return up to where it has taken in, of a partition that it has, what became of acts; -1 where it has not."""

    async def end(self, q: int) -> int:
        """Return where that ends now. Raises Retryable where nobody can say."""


async def ended(tasks: Collection[asyncio.Task[None]]) -> None:
    """Cancel tasks, and return when all have ended; one may swallow a cancellation, as drivers do that are cut off."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCEL_S)


class Carrier:
    """Carries out what is open here."""

    def __init__(self, heard: Heard, carriers: Carriers, open_acts: OpenActs, parts: Parts) -> None:
        self._heard, self._carriers, self._open, self._parts = heard, carriers, open_acts, parts
        self._targets: dict[str, Target] = {}
        self._places: dict[str, int] = {}
        """The partition of each target."""
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._told: dict[str, dict[str, Past]] = {}
        """Acts that are over and that the fold has not closed yet, by target."""
        self._aside: set[str] = set()
        """Targets in hand with nothing to be done but what a crisis holds."""
        self._changed: dict[str, int] = {}
        self._news = asyncio.Event()
        self._synced_at = 0.0
        self._seen: set[int] = set()
        """Partitions held of which was noted that what is open there is to be taken up."""
        self._ends: dict[int, int] = {}
        """Partitions held in which the fold has to read up to there first: what a predecessor told of acts that are over."""
        self._left: set[int] = set()
        """Partitions held in which something may be open that is not in hand."""
        self._shares: Counter[Place] = Counter()
        """Targets in hand, by community."""

    def heard(self, q: int, keys: Iterable[str]) -> None:
        """The fold committed a change of these states."""
        if q in self._carriers.held:
            self._changed.update(dict.fromkeys(keys, q))
            self._news.set()

    async def run(self) -> None:
        """Carry acts out until cancelled."""
        try:
            while True:
                try:
                    await self._turn()
                except Retryable as error:
                    check_cancelled()
                    log.warning("the carrier waits: %s", error)
                    await asyncio.sleep(1.0)
        finally:
            await self._let_go(set(self._places.values()))

    async def stop(self) -> None:
        """Let successors go on at once; where the store is away, they wait until the leases are over."""
        try:
            await self._carriers.release(self._carriers.held)
        except Retryable as error:
            log.warning("leases are left to run out: %s", error)

    async def _turn(self) -> None:
        if time.monotonic() - self._synced_at >= (LOOK_S if self._ends else RENEW_S):
            self._synced_at = time.monotonic()
            await self._sync()
        await self._read_changed()
        self._parts.figures.open.set(len(self._tasks))
        self._news.clear()
        if self._changed:
            return
        try:
            wait_s = self._synced_at + (LOOK_S if self._ends else RENEW_S) - time.monotonic()
            async with asyncio.timeout(max(0.0, wait_s)):
                await self._news.wait()
        except TimeoutError:
            return

    async def _sync(self) -> None:
        """Hold the leases of what the fold has here; take up what is open there."""
        owned, before = frozenset(self._heard.owned()), self._carriers.held
        gone = (before - owned) | self._carriers.over()
        if gone:
            await self._let_go(gone)
            await self._carriers.release(gone)
        held = await self._carriers.take(owned)
        await self._let_go(before - held)
        for q in self._carriers.held - self._seen - self._ends.keys():
            self._ends[q] = await self._heard.end(q)  # behind what a predecessor told, which must not be done again
        for q in [q for q, end in self._ends.items() if self._heard.place(q) >= end]:
            del self._ends[q]
            self._left.add(q)
            self._seen.add(q)
        for q in sorted(self._left):
            await self._fill(q)
        for key in self._aside & self._targets.keys():
            self._begin(self._places[key], key)
        self._aside &= self._targets.keys()

    async def _fill(self, q: int) -> None:
        """Take up what is open in a partition, those with the oldest acts first, as far as there is room."""
        while True:
            full = [place for place in self._shares if not self._has_room(place)]
            names = await self._open.of_partition(q, full, len(self._targets) + KEYS_MAX)
            fresh = [name for name in names if name not in self._targets][:KEYS_MAX]
            before = len(self._targets)
            is_left = not self._take_up(q, await self._open.named(fresh))
            if not full and not is_left and len(fresh) < KEYS_MAX:
                self._left.discard(q)
            if len(fresh) < KEYS_MAX or len(self._targets) == before:
                return

    def _has_room(self, place: Place) -> bool:
        return self._shares[place] < max(COMMUNITY_MIN, TARGETS_MAX - len(self._targets))

    async def _let_go(self, partitions: Collection[int]) -> None:
        """Stop what is done for partitions that another process has now."""
        keys = [key for key, q in self._places.items() if q in partitions]
        await ended([self._tasks[key] for key in keys if key in self._tasks])
        for key in keys:
            self._tasks.pop(key, None)  # one that was cancelled before it began has not done so itself
            self._forget(key)
        for q in partitions:
            self._left.discard(q)
            self._seen.discard(q)
            self._ends.pop(q, None)

    async def _read_changed(self) -> None:
        """Read what the fold changed, so many at once."""
        keys = dict(list(self._changed.items())[:KEYS_MAX])
        if not keys:
            return
        found = await self._open.named(keys)
        for key, q in keys.items():
            del self._changed[key]
            if q not in self._seen:
                continue  # it is read when the partition is taken up
            target = found.get(key)
            if target is None:
                self._forget(key)
            elif not self._take_up(q, {key: target}):
                self._left.add(q)

    def _forget(self, key: str) -> None:
        target = self._targets.pop(key, None)
        if target is not None:
            self._shares[target.brand, target.community] -= 1
            if not self._shares[target.brand, target.community]:
                del self._shares[target.brand, target.community]
        self._told.pop(key, None)
        if key not in self._tasks:  # a task that still runs goes with its partition
            self._places.pop(key, None)

    def _take_up(self, q: int, found: Mapping[str, Target]) -> bool:
        """Have these targets in hand; say whether there was room for all."""
        fits = True
        for key, target in found.items():
            if key not in self._targets:
                place = target.brand, target.community
                if not self._has_room(place):
                    fits = False
                    continue
                self._shares[place] += 1
            self._targets[key], self._places[key] = target, q
            open_ = {work.id for work in target.works}
            self._told[key] = {id_: past for id_, past in self._told.get(key, {}).items() if id_ in open_}
            self._begin(q, key)
        return fits

    def _begin(self, q: int, key: str) -> None:
        """Have a target's acts carried out, if there is anything to do but what is held."""
        if key in self._tasks:
            return
        if self._next(key) is None:
            self._aside.add(key)
        else:
            self._aside.discard(key)
            self._tasks[key] = asyncio.create_task(self._carry(q, key))

    def _next(self, key: str) -> Work | None:
        """Return the first act of a target that is not over, nor held by a crisis."""
        target, told = self._targets.get(key), self._told.get(key, {})
        if target is None:
            return None
        is_held = any(work.is_planned for work in target.works) and self._parts.holds.is_held(target.brand, target.community)
        return next((work for work in target.works if work.id not in told and not (is_held and work.is_planned)), None)

    async def _carry(self, q: int, key: str) -> None:
        """Carry a target's acts out, one after the other."""
        try:
            while (work := self._next(key)) is not None:
                try:
                    await self._carry_one(q, key, work)
                except Exception as error:  # noqa: BLE001 - one act must not end the others
                    log.error("an act is tried again in %.0f s: a bug: %s", BUG_S, type(error).__name__)  # noqa: TRY400
                    await asyncio.sleep(BUG_S)
        finally:
            self._tasks.pop(key, None)
            if key not in self._targets:
                self._places.pop(key, None)
            else:
                self._aside.add(key)

    async def _carry_one(self, q: int, key: str, work: Work) -> None:
        carried = Carried(self._parts, work, lambda: self._targets[key], lambda: self._carriers.is_fresh(q))
        try:
            over = await carried.over(tuple(self._told[key].values()))
        except PutAside:
            return
        await carried.tell(over)
        if key in self._told:
            self._told[key][work.id] = past(work.kind, over.code)

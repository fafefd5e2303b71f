"""Shows in Redis what the fold of boards wrote of one partition.

Values are absolute and one task writes a partition, each value read after the one before was written: so no older one
overwrites a newer. Who takes a partition writes all of it, for what an owner before had still to write nobody knows.
While Redis is away nothing is lost: what changed waits, and what is too much to wait is read again.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge

from services.engagement.rules.boards import Board, is_kept
from services.engagement.rules.tallies import Tally, on_boards
from services.engagement.store.live_boards import LiveBoards
from services.engagement.store.tallies import Tallies
from shared.cancelling import check_cancelled
from shared.clock import Clock
from shared.errors import Retryable

log = logging.getLogger(__name__)

LOOK_S = 0.5
"""How often it is looked whether Redis still has what was written, and which partitions are here."""
AWAY_S = 1.0
"""How long it is waited for a part that is away, and for an owner who is on its way out."""
GATHER_S = 0.5
"""What changes meanwhile is written together."""
CHANGED_MAX = 50_000
"""Members of a partition whose changes wait, 150 bytes each; above, the partition is read as a whole."""
WRITE_MAX = 500
"""Values in one step of Redis, about 1 ms, and 2 ms of this process: one step at a time, so that nobody waits for more."""
FOLLOW_AT_ONCE = 50
"""Members that changed and are written together, for the same reason."""


class Folding(Protocol):
    """What the fold of boards has here, and how far it has read."""

    def claims(self) -> Mapping[int, object]:
        """By partition that it has: something that is another one as soon as it was taken anew."""

    def place(self, q: int) -> int:
        """Return up to where it has read the ledger, of a partition that it has; -1 where it has not."""

    async def end(self, q: int) -> int:
        """Return where the ledger ends now. Raises Retryable where nobody can say."""


class Figures:
    """What is counted of it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.rebuilt = Counter(
            "veche_engagement_boards_rebuilt", "Partitions whose leaderboards were written as a whole.", registry=registry
        )
        self.failed = Counter(
            "veche_engagement_boards_failed", "Writes of leaderboards that are tried again.", registry=registry
        )
        self.age = Gauge(
            "veche_engagement_boards_age_seconds",
            "How long the oldest change has waited to be shown on leaderboards.",
            registry=registry,
        )
        self.broken = Gauge(
            "veche_engagement_boards_broken_partitions",
            "Partitions here whose leaderboards are not whole yet.",
            registry=registry,
        )


class Part:
    """Shows one partition."""

    def __init__(
        self,
        q: int,
        fold: Folding,
        tallies: Tallies,
        live: LiveBoards,
        figures: Figures,
        clock: Clock,
        turns: asyncio.Semaphore,
        pen: asyncio.Lock,
    ) -> None:
        self._q, self._fold, self._tallies, self._live, self._figures = q, fold, tallies, live, figures
        self._clock, self._turns, self._pen, self._owner = clock, turns, pen, secrets.token_hex(8)
        self._life: str | None = None
        """In which the partition is this task's."""
        self._changed: dict[str, None] = {}
        self._is_read = False
        """Whether all of it was written in this life, and what changes since then is known."""
        self._is_blank = False
        """Whether nothing of the partition was ever written in this life: then there is nothing to take off a board."""
        self._end = 0
        """Up to where the fold has to read before the partition is whole."""
        self.is_whole = False
        self.since: float | None = time.monotonic()
        """Since when something waits."""
        self._news = asyncio.Event()

    def heard(self, keys: Iterable[str]) -> None:
        """These members' tallies changed."""
        if self._is_read:
            self._changed.update(dict.fromkeys(keys))
            if len(self._changed) > CHANGED_MAX:
                self._changed.clear()
                self._is_read = False
        self.since = self.since or time.monotonic()
        self._news.set()

    async def run(self) -> None:
        """Show it until cancelled."""
        while True:
            try:
                if not await self._turn():
                    self._life, self.is_whole = None, False
                    await asyncio.sleep(AWAY_S)  # another owner: either it is on its way out, or this one is
            except Retryable as error:
                check_cancelled()
                self._figures.failed.inc()
                log.info("leaderboards of partition %s wait: %s", self._q, error)
                await asyncio.sleep(AWAY_S)

    async def _turn(self) -> bool:
        """Write what is to be written, and wait a while; say whether the partition is still this task's."""
        life = await self._live.life()
        if life != self._life:
            self._life, self._is_read, self.is_whole = life, False, False
            self.since = self.since or time.monotonic()
            self._is_blank = await self._live.take(life, self._q, self._owner)
        if not self._is_read and not await self._read(life):
            return False
        if not await self._follow(life):
            return False
        if not self.is_whole and self._is_read and self._fold.place(self._q) >= self._end:
            if not await self._live.write(life, self._q, self._owner, {}, is_whole=True):
                return False
            self.is_whole = True
            self._figures.rebuilt.inc()
        await self._rest()
        return True

    async def _read(self, life: str) -> bool:
        """Write all of the partition; what changes meanwhile is heard."""
        if self._q == 0:
            await self._live.sweep(life)
        async with self._turns:
            self._changed.clear()
            self._is_read, is_done = True, False
            try:
                self._end = await self._fold.end(self._q)
                is_done = await self._read_all(life)
            finally:
                self._is_blank = False
                self._is_read &= is_done
        return is_done

    async def _read_all(self, life: str) -> bool:
        async for tallies in self._tallies.of_partition(self._q):
            if not await self._write(life, tallies):
                return False
        return True

    async def _follow(self, life: str) -> bool:
        """Write what has changed."""
        while self._changed:
            keys = list(self._changed)[:FOLLOW_AT_ONCE]
            for key in keys:
                del self._changed[key]
            try:
                is_done = await self._write(life, await self._tallies.named(keys))
            except BaseException:
                self._changed.update(dict.fromkeys(keys))
                raise
            if not is_done:
                return False
        if self._is_read:
            self.since = None
        return True

    async def _write(self, life: str, tallies: Sequence[Tally]) -> bool:
        async with self._pen:
            return await self._written(life, tallies)

    async def _written(self, life: str, tallies: Sequence[Tally]) -> bool:
        today, size = self._clock.now().toordinal(), 0
        boards: dict[Board, Mapping[str, int]] = {}
        for board, all_ in on_boards(tallies):
            places = {member: value for member, value in all_.items() if value > 0} if self._is_blank else all_
            if not places or not is_kept(board.period, board.first, today):
                continue
            boards[board] = places
            size += len(places)
            if size >= WRITE_MAX:
                if not await self._live.write(life, self._q, self._owner, boards):
                    return False
                boards, size = {}, 0
        return not boards or await self._live.write(life, self._q, self._owner, boards)

    async def _rest(self) -> None:
        self._news.clear()
        if self._changed:
            return
        try:
            async with asyncio.timeout(LOOK_S):
                await self._news.wait()
        except TimeoutError:
            return
        await asyncio.sleep(GATHER_S)

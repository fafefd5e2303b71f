"""Shows in Redis what the fold of boards wrote: a task for each of the process's partitions, beside the fold."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Iterable

from services.engagement.store.live_boards import LiveBoards
from services.engagement.store.shown_part import LOOK_S, Figures, Folding, Part
from services.engagement.store.tallies import Tallies
from shared.clock import Clock

READ_MAX = 2
"""Partitions that are written as a whole at once: one more would make those wait who ask the same process."""
END_S = 1.0
"""A task that was cancelled ends at once; after so long it is told again."""


class Projector:
    """Shows the partitions that the fold of boards has in this process."""

    def __init__(self, fold: Folding, tallies: Tallies, live: LiveBoards, figures: Figures, clock: Clock) -> None:
        self._fold, self._tallies, self._live, self._figures, self._clock = fold, tallies, live, figures, clock
        self._turns, self._pen = asyncio.Semaphore(READ_MAX), asyncio.Lock()
        self._parts: dict[int, tuple[object, Part, asyncio.Task[None]]] = {}

    def heard(self, q: int, keys: Iterable[str]) -> None:
        """The fold wrote these tallies."""
        if q in self._parts:  # else all of it is read when it is taken up
            self._parts[q][1].heard(keys)

    async def run(self) -> None:
        """Show them until cancelled."""
        try:
            while True:
                await self._look()
                await asyncio.sleep(LOOK_S)
        finally:
            await _ended([task for _, _, task in self._parts.values()])

    async def _look(self) -> None:
        claims = self._fold.claims()
        gone = [q for q, (claim, _, _) in self._parts.items() if claims.get(q) is not claim]
        await _ended([self._parts.pop(q)[2] for q in gone])
        for q, claim in self._fold.claims().items():
            if q not in self._parts:
                part = Part(q, self._fold, self._tallies, self._live, self._figures, self._clock, self._turns, self._pen)
                self._parts[q] = claim, part, asyncio.create_task(part.run())
        for _, _, task in self._parts.values():
            if task.done():
                task.result()  # a bug: it ends the process
        parts = [part for _, part, _ in self._parts.values()]
        now = time.monotonic()
        self._figures.broken.set(sum(not part.is_whole for part in parts))
        self._figures.age.set(max((now - part.since for part in parts if part.since is not None), default=0.0))


async def _ended(tasks: Collection[asyncio.Task[None]]) -> None:
    """Cancel tasks, and return when all have ended; a library may swallow a cancellation."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=END_S)

"""One task for each connection that is polled or listened to, by lease: one replica at a time, and from its place on.

A place moves on only after Kafka has all that came before it; a crash in between brings that again, known by its ids.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager

from services.ingest.sources.leases import Leases, account_of
from services.ingest.sources.source import Busy, Page, Refused, Sleep, Source
from services.ingest.store import Connected, Connections, Intake, Piece
from shared.errors import Retryable, VecheError

log = logging.getLogger(__name__)

RENEW_S = 20.0
"""How often a lease is renewed, however long a look or a pause takes: one renewal may fail, and the next is in time."""
LOOK_EVERY_S = 5.0
PAUSE_S_FIRST, PAUSE_S_MAX = 1.0, 60.0
REFUSED_S = 300.0
"""A connection that a person must mend is tried again so seldom; one that is applied anew, at once."""

Skipped = Callable[[str, int], None]
"""Counts payloads that could not be taken in: the connection's name, and how many.

None are counted as polling begins: a count that came out of nowhere would be no growth, so its first would wake nobody.
"""


class Poller:
    """Follows every connection of one mode whose platform has a source."""

    def __init__(
        self,
        connections: Connections,
        intake: Intake,
        leases: Leases,
        sources: Mapping[str, Source],
        *,
        mode: str = "poll",
        skipped: Skipped = lambda *_: None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._connections, self._intake, self._leases, self._sources = connections, intake, leases, sources
        self._mode, self._skipped, self._sleep = mode, skipped, sleep
        self._running: dict[str, tuple[Connected, asyncio.Task[None]]] = {}

    async def run(self) -> None:
        """Keep one task for each such connection, until cancelled."""
        try:
            while True:
                await self.tend()
                await self._sleep(LOOK_EVERY_S)
        finally:
            for _, task in self._running.values():
                task.cancel()
            await asyncio.gather(*(task for _, task in self._running.values()), return_exceptions=True)

    async def tend(self) -> None:
        """Start and stop tasks so that each follows its connection as it is now."""
        try:
            found = await self._connections.all()
        except Retryable as error:
            log.warning("pollers wait: %s", error)
            return
        wanted = {c.name: c for c in found if c.spec.mode == self._mode and c.spec.platform in self._sources}
        for name, (connection, task) in list(self._running.items()):
            if wanted.get(name) != connection or task.done():
                await self._end(name, task)
        for name in wanted.keys() - self._running.keys():
            self._skipped(name, 0)
            self._running[name] = (wanted[name], asyncio.create_task(self._follow(wanted[name])))

    async def _end(self, name: str, task: asyncio.Task[None]) -> None:
        """End a task, and wait for it: Telegram refuses two that ask at once."""
        task.cancel()
        await asyncio.wait([task])
        del self._running[name]

    async def _follow(self, connection: Connected) -> None:
        try:
            await self._followed_on(connection)
        finally:
            with contextlib.suppress(Exception):  # whoever comes next waits for the lease's end, then
                await asyncio.shield(self._leases.release(account_of(connection)))

    async def _followed_on(self, connection: Connected) -> None:
        pause_s = PAUSE_S_FIRST
        while True:
            try:
                place = await self._leases.take(account_of(connection))
                if place is not None:
                    async with self._kept(connection), aclosing(self.followed(connection, place)) as pages:
                        async for page in pages:
                            pause_s = PAUSE_S_FIRST
                            await self._sleep(page.pause_s)
                await self._sleep(LOOK_EVERY_S)
            except Exception as error:  # noqa: BLE001 - one connection must not end the others
                # The text of an error that is not ours may hold the token.
                said = str(error) if isinstance(error, VecheError) else f"a bug: {type(error).__name__}"
                wait_s = _wait_s(error, pause_s)
                log.warning("%s: trying again in %.0f s: %s", connection.name, wait_s, said)
                await self._remember(connection, said)
                await self._sleep(wait_s)
                pause_s = min(PAUSE_S_MAX, pause_s * 2)

    @asynccontextmanager
    async def _kept(self, connection: Connected) -> AsyncIterator[None]:
        """Keep the lease during what is done within, however long that takes; end that once somebody else has the lease."""
        ours = asyncio.timeout(None)
        try:
            async with ours:
                renewing = asyncio.create_task(self._renewed(connection, ours))
                try:
                    yield
                finally:
                    renewing.cancel()
                    await asyncio.wait([renewing])
        except TimeoutError:
            if not ours.expired():
                raise
            log.warning("%s: somebody else follows it now", connection.name)

    async def _renewed(self, connection: Connected, ours: asyncio.Timeout) -> None:
        """Renew the lease again and again, and end `ours` once it is another's.

        Where it cannot be renewed for a while nothing ends: should another have taken it meanwhile, `advance` says so.
        """
        while True:
            await self._sleep(RENEW_S)
            try:
                is_ours = await self._leases.renew(account_of(connection))
            except Exception as error:  # noqa: BLE001 - a pause of a day outlasts a database that is away for a moment
                log.warning("%s: its lease could not be renewed: %s", connection.name, type(error).__name__)
                continue
            if not is_ours:
                ours.reschedule(asyncio.get_running_loop().time())
                return

    async def _remember(self, connection: Connected, said: str) -> None:
        try:
            await self._leases.failed(account_of(connection), said)
        except Exception as error:  # noqa: BLE001 - it is only told to people
            log.warning("%s: its problem could not be noted: %s", connection.name, type(error).__name__)

    async def followed(self, connection: Connected, place: str) -> AsyncGenerator[Page]:
        """Take in page after page and yield each when its place is remembered, until somebody else has the lease."""
        async with aclosing(self._sources[connection.spec.platform].pages(connection, place)) as pages:
            async for page in pages:
                await self._take(connection, page.pieces)
                if not await self._leases.advance(account_of(connection), page):
                    log.warning("%s: somebody else follows it now", connection.name)
                    return
                yield page

    async def _take(self, connection: Connected, pieces: Sequence[Piece]) -> None:
        """Take pieces in, all at once where all can be. What never can be is left behind and counted."""
        try:
            await self._intake.pieces(connection, pieces)
        except Retryable:
            raise
        except Exception:  # noqa: BLE001 - one payload must not hold up those that follow
            for piece in pieces:
                await self._take_one(connection, piece)

    async def _take_one(self, connection: Connected, piece: Piece) -> None:
        try:
            await self._intake.pieces(connection, (piece,))
        except Retryable:
            raise
        except Exception as error:  # noqa: BLE001 - one payload must not hold up those that follow
            self._skipped(connection.name, 1)
            said = str(error) if isinstance(error, VecheError) else type(error).__name__
            log.error("%s: a payload of %d bytes is left out: %s", connection.name, len(piece.body), said)  # noqa: TRY400 - no text of members


def _wait_s(error: Exception, pause_s: float) -> float:
    match error:
        case Refused():
            return REFUSED_S
        case Busy():
            return max(pause_s, error.pause_s)
        case _:
            return pause_s

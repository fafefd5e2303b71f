"""What pollers need, made up: connections, leases, intake, a source that does as it is told, and a test's own time."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncGenerator

from typing_extensions import override

from services.ingest.sources.source import Page, Source
from services.ingest.store import Connected
from shared.documents.directory import Connection, SecretRef
from shared.errors import Retryable

SPEC = Connection(platform="telegram", mode="poll", token=SecretRef(env="ACME_TOKEN"))
BOT = Connected("bot", "acme", SPEC, (), "7:first")

SETTLED = 20
"""Turns of the loop after which nobody does anything more before time passes."""


class Time:
    """Time that passes when the test says so: who sleeps is woken when it is due."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        """Every sleep, in the order in which they began."""
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        waking = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, len(self.slept), waking))
        await waking

    async def forward(self, seconds: float) -> None:
        """Let so many seconds pass, and everything happen that happens meanwhile."""
        until = self.now + seconds
        await settled()
        while self._sleepers and self._sleepers[0][0] <= until:
            self.now, _, waking = heapq.heappop(self._sleepers)
            if not waking.done():
                waking.set_result(None)
            await settled()
        self.now = until


async def settled() -> None:
    """Let everybody do what can be done at once."""
    for _ in range(SETTLED):
        await asyncio.sleep(0)


class FakeConnections:
    """Connections as they are now; the directory may be away."""

    def __init__(self, *found: Connected) -> None:
        self.found = list(found)
        self.away = False

    async def all(self) -> list[Connected]:
        if self.away:
            raise Retryable("MongoDB is away")
        return self.found


class FakeLeases:
    """Nobody else follows, unless the test says so; the place of one bot cannot be had."""

    def __init__(self) -> None:
        self.problems: dict[str, str] = {}
        self.released: list[str] = []
        self.renewed = 0
        self.ours, self.away, self.stuck = True, False, False

    async def take(self, account: str) -> str | None:
        if account.startswith("broken/"):
            raise ZeroDivisionError
        return "" if self.ours else None

    async def renew(self, account: str) -> bool:
        del account
        self.renewed += 1
        if self.away:
            raise Retryable("MongoDB is away")
        return self.ours

    async def advance(self, account: str, page: Page) -> bool:
        del account, page
        return self.ours

    async def release(self, account: str) -> None:
        if self.stuck:
            raise ZeroDivisionError
        self.released.append(account.partition("/")[0])

    async def failed(self, account: str, problem: str) -> None:
        self.problems[account.partition("/")[0]] = problem


class FakeIntake:
    """Takes in all there is."""

    async def pieces(self, connection: Connected, pieces: object) -> None:
        del connection, pieces


class ToldSource(Source):
    """Tells pages and raises errors as they stand, one after the other, and then nothing more, for ever."""

    def __init__(self, *tells: Page | BaseException) -> None:
        self.tells = list(tells)
        self.began, self.ended = 0, 0
        """How often somebody began to follow, and stopped."""

    @override
    async def pages(self, connection: Connected, place: str) -> AsyncGenerator[Page]:
        self.began += 1
        try:
            while self.tells:
                told = self.tells.pop(0)
                if isinstance(told, BaseException):
                    raise told
                yield told
            await asyncio.get_running_loop().create_future()
        finally:
            self.ended += 1

"""Asks over HTTP, as simply as can be: keeps the limits of calls, and tells a cut connection from a refused one."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple, TypeVar

import httpx

from services.delivery.platforms import PLATFORMS
from services.delivery.platforms.platform import Answer, Away, Call, Credential, Platform, Unsure
from shared.limits.bucket import SECOND_US, Bucket
from simulated.server import playing
from simulated.world import World

ASK_S = 2.0
W = TypeVar("W", bound=World)


class Asking:
    """The one way to a platform."""

    def __init__(
        self, platform: Platform, credential: Credential, http: httpx.AsyncClient, *, keeps_rates: bool = True
    ) -> None:
        self.statuses: Counter[int] = Counter()
        self._platform, self._credential, self._http = platform, credential, http
        self._keeps_rates = keeps_rates
        self._buckets: dict[str, Bucket] = {}
        self._rests: dict[str, float] = {}

    async def __call__(self, call: Call) -> Answer:
        await self._wait(call)
        outward = self._platform.outward(call, self._credential)
        try:
            response = await self._http.request(
                outward.method, outward.url, headers=dict(outward.headers), content=outward.content, timeout=ASK_S
            )
        except httpx.ConnectError as error:
            raise Away("nobody is there") from error
        except httpx.TransportError as error:
            raise Unsure(f"no answer: {type(error).__name__}") from error
        self.statuses[response.status_code] += 1
        answer = Answer(response.status_code, dict(response.headers), response.content)
        for pressure in self._platform.told(call, answer):
            self._rests[pressure.key] = time.monotonic() + pressure.wait_s
        return answer

    async def _wait(self, call: Call) -> None:
        for key, rate in call.buckets if self._keeps_rates else ():
            bucket = self._buckets.setdefault(key, Bucket())
            while not (grant := bucket.take(time.monotonic_ns() // 1_000, rate, 1, 1)).tokens:  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(grant.wait_us / SECOND_US)
        keys = [key for key, _ in call.buckets]  # what was said while it waited for a token counts as well
        while (rest_s := max((self._rests.get(key, 0.0) for key in keys), default=0.0) - time.monotonic()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(rest_s)


class Scene(NamedTuple):
    """A platform, and the way to it."""

    platform: Platform
    ask: Asking
    api: str


@asynccontextmanager
async def scene(
    id_: str, world: World, token: str, account: str | None = None, *, keeps_rates: bool = True
) -> AsyncIterator[Scene]:
    """Play a world, and connect to it."""
    platform = PLATFORMS[id_]
    async with playing(world) as api, httpx.AsyncClient(limits=httpx.Limits(max_connections=50)) as http:
        ask = Asking(platform, Credential(api, token, account), http, keeps_rates=keeps_rates)
        yield Scene(platform, ask, api)

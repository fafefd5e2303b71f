"""A connection at work: its gate, its breaker, and requests that go out with its credential."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping

import httpx

from services.delivery.carrying.figures import Figures
from services.delivery.carrying.gate import Gate
from services.delivery.carrying.tokens import Tokens
from services.delivery.platforms.platform import (
    Answer,
    Ask,
    Away,
    Call,
    Credential,
    Lost,
    Outward,
    Platform,
    Unsure,
)
from services.delivery.rules.breaker import Breaker
from services.delivery.store.connections import Reached
from shared.events.actions import Priority
from shared.limits.bucket import SECOND_US

log = logging.getLogger(__name__)

CALL_S = 10.0
"""From the request to the end of its answer: platforms answer in a second; whoever drips bytes holds up one target."""

ANSWER_BYTES_MAX = 5_000_000
"""Of one answer: a Slack history of a thousand messages is a tenth of it."""

IN_FLIGHT_MAX = 200
"""Requests at once: 25 a second, each of them lasting as long as it may."""

TURN_S = 0.1
"""How long a turn is good for: requests whose turns came one by one, and that go out together, would break the limit."""

TURNS_MAX = 5
"""Turns that a request lets pass because it was not ready in time; then it goes, for somebody has to."""

LOST_AFTER_S = 60.0
"""A platform that is away for so long is told to staff; a minute's outage is nobody's business."""

Changed = Callable[["Line", bool], Awaitable[None]]
"""Hears that a connection is lost, or works again."""

Before = Callable[[Call], Awaitable[None]]
"""Is asked when it is a request's turn; raises where it must not go out any more."""


class Line:
    """One connection."""

    def __init__(
        self, reached: Reached, platform: Platform, api: str, tokens: Tokens, figures: Figures, changed: Changed
    ) -> None:
        """`api` is the address of the platform."""
        self.reached, self.platform = reached, platform
        self._credential = Credential(api, reached.token or "", reached.spec.account)
        self._tokens, self._figures, self._changed = tokens, figures, changed
        self.breaker = Breaker(random.random)
        self.gate = Gate(tokens, self.breaker, self._waited)
        limits = httpx.Limits(max_connections=IN_FLIGHT_MAX, max_keepalive_connections=IN_FLIGHT_MAX)
        self._http = httpx.AsyncClient(timeout=CALL_S, limits=limits, follow_redirects=False)
        self._since = 0.0
        """When the pause began that lasts."""
        self._is_told: bool | None = None
        """What staff were told of it last by this process; nothing yet: whoever came before may have told them anything."""
        self._telling = asyncio.Lock()
        self._in_flight, self._is_closed = 0, False
        self._pump = asyncio.create_task(self.gate.run())

    @property
    def name(self) -> str:
        """The connection's name."""
        return self.reached.name

    def _waited(self, priority: Priority, seconds: float) -> None:
        self._figures.waited(self.platform.id, priority, seconds)

    async def close(self) -> None:
        """Send everybody away, and disconnect when the last request that is on its way has its answer."""
        self._is_closed = True
        self.gate.close()
        self._pump.cancel()
        await asyncio.gather(self._pump, return_exceptions=True)
        if self._in_flight == 0:
            await self._http.aclose()

    def ask(self, priority: Priority, community: str, before: Before, patience_s: Callable[[], float | None]) -> Ask:
        """Return how a platform's code asks for one errand; whose turn does not come in time, asks `before` once more."""
        is_begun = False

        async def ask(call: Call) -> Answer:
            nonlocal is_begun
            self.gate.check()
            if self.reached.token is None:
                raise Lost(self.reached.problem or "its token cannot be read")
            for _ in range(TURNS_MAX):
                turn_at = await self._turn(call, priority, community, before, patience_s, ahead=is_begun)
                is_begun = True
                if time.monotonic() - turn_at < TURN_S:
                    break
            return await self._answered(call)

        return ask

    async def _turn(
        self,
        call: Call,
        priority: Priority,
        community: str,
        before: Before,
        patience_s: Callable[[], float | None],
        *,
        ahead: bool,
    ) -> float:
        """Wait for the call's turn, and ask `before`; return when the turn came."""
        try:
            async with asyncio.timeout(patience_s()):
                await self.gate.enter(priority, community, call.buckets, ahead=ahead)
        except TimeoutError:
            await before(call)
            raise Away(f"its turn at {self.platform.id} did not come in time") from None
        turn_at = time.monotonic()
        try:
            await before(call)
        except BaseException:
            self.gate.unused()
            raise
        return turn_at

    async def _answered(self, call: Call) -> Answer:
        self._in_flight += 1
        try:
            return await self._asked(call)
        finally:
            self._in_flight -= 1
            self.gate.unused()  # a trial is over with its answer: the same act's next request may be the next trial
            if self._is_closed and self._in_flight == 0:
                await self._http.aclose()

    async def _asked(self, call: Call) -> Answer:
        try:
            answer = await self._sent(self.platform.outward(call, self._credential))
        except (Away, Unsure) as error:
            self._figures.called(self.platform.id, type(error).__name__.lower())
            await self._failed(str(error))
            raise
        self._figures.called(self.platform.id, f"{answer.status // 100}xx")
        if answer.status >= httpx.codes.INTERNAL_SERVER_ERROR:
            await self._failed(f"{self.platform.id} answers with status {answer.status}")
        await self._listen(call, answer)
        return answer

    async def _listen(self, call: Call, answer: Answer) -> None:
        """Keep to what the answer says of limits."""
        buckets = {bucket.key: bucket for bucket in call.buckets}
        for bucket in call.buckets:
            if call.is_visible and bucket.rate.burst == 1:  # a pause between two: it counts from the end of the first
                await self._tokens.press(bucket, bucket.rate.interval_us / SECOND_US)
        for pressure in self.platform.told(call, answer):
            if pressure.key in buckets:
                self._figures.throttled(self.platform.id)
                await self._tokens.press(buckets[pressure.key], pressure.wait_s)

    async def _sent(self, outward: Outward) -> Answer:
        name = self.platform.id
        try:
            async with asyncio.timeout(CALL_S):
                request = self._http.build_request(
                    outward.method, outward.url, headers=dict(outward.headers), content=outward.content
                )
                response = await self._http.send(request, stream=True)
                try:
                    body = await _whole(response, name)
                finally:
                    await response.aclose()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Away(f"{name} cannot be reached: {type(error).__name__}") from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError) as error:
            raise Lost(
                f"a request to {name} cannot even be made: {type(error).__name__}; look at the token and address"
            ) from None
        except (httpx.HTTPError, TimeoutError) as error:
            raise Unsure(f"{name} did not answer: {type(error).__name__}") from None
        return Answer(response.status_code, lowered(response.headers), body)

    async def lost(self, error: Lost) -> None:
        """The credential is refused: leave the platform alone until somebody has done something."""
        if self.breaker.lost(time.monotonic(), str(error)):
            log.error("connection %s is lost: %s", self.reached.name, error)
        await self._tell(lost=True)

    async def _failed(self, why: str) -> None:
        now = time.monotonic()
        if self.breaker.failed(now, why):
            self._since = now
            log.warning("connection %s rests: %s", self.reached.name, why)
        if self.breaker.is_open and now - self._since >= LOST_AFTER_S:
            await self._tell(lost=True)

    async def well(self) -> None:
        """The platform answered, and takes the credential."""
        if self.breaker.answered():
            self.gate.changed()
            log.info("connection %s works again", self.reached.name)
        await self._tell(lost=False)

    async def _tell(self, *, lost: bool) -> None:
        """Have staff told, once; where whoever tells is cancelled, the next one does. News are told one by one, in order."""
        async with self._telling:
            if self._is_told is not lost:
                await self._changed(self, lost)
                self._is_told = lost


async def _whole(response: httpx.Response, name: str) -> bytes:
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > ANSWER_BYTES_MAX:
            raise Unsure(f"{name} answered with more than {ANSWER_BYTES_MAX} bytes")
    return bytes(body)


def lowered(headers: httpx.Headers) -> Mapping[str, str]:
    """Return headers by their names in lower case."""
    return {name.lower(): value for name, value in headers.items()}

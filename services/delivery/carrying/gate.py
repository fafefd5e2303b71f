"""The gate before a connection: requests come one by one, in the order of `rules.turns`, as the limits allow."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from services.delivery.carrying.tokens import Refused
from services.delivery.platforms.platform import Bucket
from services.delivery.rules.breaker import Breaker
from services.delivery.rules.turns import Ticket, Turns
from shared.errors import Retryable
from shared.events.actions import Priority

log = logging.getLogger(__name__)

WHOLE = "bot"
"""What the key of a bucket begins with that each request of a connection needs a token of: without one, nobody goes."""

LOOK_S = 5.0
"""The longest sleep: a clock that jumps, or a mistake here, holds nobody up for longer."""

RESTING_MAX = 10_000
"""Buckets that are remembered before those are forgotten whose rest is over."""

BUG_S = 1.0
"""How long all wait after a turn brought a bug of ours to light: without a gate nobody would ever go again."""


class Closed(Retryable):
    """The connection was taken away or changed: choose one anew."""


class Takes(Protocol):
    """Gives tokens."""

    async def take(self, buckets: Sequence[Bucket]) -> Refused | None:
        """Take a token of each bucket, or say which one has none for longest."""


class _Waiting(NamedTuple):
    buckets: Sequence[Bucket]
    go: asyncio.Future[None]


class Gate:
    """Lets requests through."""

    def __init__(
        self,
        tokens: Takes,
        breaker: Breaker,
        waited: Callable[[Priority, float], None] = lambda *_: None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`waited` hears how long each request waited, in seconds."""
        self._tokens, self._breaker, self._waited, self._now = tokens, breaker, waited, now
        self._turns: Turns[_Waiting] = Turns()
        self._news = asyncio.Event()
        self._resting: dict[str, float] = {}
        """Buckets without a token, and until when."""
        self._is_closed = False

    def __len__(self) -> int:
        return len(self._turns)

    async def enter(self, priority: Priority, community: str, buckets: Sequence[Bucket], *, ahead: bool = False) -> None:
        """Return when it is this request's turn; `ahead` goes on with what is begun. Raises Closed where the gate is."""
        self.check()
        began, waiting = self._now(), _Waiting(buckets, asyncio.get_running_loop().create_future())
        ticket = Ticket(priority, community, tuple(bucket.key for bucket in buckets), waiting)
        self._turns.add(ticket, ahead=ahead)
        self._news.set()
        try:
            await waiting.go
        except BaseException:
            if waiting.go.done() and not waiting.go.cancelled() and waiting.go.exception() is None:
                self.unused()  # whoever had the turn is gone with it
            raise
        finally:
            self._turns.leave(ticket)
        self._waited(priority, self._now() - began)

    def check(self) -> None:
        """Raise Closed where the connection was taken away or changed."""
        if self._is_closed:
            raise Closed("the connection changed")

    def unused(self) -> None:
        """A request that had its turn has ended without telling how the platform does: the next one may find out."""
        self._breaker.unused()
        self._news.set()

    def changed(self) -> None:
        """Look anew: the breaker may have closed."""
        self._news.set()

    def close(self) -> None:
        """Send everybody away who waits, and whoever comes later. Raises Closed there."""
        self._is_closed = True
        for ticket in self._turns.everybody():
            if not ticket.what.go.done():
                ticket.what.go.set_exception(Closed("the connection changed"))

    async def run(self) -> None:
        """Let requests through, until cancelled."""
        while True:
            self._news.clear()
            try:
                wait_s = await self._turn()
            except Exception as error:  # noqa: BLE001 - all who wait, and who will, go through here
                log.error("nobody goes for %.0f s: a bug: %s", BUG_S, type(error).__name__)  # noqa: TRY400
                await asyncio.sleep(BUG_S)
                continue
            if wait_s > 0:
                try:
                    async with asyncio.timeout(min(wait_s, LOOK_S)):
                        await self._news.wait()
                except TimeoutError:
                    pass

    async def _turn(self) -> float:
        """Let the next one through; return how long to wait where nobody may go."""
        now = self._now()
        waking = self._turns.wake(now)
        ticket = self._turns.first()
        if ticket is None:
            return LOOK_S if waking is None else waking - now
        if ticket.what.go.done():  # whoever waited has gone: no token for nobody
            self._turns.leave(ticket)
            return 0.0
        held_s = max(self._breaker.wait_s(now), self._resting.get(WHOLE, 0.0) - now)
        if held_s > 0:
            return held_s
        until = max((self._resting.get(bucket.key, 0.0) for bucket in ticket.what.buckets), default=0.0)
        if until > now:
            self._turns.rest(ticket, until)
            return 0.0
        refused = await self._tokens.take(ticket.what.buckets)
        if refused is None:
            self._through(ticket)
        else:
            self._rest(ticket, refused)
        return 0.0

    def _through(self, ticket: Ticket[_Waiting]) -> None:
        if ticket.what.go.done():
            return  # whoever waited has gone; the token is lost
        self._turns.done(ticket)
        self._breaker.begun(self._now())
        ticket.what.go.set_result(None)

    def _rest(self, ticket: Ticket[_Waiting], refused: Refused) -> None:
        now = self._now()
        if len(self._resting) > RESTING_MAX:
            self._resting = {key: until for key, until in self._resting.items() if until > now}
        key = WHOLE if refused.key.startswith(WHOLE) else refused.key
        self._resting[key] = now + refused.wait_s
        if key != WHOLE:
            self._turns.rest(ticket, now + refused.wait_s)

"""Takes notices that wait and sends them: each until it is taken, with growing pauses; no endpoint holds up another.

A notice is counted as tried before it is sent, and noted as sent after: a process that dies in between leaves it to be sent
again, with the same id, by which the receiver knows it.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from services.delivery.rules.webhooks.retries import DEAD, pause_s
from services.delivery.sending.channels import Channels
from services.delivery.sending.lost import Lost
from services.delivery.sending.unsent import Count, Unsent
from services.delivery.store.endpoints import Endpoints
from services.delivery.store.outgoing import Outgoing, Taken
from shared.cancelling import check_cancelled
from shared.clock import Clock
from shared.errors import Retryable

log = logging.getLogger(__name__)

AT_ONCE_MAX = 32
"""Notices that a process sends at once."""

OF_ONE_MAX = 2
"""Of them, to one endpoint: one that is slow has the others go by."""

OF_BRAND_MAX = 12
"""Of them, of one brand: however many of its endpoints are slow, others have room."""

LOOK_S = 0.5
"""How often is looked whether something waits."""

AWAY_S = 5.0
"""How long to rest while the database is away."""

Chance = Callable[[], float]


class Parts(NamedTuple):
    """What sending needs."""

    outgoing: Outgoing
    endpoints: Endpoints
    channels: Channels
    lost: Lost
    clock: Clock
    tried: Count


class Sender:
    """Sends what waits, until cancelled."""

    def __init__(self, parts: Parts, chance: Chance = random.random, look_s: float = LOOK_S) -> None:
        self._parts, self._chance, self._look_s = parts, chance, look_s
        self._tasks = set[asyncio.Task[None]]()
        self._busy, self._busy_brands = Counter[str](), Counter[str]()

    async def run(self) -> None:
        """Send; what is in hand when this is cancelled is sent by another, when its lease is over."""
        try:
            while True:
                try:
                    await self.turn()
                    await asyncio.sleep(self._look_s)
                except Retryable as error:
                    check_cancelled()
                    log.warning("notices wait: %s", error)
                    await asyncio.sleep(AWAY_S)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def turn(self) -> None:
        """Begin to send what is due, as much as there is room for."""
        disabled = await self._parts.endpoints.disabled()
        while len(self._tasks) < AT_ONCE_MAX:
            full = {endpoint for endpoint, count in self._busy.items() if count >= OF_ONE_MAX}
            brands = {brand for brand, count in self._busy_brands.items() if count >= OF_BRAND_MAX}
            taken = await self._parts.outgoing.take(self._parts.clock.now(), {*disabled, *full}, brands)
            if taken is None:
                return
            self._busy[taken.endpoint] += 1
            self._busy_brands[taken.brand] += 1
            task = asyncio.create_task(self._sent(taken))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _sent(self, taken: Taken) -> None:
        try:
            await self._try(taken)
        except Retryable as error:
            log.warning("what became of the notice %s is not noted; it is sent again: %s", taken.id, error)
        finally:
            for busy, name in ((self._busy, taken.endpoint), (self._busy_brands, taken.brand)):
                busy[name] -= 1
                if not busy[name]:
                    del busy[name]

    async def _try(self, taken: Taken) -> None:
        outgoing, endpoints, channels, _, clock, tried = self._parts
        try:
            await channels.send(taken)
        except Unsent as unsent:
            tried("notice", "failed")
            await self._failed(taken, unsent)
        except Exception as error:  # noqa: BLE001 - one notice must not end the others, nor be tried for ever
            log.error("the notice %s: a bug: %s", taken.id, type(error).__name__)  # noqa: TRY400 - may hold an address
            tried("notice", "failed")
            await self._failed(taken, Unsent(f"a bug of Veche's own: {type(error).__name__}"))
        else:
            tried("notice", "taken")
            await outgoing.sent(taken, clock.now())
            await endpoints.ok(taken.endpoint, clock.now())

    async def _failed(self, taken: Taken, unsent: Unsent) -> None:
        now = self._parts.clock.now()
        log.warning("the notice %s was not taken by %s: %s", taken.id, taken.endpoint, unsent)
        wait_s = pause_s(taken.tries, self._chance(), unsent.wait_s)
        again = None if wait_s is None else now + timedelta(seconds=wait_s)
        await self._parts.outgoing.failed(taken, now, str(unsent), again)
        health = await self._parts.endpoints.failed(taken.endpoint, now, str(unsent))
        if unsent.is_gone or (health.failing_since is not None and now - health.failing_since >= DEAD):
            await self._parts.lost.disable(health, now, str(unsent))

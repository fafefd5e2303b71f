"""One task for each subscription that is declared, by lease: of several processes one sends it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

from services.delivery.sending.subscriber import Means, Over, Subscriber
from services.delivery.sending.unsent import Unsent
from services.delivery.store.places import Place
from services.delivery.store.subscriptions import Declared, Subscriptions
from shared.cancelling import check_cancelled
from shared.errors import Retryable, VecheError

log = logging.getLogger(__name__)

LOOK_S = 2.0
"""How soon what is declared, deleted or enabled takes effect."""

RENEW_S = 15.0
"""How often a lease is renewed, however long a delivery waits: one renewal may fail, and the next is in time."""

AWAY_S = 5.0
"""How long to rest where Kafka or the database is away."""


class Subscribers:
    """Keeps a task for each subscription."""

    def __init__(self, subscriptions: Subscriptions, means: Means, look_s: float = LOOK_S) -> None:
        self._subscriptions, self._means, self._look_s = subscriptions, means, look_s
        self._running: dict[str, tuple[Declared, asyncio.Task[None]]] = {}

    async def run(self) -> None:
        """Keep the tasks, until cancelled."""
        try:
            while True:
                try:
                    await self._tend()
                except Retryable as error:
                    check_cancelled()
                    log.warning("subscriptions wait: %s", error)
                await asyncio.sleep(self._look_s)
        finally:
            for _, task in self._running.values():
                task.cancel()
            await asyncio.gather(*(task for _, task in self._running.values()), return_exceptions=True)

    async def _tend(self) -> None:
        """Start and stop tasks so that each sends its subscription as it is declared now."""
        disabled = await self._means.endpoints.disabled()
        found = {one.endpoint: one for one in await self._subscriptions.all() if one.endpoint not in disabled}
        for endpoint, (declared, task) in list(self._running.items()):
            if found.get(endpoint) != declared or task.done():
                task.cancel()
                await asyncio.wait([task])
                del self._running[endpoint]
        for endpoint in found.keys() - self._running.keys():
            self._running[endpoint] = (found[endpoint], asyncio.create_task(self._follow(found[endpoint])))

    async def _follow(self, declared: Declared) -> None:
        """Send while the lease is ours; whatever goes wrong, another task begins anew at the next look."""
        id_, places = f"{declared.brand}/{declared.name}", self._means.places
        try:
            place = await places.take(id_, declared.spec.from_)
            if place is None:
                return
            try:
                async with self._kept(id_, place):
                    await Subscriber(declared, self._means).run(place)
            finally:
                with contextlib.suppress(VecheError):
                    await asyncio.shield(places.release(id_))
        except* Over:
            log.info("%s: it is not sent from here any more", id_)
        except* (Retryable, Unsent) as group:
            log.warning("%s: begins anew in a moment: %s", id_, next(_each(group)))
            await asyncio.sleep(AWAY_S)
        except* Exception as group:  # noqa: BLE001 - one subscription must not end the others
            log.error("%s: a bug: %s", id_, [type(error).__name__ for error in _each(group)])  # noqa: TRY400 - addresses
            await asyncio.sleep(AWAY_S)

    @contextlib.asynccontextmanager
    async def _kept(self, id_: str, place: Place) -> AsyncIterator[None]:
        """Keep the lease during what is done within; end that once somebody else has it."""
        async with asyncio.TaskGroup() as both:
            renewing = both.create_task(self._renewed(id_, place))
            yield
            renewing.cancel()

    async def _renewed(self, id_: str, place: Place) -> None:
        """Renew; raises Over, which ends what goes on beside, where the lease is another's or another turn began."""
        while True:
            await asyncio.sleep(min(RENEW_S, self._look_s))
            try:
                is_ours = await self._means.places.renew(id_, place.turn)
            except Retryable as error:
                log.warning("%s: its lease could not be renewed: %s", id_, error)
                continue
            if not is_ours:
                raise Over


def _each(group: BaseExceptionGroup[Any]) -> Iterator[BaseException]:
    """Yield what groups within groups hold."""
    for one in group.exceptions:
        if isinstance(one, BaseExceptionGroup):
            yield from _each(one)
        else:
            yield one

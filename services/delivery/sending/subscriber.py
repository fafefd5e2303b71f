"""Sends a subscription's events, each partition from its place on, in order for each key, while it has the lease.

What is read at once is sent before more is read: some keys at a time, of a key one event after another. The place moves on
when all of it was taken, or put aside. While the endpoint takes nothing, the place stays.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import httpx

from services.delivery.rules.webhooks.choosing import FAILED_MAX, Seen, is_chosen, is_put_aside, pause_s, seen, webhook_id
from services.delivery.rules.webhooks.retries import DEAD
from services.delivery.sending.lost import Lost
from services.delivery.sending.unsent import Count, Unsent
from services.delivery.sending.webhook import Hook, deliver, hook_of
from services.delivery.store.endpoints import Endpoints
from services.delivery.store.places import Aside, Place, Places
from services.delivery.store.subscriptions import Declared
from services.delivery.store.zones import BrandZones
from shared.bus.following import Follower, Spot
from shared.bus.record import Record
from shared.clock import Clock
from shared.secrets import Credentials

log = logging.getLogger(__name__)

AT_ONCE_MAX = 8
"""Deliveries of one subscription at once: a receiver of 50 ms takes 160 a second, and a small one is not overrun."""

READ_MAX = 200
"""Records that are read at once: what is sent twice where a process dies."""

READ_MS = 1_000
CLOUD_EVENT = "application/cloudevents+json"

OK_EVERY_S = 5.0
"""How often is noted that an endpoint takes something: not with each event."""


class Means(NamedTuple):
    """What sending needs."""

    kafka: str
    places: Places
    endpoints: Endpoints
    lost: Lost
    brands: BrandZones
    credentials: Credentials
    http: httpx.AsyncClient
    clock: Clock
    tried: Count
    chance: Callable[[], float] = random.random
    sleep: Callable[[float], object] = asyncio.sleep


class Over(Exception):
    """The lease is another's, the turn is over, or the endpoint gets nothing any more."""


class Chosen(NamedTuple):
    """An event that is to be sent."""

    spot: Spot
    record: Record
    event: Seen


class Subscriber:
    """Sends one subscription."""

    def __init__(self, declared: Declared, means: Means) -> None:
        self._declared, self._means = declared, means
        self._id = f"{declared.brand}/{declared.name}"
        self._room = asyncio.Semaphore(AT_ONCE_MAX)
        self._taken_at: datetime | None = None
        self._taken_last: Chosen | None = None
        self._noted_at: datetime | None = None

    async def run(self, place: Place) -> None:
        """Send from a place on, until the lease is another's or the turn is over. Raises Retryable, Unsent."""
        means, spec = self._means, self._declared.spec
        follower = Follower(means.kafka, spec.topics)
        try:
            since = place.since or spec.from_ or self._declared.at
            gone = await follower.start(place.spots, since, place.unsent)
            if gone:
                log.warning("%s: %d records were not kept long enough to be sent", self._id, sum(gone.values()))
            await self._moved(place.turn, await follower.places(), {"gone": sum(gone.values())})
            while True:
                await means.brands.refresh()
                found = await follower.poll(READ_MS, READ_MAX)
                await self.send(found)
                spots = await follower.places()
                await self._moved(place.turn, spots, {"lag": follower.lag(spots), "read_at": means.clock.now()})
        finally:
            await follower.stop()

    async def _moved(self, turn: int, spots: Mapping[Spot, int], told: Mapping[str, object]) -> None:
        if not await self._means.places.advance(self._id, turn, spots, told):
            raise Over

    async def send(self, found: Mapping[Spot, Sequence[Record]]) -> None:
        """Return when all that is chosen of it was taken or put aside. Raises a group of Over, Retryable."""
        lanes: dict[tuple[Spot, bytes | None], list[Chosen]] = {}
        for spot, records in found.items():
            for record in records:
                event = seen(record.value)
                if event is not None and is_chosen(event, self._declared.brand, self._declared.spec):
                    lanes.setdefault((spot, record.key), []).append(Chosen(spot, record, event))
        if not lanes:
            return
        async with asyncio.TaskGroup() as sending:
            for lane in lanes.values():
                sending.create_task(self._in_order(lane))

    async def _in_order(self, lane: Sequence[Chosen]) -> None:
        for chosen, following in zip(lane, (*lane[1:], None), strict=True):
            await self._until_taken(chosen, following)

    async def _until_taken(self, chosen: Chosen, following: Chosen | None) -> None:
        """Send an event until it is taken, or put aside. Raises Over where the endpoint gets nothing any more."""
        means, tries, began = self._means, 0, self._means.clock.now()
        while True:
            tries += 1
            try:
                async with self._room:
                    await self._deliver(chosen)
            except Unsent as unsent:
                means.tried("event", "failed")
                if tries >= FAILED_MAX and not self._takes_others(began):
                    await self._probe(self._taken_last or following)
                takes_others = self._takes_others(began)
                if is_put_aside(tries, is_refused=unsent.is_refused, takes_others=takes_others):
                    await self._put_aside(chosen, unsent)
                    return
                await self._failed(unsent)
                await means.sleep(pause_s(tries, means.chance(), unsent.wait_s))  # type: ignore[misc] # a coroutine
            else:
                means.tried("event", "taken")
                await self._took(chosen)
                return

    def _takes_others(self, since: datetime) -> bool:
        return self._taken_at is not None and self._taken_at > since

    async def _probe(self, other: Chosen | None) -> None:
        """Find out whether the endpoint takes another event: what it took last, and knows by its id, or the next."""
        if other is None:
            return
        with contextlib.suppress(Unsent):
            async with self._room:
                await self._deliver(other)
            await self._took(other)

    async def _deliver(self, chosen: Chosen) -> None:
        means, declared = self._means, self._declared
        id_ = webhook_id(declared.brand, chosen.spot.topic, chosen.event)
        body = chosen.record.value or b""
        await deliver(means.http, self._hook(), id_, body, means.clock.now(), CLOUD_EVENT)

    def _hook(self) -> Hook:
        spec, means = self._declared.spec, self._means
        return hook_of(spec.url, spec.secrets, means.credentials, self._declared.brand, means.brands.brands)

    async def _took(self, chosen: Chosen) -> None:
        now = self._means.clock.now()
        self._taken_at, self._taken_last = now, chosen
        if self._noted_at is None or (now - self._noted_at).total_seconds() >= OK_EVERY_S:
            self._noted_at = now
            await self._means.endpoints.ok(self._declared.endpoint, now)

    async def _failed(self, unsent: Unsent) -> None:
        now, endpoint = self._means.clock.now(), self._declared.endpoint
        self._noted_at = None
        health = await self._means.endpoints.failed(endpoint, now, str(unsent))
        if unsent.is_gone or (health.failing_since is not None and now - health.failing_since >= DEAD):
            await self._means.lost.disable(health, now, str(unsent))
            raise Over

    async def _put_aside(self, chosen: Chosen, unsent: Unsent) -> None:
        log.warning("%s: the event %s is put aside: %s", self._id, chosen.event.id, unsent)
        aside = Aside(chosen.spot, chosen.record.offset, chosen.event.id, chosen.event.type, str(unsent))
        await self._means.places.put_aside(self._id, aside)

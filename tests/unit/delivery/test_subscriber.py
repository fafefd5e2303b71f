"""Which of the two is wrong, an event or its endpoint: a subscription over fakes."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from msgspec import convert

from services.delivery.rules.webhooks.choosing import FAILED_MAX
from services.delivery.sending.subscriber import Means, Subscriber
from services.delivery.store.endpoints import Health
from services.delivery.store.places import Aside
from services.delivery.store.subscriptions import Declared
from shared.bus.following import Spot
from shared.bus.record import Record
from shared.documents.outward import Subscription
from shared.events import encode
from tests.builders import content_created
from tests.fakes import FakeRecord

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
SPOT = Spot("community.events.v1", 0)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Tried(Exception):
    """It was tried as often as the test lets it."""


class World:
    """Everything that a subscriber needs; `answers` says by the event's text which status its delivery gets."""

    brands: Collection[str] = ("acme",)

    def __init__(self, **answers: int) -> None:
        self.answers, self.came, self.aside = answers, list[str](), list[str]()
        self.ids, self._now, self._waits = list[str](), AT, 0

    def now(self) -> datetime:
        self._now += timedelta(milliseconds=1)
        return self._now

    async def sleep(self, wait_s: float) -> None:
        self._now += timedelta(seconds=wait_s)
        self._waits += 1
        if self._waits > 3 * FAILED_MAX:
            raise Tried

    def answer(self, request: httpx.Request) -> httpx.Response:
        text = json.loads(request.content)["data"]["text"]
        self.came.append(text)
        self.ids.append(request.headers["webhook-id"])
        return httpx.Response(self.answers.get(text, 204))

    def resolve(self, *_: object) -> str:
        return SECRET

    async def ok(self, *_: object) -> None: ...

    async def failed(self, id_: str, *_: object) -> Health:
        return Health(id_)

    async def put_aside(self, _: str, event: Aside) -> None:
        self.aside.append(event.problem)

    def subscriber(self) -> Subscriber:
        about = {"url": "https://a.example/", "secrets": [{"env": "ACME_X"}], "topics": ["community.events.v1"]}
        http, me = httpx.AsyncClient(transport=httpx.MockTransport(self.answer)), self._me()
        means = Means("", me, me, me, me, me, http, me, lambda *_: None, lambda: 0.5, self.sleep)
        return Subscriber(Declared("acme", "portal", convert(about, Subscription), AT), means)

    def _me(self) -> Any:  # noqa: ANN401 - it plays all the parts
        return self


def records(*texts: str) -> dict[Spot, Sequence[Record]]:
    found = [encode(content_created(id=f"event-{text}", text=text)) for text in texts]
    return {SPOT: [FakeRecord(SPOT.topic, 0, offset, 0, b"acme/x", raw, ()) for offset, raw in enumerate(found)]}


async def tried(subscriber: Subscriber, *texts: str) -> bool:
    """Send; say whether it came to an end."""
    is_done = False
    try:
        await subscriber.send(records(*texts))
        is_done = True
    except* Tried:
        pass
    return is_done


async def test_an_event_that_fails_alone_is_put_aside_where_the_endpoint_still_takes_what_it_took_before() -> None:
    world = World(poison=500)
    subscriber = world.subscriber()

    ends = [await tried(subscriber, "before"), await tried(subscriber, "poison"), await tried(subscriber, "after")]

    assert ends == [True, True, True]
    assert world.came == ["before", *["poison"] * FAILED_MAX, "before", "after"]
    assert world.ids[0] == world.ids[-2], "whoever has it knows it by its id"
    assert world.aside == ["it answered 500 Internal Server Error"]


async def test_where_nothing_was_taken_yet_the_next_one_tells() -> None:
    world = World(poison=500)

    is_done = await tried(world.subscriber(), "poison", "next")

    assert is_done
    assert world.came == [*["poison"] * FAILED_MAX, "next", "next"]


async def test_while_the_endpoint_takes_nothing_no_event_is_put_aside_and_the_order_stays() -> None:
    world = World(one=500, two=500)
    subscriber = world.subscriber()

    is_done = await tried(subscriber, "one", "two")
    world.answers.clear()
    world.came.clear()
    await subscriber.send(records("one", "two"))

    assert not is_done
    assert (world.aside, world.came) == ([], ["one", "two"])

"""Subscriptions over real Kafka, MongoDB and sockets: every event of the brand, in order, and of no other brand."""

from __future__ import annotations

import asyncio
import json
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.delivery.documents import SUBSCRIPTIONS_MAX
from services.delivery.rules.webhooks.signing import is_signed, key_of
from shared.clock import SystemClock
from shared.directory import Scope
from shared.runtime import Service
from shared.settings import Settings
from tests.builders import content_created, content_edited
from tests.integration.noticing import SECRET, Moved, built
from tests.integration.receivers import Receiver, Request, receiver
from tests.integration.services import eventually, publish, running, settings_for, token, with_brand
from tests.parts import Addresses

OWNER = (Scope.POLICIES_READ, Scope.POLICIES_WRITE, Scope.DIRECTORY_READ, Scope.DIRECTORY_WRITE)


@dataclass
class Stage:
    """A brand of the test's own, for topics are shared."""

    brand: str
    service: Service
    clock: Moved
    hooks: Receiver
    api: httpx.AsyncClient

    async def declare(self, path: str = "/hook", name: str = "portal", **spec: Any) -> httpx.Response:  # noqa: ANN401
        about = {
            "url": self.hooks.url(path),
            "secrets": [{"env": f"{self.brand.upper()}_HOOK"}],
            "topics": ["community.events.v1"],
        }
        document = {"apiVersion": "veche/v1", "kind": "Subscription", "metadata": {"name": name}, "spec": about | spec}
        return await self.api.put("/v1/documents", json=document)

    async def listed(self) -> httpx.Response:
        return await self.api.get("/v1/documents", params={"kind": "Subscription"})

    async def tell(self, *texts: str, community: str = "telegram:-1", brand: str | None = None) -> None:
        events = [content_created(brand=brand or self.brand, community=community, text=text) for text in texts]
        await publish(self.service.settings.kafka, *events)

    async def came(self, count: int, path: str = "/hook") -> Sequence[Request]:
        return await eventually(lambda: asyncio.sleep(0, self.hooks.to(path)), lambda found: len(found) >= count)

    async def status(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.api.get("/v1/subscriptions")).json()[0]
        return found


def texts(requests: Sequence[Request]) -> list[str]:
    return [json.loads(request.body)["data"]["text"] for request in requests]


@asynccontextmanager
async def stage(parts: Addresses, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    brand = f"b{secrets.token_hex(4)}"
    monkeypatch.setenv(f"{brand.upper()}_HOOK", SECRET)
    settings = Settings(**settings_for(parts).model_dump() | {"policy_delay_s": 0, "private_webhooks": True})
    async with receiver() as hooks:
        clock = Moved()
        service = built(settings, clock)
        await with_brand(service.directory, brand)
        async with running(service) as (api,):
            api.headers.update(await token(service, brand, *OWNER))
            yield Stage(brand, service, clock, hooks, api)


async def test_events_come_in_order_signed_as_they_stand_and_only_those_of_the_brand(
    parts: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(parts, monkeypatch) as on:
        answer = await on.declare(types=["community.content.created"], communities=["telegram:-1", "telegram:-3"])
        await on.tell("another brand's", brand="other")
        await on.tell(*(f"n{number}" for number in range(20)))
        await on.tell("elsewhere", community="telegram:-2")
        await publish(on.service.settings.kafka, content_edited(brand=on.brand, community="telegram:-1"))
        await on.tell("last", community="telegram:-3")
        requests = await on.came(21)
        found = await eventually(on.status, lambda found: found["lag"] == 0 and found["ok_at"] is not None)

    assert (answer.json()["changed"], answer.json()["warnings"]) == (True, [])
    assert sorted(texts(requests)) == sorted([*(f"n{number}" for number in range(20)), "last"])
    assert [text for text in texts(requests) if text != "last"] == [f"n{number}" for number in range(20)]
    first = requests[0]
    assert is_signed(first.headers, first.body, [key_of(SECRET)], SystemClock().now())
    assert (first.headers["content-type"], json.loads(first.body)["brand"]) == ("application/cloudevents+json", on.brand)
    assert (found["problem"], found["aside"], found["gone"]) == (None, 0, 0)


async def test_what_was_published_before_is_sent_from_a_date_and_again_on_demand_with_the_same_ids(
    parts: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(parts, monkeypatch) as on:
        begin = SystemClock().now() - timedelta(seconds=5)
        await on.tell("one", "two")
        await on.declare(**{"from": begin.isoformat()})
        first = list(await on.came(2))
        await eventually(on.status, lambda found: found["lag"] == 0)

        answer = await on.api.post("/v1/subscriptions/portal/replay", params={"since": begin.isoformat()})
        both = list(await on.came(4))
        late = await on.api.post("/v1/subscriptions/portal/replay", params={"since": "2990-01-01T00:00:00Z"})
        unknown = await on.api.post("/v1/subscriptions/nobody/replay", params={"since": begin.isoformat()})

    assert (answer.status_code, late.status_code, unknown.status_code) == (200, 422, 404)
    assert [request.id for request in both] == [request.id for request in first] * 2
    assert texts(both) == ["one", "two"] * 2


async def test_a_replay_leaves_out_nothing_that_was_not_sent_yet(parts: Addresses, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(parts, monkeypatch) as on:
        on.hooks.answers["/hook"] = lambda _, before: (410 if before == 1 else 204, {})
        await on.declare()
        await on.tell("one")
        await on.came(1)
        await eventually(on.status, lambda found: found["lag"] == 0)
        await on.tell("two", "three")
        await eventually(on.status, lambda found: found["disabled_at"] is not None)
        await asyncio.sleep(1.1)

        await on.api.post("/v1/subscriptions/portal/replay", params={"since": SystemClock().now().isoformat()})
        await on.api.post("/v1/endpoints/subscription/portal/enable")
        requests = await on.came(4)

    assert texts(requests) == ["one", "two", "two", "three"]


async def test_a_from_that_is_left_out_later_sends_nothing_again_and_one_that_has_not_come_is_refused(
    parts: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(parts, monkeypatch) as on:
        begin = SystemClock().now() - timedelta(seconds=5)
        await on.declare(**{"from": begin.isoformat()})
        await on.tell("one")
        await on.came(1)
        await eventually(on.status, lambda found: found["lag"] == 0)

        await on.declare()
        await asyncio.sleep(4)
        await on.tell("two")
        requests = await on.came(2)
        await asyncio.sleep(1)
        late = await on.declare(name="late", **{"from": "2990-01-01T00:00:00Z"})

    assert texts(requests) == ["one", "two"]
    assert late.status_code == 422
    assert "has not come yet" in late.text


async def test_a_brand_has_only_so_many_subscriptions(parts: Addresses, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(parts, monkeypatch) as on:
        names = [f"s{number}" for number in range(SUBSCRIPTIONS_MAX)]
        idle = [{"_id": f"{on.brand}/subscription/{name}", "disabled_at": SystemClock().now()} for name in names]
        await on.service.client[on.service.database]["endpoints"].insert_many(idle)
        accepted = [await on.declare(name=name) for name in names]

        refused, known = await on.declare(name="one-more"), await on.declare(name="s3")

    assert {answer.status_code for answer in accepted} == {200}
    assert (refused.status_code, known.status_code) == (422, 200)
    assert "has 20 subscriptions" in refused.text


async def test_while_the_endpoint_takes_nothing_nothing_is_lost_and_the_order_stays(
    parts: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(parts, monkeypatch) as on:
        on.hooks.answers["/hook"] = lambda _, before: (503 if before < 2 else 204, {})
        await on.declare()
        await on.tell("one", "two", "three")
        requests = await on.came(5)
        await eventually(on.status, lambda found: found["problem"] is None)

    assert texts(requests) == ["one", "one", "one", "two", "three"]
    assert len({request.id for request in requests}) == 3


async def test_an_event_that_is_refused_is_put_aside_and_named_without_its_text(
    parts: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(parts, monkeypatch) as on:
        on.hooks.answers["/hook"] = lambda request, _: (422 if b"wrong" in request.body else 204, {})
        await on.declare()
        await on.tell("wrong", "right")
        await eventually(lambda: asyncio.sleep(0, texts(on.hooks.requests)), lambda found: "right" in found)
        (aside,) = (await on.api.get("/v1/subscriptions/portal/aside")).json()
        found = await on.status()

    assert texts(on.hooks.requests) == ["wrong"] * 3 + ["right"]
    assert (aside["type"], aside["problem"]) == ("community.content.created", "it answered 422 Unprocessable Entity")
    assert "wrong" not in json.dumps(aside)
    assert found["aside"] == 1


async def test_an_endpoint_that_is_gone_is_left_alone_and_goes_on_where_it_stood_once_enabled(
    parts: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(parts, monkeypatch) as on:
        on.hooks.answers["/hook"] = lambda _, before: (410 if before == 0 else 204, {})
        await on.declare()
        await on.tell("one")
        found = await eventually(on.status, lambda found: found["disabled_at"] is not None)
        await on.tell("two")

        answer = await on.api.post("/v1/endpoints/subscription/portal/enable")
        requests = await on.came(3)

    assert "410" in found["problem"]
    assert answer.status_code == 200
    assert texts(requests) == ["one", "one", "two"]


async def test_two_processes_send_one_subscription_once_and_one_takes_over_from_the_other(
    parts: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(parts, monkeypatch) as on:
        other = built(on.service.settings)
        tasks = [asyncio.ensure_future(work()) for work in other.workers]
        await on.declare()
        await on.tell(*(f"n{number}" for number in range(10)))
        await on.came(10)
        await eventually(on.status, lambda found: found["lag"] == 0)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        on.clock.ahead = timedelta(seconds=61)
        await on.tell("later")
        requests = await on.came(11)
        for stop in other.stopping:
            await stop()
        await other.client.close()

    assert texts(requests) == [*(f"n{number}" for number in range(10)), "later"]


async def test_only_who_owns_the_brand_may_have_its_events_sent(parts: Addresses, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(parts, monkeypatch) as on:
        on.api.headers.update(await token(on.service, on.brand, Scope.POLICIES_READ, Scope.POLICIES_WRITE, name="oleg"))
        refused, unseen = await on.declare(), await on.listed()
        replayed = await on.api.post("/v1/subscriptions/portal/replay", params={"since": "2026-01-01T00:00:00Z"})
        part = await token(on.service, on.brand, *OWNER, communities=frozenset({"telegram:-1"}), name="ira")
        on.api.headers.update(part)
        limited, unseen_too = await on.declare(), await on.listed()
        on.api.headers.update(await token(on.service, on.brand, *OWNER, name="anna"))
        seen = await on.listed()

    answers = [refused, unseen, replayed, limited, unseen_too, seen]
    assert [answer.status_code for answer in answers] == [403, 403, 403, 403, 403, 200]


async def test_a_subscription_that_is_deleted_sends_nothing_more(parts: Addresses, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(parts, monkeypatch) as on:
        await on.declare()
        await on.tell("one")
        await on.came(1)

        gone = await on.api.delete("/v1/documents/Subscription/portal")
        again = await on.api.delete("/v1/documents/Subscription/portal")
        await asyncio.sleep(4)
        await on.tell("two")
        await asyncio.sleep(2)

    assert (gone.status_code, again.status_code) == (204, 404)
    assert texts(on.hooks.requests) == ["one"]


async def test_a_process_that_is_killed_amid_sending_loses_nothing_and_the_ids_stay(
    parts: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with receiver() as hooks:
        brand = f"b{secrets.token_hex(4)}"
        monkeypatch.setenv(f"{brand.upper()}_HOOK", SECRET)
        settings = Settings(**settings_for(parts).model_dump() | {"policy_delay_s": 0, "private_webhooks": True})
        clock = Moved()
        survivor = built(settings, clock)
        await with_brand(survivor.directory, brand)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(survivor.api), base_url="http://service") as api:
            api.headers.update(await token(survivor, brand, *OWNER))
            on = Stage(brand, survivor, clock, hooks, api)
            await on.declare()
            hooks.answers["/hook"] = lambda _, before: (204 if before < 5 else 503, {})
            with process(settings):
                await on.tell(*(f"n{number}" for number in range(12)))
                await on.came(6)  # five were taken, and it is not noted yet that they were

        hooks.answers.clear()
        clock.ahead = timedelta(seconds=61)
        async with running(survivor):
            await eventually(lambda: asyncio.sleep(0, {r.id for r in hooks.requests}), lambda ids: len(ids) == 12)
            await eventually(lambda: asyncio.sleep(0, texts(hooks.requests)), lambda found: found[-1] == "n11")

    came = texts(hooks.requests)
    assert sorted(set(came)) == sorted(f"n{number}" for number in range(12))
    assert len({request.id for request in hooks.requests}) == 12
    assert came[-12:] == [f"n{number}" for number in range(12)], "what was under way comes again, in its order"


@contextmanager
def process(settings: Settings) -> Iterator[None]:
    """Run the service beside the test; kill it at the end, without a word."""
    told = json.dumps(settings.model_dump(mode="json", exclude_defaults=True))
    running_ = subprocess.Popen([sys.executable, "-m", "tests.integration.noticing", told])
    try:
        yield
    finally:
        running_.kill()
        running_.wait()

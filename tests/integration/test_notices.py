"""What happens becomes what staff are told, over real parts: fold, timers, sender and receivers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from deploy.native.parts import CORE
from shared.bus import past
from shared.bus.outlet import KafkaOutlet
from shared.bus.partition import partition_of
from shared.bus.record import Outgoing
from shared.clock import SystemClock
from shared.directory import Scope
from shared.events import Envelope, decode, encode
from shared.events.actions import ActionPublish
from shared.fold.ports import Chunk
from shared.runtime import Service
from shared.settings import Settings
from shared.topics import ACTIONS, ALERTS, DECISIONS, PARTITIONS, RECEIPTS
from tests.builders import brake_opened, connection_lost, connection_restored, incident_closed, incident_opened
from tests.integration.noticing import SECRET, Moved, built
from tests.integration.receivers import Postman, Receiver, postman, receiver
from tests.integration.services import eventually, running, settings_for, token, with_brand
from tests.parts import Addresses, StackFactory

PLACE = "telegram:-100"


@dataclass
class Stage:
    service: Service
    hooks: Receiver
    mail: Postman
    api: httpx.AsyncClient
    clock: Moved

    async def declare(self, *routes: dict[str, Any]) -> None:
        document = {"apiVersion": "veche/v1", "kind": "Notify", "metadata": {"name": "default"}, "spec": {"routes": routes}}
        answer = await self.api.put("/v1/documents", json=document, params={"brand": "acme"})
        assert answer.status_code == 200, answer.text
        await asyncio.sleep(0.5)  # in force after the delay, read again a moment later

    async def tell(self, topic: str, *events: Envelope, key: str = f"acme/{PLACE}") -> None:
        outlet = KafkaOutlet(self.service.settings.kafka)
        await outlet.start()
        try:
            records = [Outgoing(key.encode(), encode(event), ()) for event in events]
            await outlet.publish([Chunk(0, topic, partition_of(key.encode(), PARTITIONS), records)])
        finally:
            await outlet.stop()

    async def acts(self) -> list[Envelope | None]:
        return [decode(record.value or b"") async for record in past.records(self.service.settings.kafka, ACTIONS.name)]

    async def told(self, count: int, path: str = "/hook") -> list[dict[str, Any]]:
        found = await eventually(lambda: asyncio.sleep(0, self.hooks.to(path)), lambda found: len(found) >= count)
        return [json.loads(request.body)["data"] for request in found]


@asynccontextmanager
async def stage(own_stack: StackFactory, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    monkeypatch.setenv("ACME_HOOK", SECRET)
    stack = own_stack()
    stack.start(*CORE)
    found = stack.settings()
    parts = Addresses(found["VECHE_KAFKA"], found["VECHE_MONGO"], found["VECHE_REDIS"])
    async with receiver() as hooks, postman() as mail:
        how = {"policy_delay_s": 0, "private_webhooks": True, "smtp": f"smtp+plain://127.0.0.1:{mail.port}"}
        clock = Moved()
        service = built(Settings(**settings_for(parts).model_dump() | how | {"pages_url": "https://staff.example"}), clock)
        await with_brand(service.directory, "acme")
        async with running(service, folds=True) as (api,):
            api.headers.update(await token(service, "acme", Scope.POLICIES_READ, Scope.POLICIES_WRITE))
            yield Stage(service, hooks, mail, api, clock)


def now(after_s: float = 0) -> dict[str, Any]:
    at = SystemClock().now() + timedelta(seconds=after_s)
    return {"community": PLACE, "time": at, "recordedtime": at}


def quiet_now() -> dict[str, str]:
    """Return quiet hours that began a while ago and end in a while, on the clock of UTC."""
    at = SystemClock().now()
    return {"from": f"{at - timedelta(hours=3):%H:%M}", "to": f"{at + timedelta(hours=3):%H:%M}", "timezone": "UTC"}


async def test_staff_are_told_once_by_each_route_of_what_begins_and_of_what_ends(
    own_stack: StackFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(own_stack, monkeypatch) as on:
        hook = {"url": on.hooks.url("/hook"), "secrets": [{"env": "ACME_HOOK"}]}
        later = {"url": on.hooks.url("/later"), "secrets": [{"env": "ACME_HOOK"}]}
        await on.declare(
            {"id": "chat", "chat": {"community": "telegram:-5"}, "group_s": 0},
            {"id": "mail", "severity": "high", "email": {"to": ["a@acme.example"]}, "group_s": 0},
            {"id": "hook", "webhook": hook, "group_s": 3},
            {"id": "night", "webhook": later, "quiet": quiet_now()},
        )

        # Begun, ended; history; another brand; a critical one that comes through the night.
        history = incident_opened(incident="old", imported=True, **now())
        await on.tell(ALERTS.name, incident_opened(incident="i1", **now()), history)
        await on.tell(ALERTS.name, incident_opened(incident="x", brand="other", **now()), key=f"other/{PLACE}")
        await on.told(1)
        await on.tell(ALERTS.name, incident_closed(incident="i1", **now()))
        await on.tell(DECISIONS.name, brake_opened(**now()))
        lost = connection_lost(**now() | {"community": None})
        await on.tell(RECEIPTS.name, lost, lost, key="acme/acme-telegram")
        await on.tell(RECEIPTS.name, connection_restored(**now(1) | {"community": None}), key="acme/acme-telegram")
        await on.tell(ALERTS.name, incident_opened(incident="i2", observed=0.0, **now()))

        told = await on.told(6)
        critical = await on.told(1, "/later")
        acts = await eventually(on.acts, lambda found: len(found) >= 6)
        await eventually(lambda: asyncio.sleep(0, on.mail.mails), lambda found: len(found) >= 5)
        checked(told, critical, acts)
        await whole_night(on)


def checked(told: Sequence[dict[str, Any]], critical: Sequence[dict[str, Any]], acts: Sequence[Envelope | None]) -> None:
    """Check what came by the routes that do not wait."""
    about = sorted((item["subject"], item.get("over", False)) for one in told for item in one["items"])
    assert [place for place, _ in about if not place.startswith("brake")] == [
        "connection_lost acme-telegram",
        "connection_lost acme-telegram",
        "incident i1",
        "incident i1",
        "incident i2",
    ]
    assert len(about) == 6
    assert [one["severity"] for one in critical] == ["critical"]
    assert critical[0]["items"][0]["subject"] == "incident i2"
    published = [act for act in acts if isinstance(act, ActionPublish)]
    assert {(act.community, act.brand) for act in published} == {("telegram:-5", "acme")}
    assert len({act.id for act in published}) == len(published) == 6
    assert sorted({act.data.priority or "" for act in published}) == ["crisis", "notice"]


async def whole_night(on: Stage) -> None:
    """Have the quiet hours end: what could wait comes together, of each place, and what was over by then as over."""
    assert len(await on.told(1, "/later")) == 1
    on.clock.ahead = timedelta(hours=4)
    items = [item for one in (await on.told(3, "/later"))[1:] for item in one["items"]]
    assert sorted(item["subject"].split()[0] for item in items) == ["brake", "connection_lost", "incident"]
    assert [item["over_since"] for item in items if not item["subject"].startswith("brake")] == [True, True]
    assert "incident i2" not in {item["subject"] for item in items}
    found = (await on.api.get("/v1/notices", params={"brand": "acme", "status": "waiting"})).json()
    assert found == []


async def test_staff_are_told_by_other_ways_that_one_of_theirs_is_dead_and_that_it_works_again(
    own_stack: StackFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(own_stack, monkeypatch) as on:
        keys = [{"env": "ACME_HOOK"}]
        dead = {"occasions": ["brake"], "webhook": {"url": on.hooks.url("/dead"), "secrets": keys}}
        on.hooks.answers["/dead"] = lambda _, before: (410 if before == 0 else 204, {})
        await on.declare(
            {"id": "dead", **dead},
            {"id": "hook", "occasions": ["connection_lost"], "webhook": {"url": on.hooks.url("/hook"), "secrets": keys}},
        )

        await on.tell(DECISIONS.name, brake_opened(**now()))
        (lost,) = await on.told(1)
        answer = await on.api.post("/v1/endpoints/notify/dead/enable", params={"brand": "acme"})
        _, restored = await on.told(2)

    assert answer.status_code == 200
    assert "Connection lost: notify/dead (webhook): it answered 410 Gone" in lost["title"]
    assert "veche delivery enable notify/dead --brand acme" in lost["text"]
    assert "notify/dead (webhook) works again" in restored["title"]

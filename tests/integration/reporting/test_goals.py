"""Goals on a real broker and store: measured from what is counted, told by the API, at risk told once."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from services.reporting.api.asked import Source
from services.reporting.api.goals import Goals
from services.reporting.api.rounds import look_round
from services.reporting.handlers import FIGURES_GROUP, POINTS_GROUP, listening
from services.reporting.rules.goals.declared import KIND
from services.reporting.store import FiguresStore
from shared.bus import admin, past
from shared.bus.publisher import Publisher
from shared.clock import SetClock, SystemClock
from shared.directory import Scope
from shared.documents.goals import Goal
from shared.documents.shape import whole
from shared.events import decode
from shared.events.reporting import GoalAtRisk
from shared.runtime import Service
from shared.settings import Settings
from shared.shelf import MongoShelf
from shared.topics import ALERTS, EVENTS, declared
from tests import builders
from tests.integration.reporting.live import WAIT_S, asking, publish, running, started
from tests.integration.services import eventually, token
from tests.parts import Addresses, StackFactory
from tests.unit.reporting.crises import START
from tests.unit.reporting.goals.test_declared import GOAL

HERE, THERE = "telegram:-1", "discord:7"
DAYS, A_DAY = 60, 2


def goal(today: date, **change: Any) -> Goal:  # noqa: ANN401 - any field
    spec = replace(GOAL, from_=today - timedelta(days=20), due=today + timedelta(days=10), baseline=50, target=5_000)
    return replace(spec, **change)


async def store(service: Service, **goals: Goal) -> None:
    shelf = MongoShelf(service.client, service.database, SetClock(START), 0)
    for name, spec in goals.items():
        await shelf.store(KIND, "acme", name, whole(spec), "anna")


def written(community: str) -> Sequence[Any]:
    """Return contents of two months, up to and including today."""
    now = SystemClock().now()
    moments = [now - timedelta(days=day, minutes=n) for day in range(DAYS) for n in range(A_DAY)]
    return [
        builders.content_created(
            id=f"{community}{n}",
            community=community,
            content_id=f"{community}:{n}",
            time=at,
            recordedtime=now,
            imported=True,
        )
        for n, at in enumerate(moments)
    ]


async def alerts(parts: Addresses) -> list[GoalAtRisk]:
    told = [decode(record.value or b"") async for record in past.records(parts.kafka, ALERTS.name)]
    return [one for one in told if isinstance(one, GoalAtRisk)]


@pytest.mark.timeout(240)
async def test_a_goal_at_risk_is_told_once_and_shown_with_its_forecast(own_stack: StackFactory) -> None:
    parts = started(own_stack())
    await admin.apply(parts.kafka, declared())
    settings = Settings(kafka=parts.kafka, mongo=parts.mongo, database_prefix=f"g{secrets.token_hex(4)}")
    async with running(settings) as service, asking(service, "acme", Scope.FIGURES_READ) as client:
        for place in (HERE, THERE):
            await publish(parts, EVENTS.name, f"acme/{place}", written(place))
        today = service.clock.now().date()
        easy = goal(today, baseline=10, target=60, communities=(HERE,))
        await store(service, hard=goal(today), easy=easy, planned=goal(today, from_=today, due=today + timedelta(days=9)))
        await eventually(lambda: listed(client), lambda told: told["hard"]["current"] == 20 * A_DAY * 2)
        found = await listed(client)  # goals are looked at one after the other: the first ones were while events came in

        assert {name: one["state"] for name, one in found.items()} == {
            "hard": "at_risk",
            "easy": "on_track",
            "planned": "planned",
        }
        assert found["easy"]["current"] == 20 * A_DAY
        await look_twice(service, parts)
        (alert,) = await eventually(lambda: alerts(parts), bool)
        assert (alert.data.goal, alert.data.figure, alert.data.target) == ("hard", "content", 5_000)
        await asyncio.sleep(1)
        assert len(await alerts(parts)) == 1
        await check_one(client)
        await check_access(service, client)


async def listed(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get("/v1/goals")
    assert answer.status_code == 200, answer.text
    return {one["name"]: one for one in answer.json()["goals"]}


async def look_twice(service: Service, parts: Addresses) -> None:
    figures = FiguresStore(service.client, service.database, FIGURES_GROUP, POINTS_GROUP, listening.GROUP)
    shelf = MongoShelf(service.client, service.database, service.clock, 0)
    goals, bus = (
        Goals(Source(figures, service.directory), shelf, service.clock, asyncio.Semaphore(2)),
        Publisher(parts.kafka, "test"),
    )
    await bus.start()
    try:
        async with asyncio.timeout(WAIT_S):
            assert [await look_round(goals, bus) for _ in range(2)] == [2, 2]
    finally:
        await bus.stop()


async def check_one(client: httpx.AsyncClient) -> None:
    """One goal has its line and band, an ETag, and a page of the list has a cursor."""
    answer = await client.get("/v1/goals/hard")
    told = answer.json()
    assert told["history"][-1]["value"] == told["current"]
    assert told["path"][-1] == told["forecast"]
    assert told["forecast"]["at"] == told["due"]
    assert (await client.get("/v1/goals/hard", headers={"if-none-match": answer.headers["etag"]})).status_code == 304
    assert (await client.get("/v1/goals/none")).status_code == 404
    first = (await client.get("/v1/goals", params={"limit": 2})).json()
    rest = (await client.get("/v1/goals", params={"limit": 2, "cursor": first["next"]})).json()
    assert [one["name"] for part in (first, rest) for one in part["goals"]] == ["easy", "hard", "planned"]


async def check_access(service: Service, client: httpx.AsyncClient) -> None:
    """Who may read one community sees the goals of it alone."""
    scoped = await token(service, "acme", Scope.FIGURES_READ, communities=frozenset({HERE}), name="boris")
    without = await token(service, "acme", Scope.MEMBERS_READ, name="nina")
    seen = (await client.get("/v1/goals", headers=scoped)).json()["goals"]
    assert [one["name"] for one in seen] == ["easy"]
    assert (await client.get("/v1/goals/hard", headers=scoped)).status_code == 404
    assert (await client.get("/v1/goals", headers=without)).status_code == 403

"""Levels, tasks and badges follow the ledger, over the real bus; members answer a poll through their account."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import pytest

from deploy.native.parts import CORE
from services.engagement import app as engagement
from shared.clock import SystemClock
from shared.directory import Scope
from tests.builders import CONTENT, MEMBER, content_created, content_deleted
from tests.integration.services import eventually, publish, running, settings_for, token
from tests.parts import Addresses, StackFactory

MEMBERS = 100
WORDS = {"en": "Spring", "ru": "Весна"}


def document(kind: str, name: str, **spec: Any) -> Mapping[str, Any]:  # noqa: ANN401 - a spec holds anything
    return {"apiVersion": "veche/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}


REWARDS = document(
    "RewardsPolicy",
    "default",
    rules=[
        {"id": "content", "for": "content", "points": 60},
        {"id": "tasks", "for": "task", "points": 50, "when": 'task == "write"'},
        {"id": "answers", "for": "poll", "points": 7},
    ],
)
STANDING = document(
    "Standing",
    "default",
    tasks=[{"id": "write", "name": WORDS, "steps": [{"rule": "content", "times": 1}]}],
    badges=[{"id": "writer", "name": WORDS, "needs": [{"task": "write"}, {"level": "member"}]}],
)
POLL = document("Poll", "spring", title=WORDS, options=[WORDS, WORDS])


@pytest.mark.timeout(200)
async def test_where_members_stand_and_what_they_answer(own_stack: StackFactory) -> None:
    stack = own_stack()
    stack.start(*CORE)
    found = stack.settings()
    parts = Addresses(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"], redis=found["VECHE_REDIS"])
    settings = settings_for(parts).model_copy(update={"policy_delay_s": 0.0, "policy_refresh_s": 0.0})
    service = engagement.create_app(settings)
    scopes = (Scope.MEMBERS_READ, Scope.POINTS_WRITE, Scope.POLICIES_READ, Scope.POLICIES_WRITE)
    async with running(service, folds=True) as (points,):
        points.headers.update(await token(service, "acme", *scopes))
        for one in (REWARDS, STANDING, POLL):
            assert (await points.put("/v1/documents", json=one)).json()["changed"], one["kind"]

        await a_content_completes_a_task_and_what_it_is_worth_a_level(points, parts)
        await what_goes_takes_all_of_it_back(points, parts)
        await a_hundred_members_vote_twice_at_once(points)


async def a_content_completes_a_task_and_what_it_is_worth_a_level(points: httpx.AsyncClient, parts: Addresses) -> None:
    await publish(parts.kafka, content_created(recordedtime=SystemClock().now()))
    await eventually(lambda: standing(points), lambda told: told["badges"] == ["writer"])

    told = await standing(points)
    assert (told["level"], told["tasks"]["completed"]) == ("member", ["write"])
    await has(points, MEMBER, 110)


async def what_goes_takes_all_of_it_back(points: httpx.AsyncClient, parts: Addresses) -> None:
    await publish(parts.kafka, content_deleted(content_id=CONTENT, recordedtime=SystemClock().now()))
    await eventually(lambda: standing(points), lambda told: told["level"] == "newcomer")

    assert (await standing(points))["badges"] == []
    await has(points, MEMBER, 0)


async def has(points: httpx.AsyncClient, member: str, balance: int) -> None:
    await eventually(lambda: points.get(f"/v1/members/{member}"), lambda told: told.json()["balance"] == balance)


async def standing(points: httpx.AsyncClient) -> Mapping[str, Any]:
    told: Mapping[str, Any] = (await points.get(f"/v1/members/{MEMBER}/standing")).json()
    return told


async def a_hundred_members_vote_twice_at_once(points: httpx.AsyncClient) -> None:
    async def votes(member: int) -> Sequence[int]:
        asked = [points.post("/v1/things/poll/spring/parts", json=part(member, option)) for option in (0, 1)]
        return [answer.status_code for answer in await asyncio.gather(*asked)]

    codes = [code for told in await asyncio.gather(*(votes(member) for member in range(MEMBERS))) for code in told]

    assert set(codes) <= {201, 202}
    await eventually(lambda: points.get("/v1/things/poll/spring"), lambda told: told.json()["results"]["answers"] == MEMBERS)
    results = (await points.get("/v1/things/poll/spring")).json()["results"]
    assert sum(results["chosen"].values()) == MEMBERS
    await has(points, "telegram:1", 7)


def part(member: int, option: int) -> Mapping[str, Any]:
    return {"member": f"telegram:{member}", "does": {"do": "vote", "options": [option]}}

"""A service is ready when its parts have answered, also one that folds nothing."""

from __future__ import annotations

import asyncio
import time
from importlib import import_module
from pathlib import Path

import pytest

from services.ingest.app import Role, create_app
from shared.directory import Scope
from shared.settings import Settings
from shared.topics import PARTITIONS
from tests.integration.edge import NOWHERE, edge
from tests.integration.services import eventually, running, token
from tests.parts import Addresses, StackFactory

NOTICED_S = 12.0
AWAY = Settings(kafka=NOWHERE, mongo="mongodb://127.0.0.1:1/")


async def test_an_edge_alone_is_not_ready_without_kafka_and_mongodb() -> None:
    service = create_app(AWAY, Role.EDGE)

    missing = service.missing()
    await service.client.close()

    assert len(missing) == 2
    assert {part for part in ("Kafka", "MongoDB") for problem in missing if part in problem} == {"Kafka", "MongoDB"}


async def test_an_edge_alone_is_ready_once_both_have_answered(parts: Addresses, tmp_path: Path) -> None:
    async with edge(parts, tmp_path) as asked:
        answer = await eventually(lambda: asked.http.get("/health/ready"), lambda found: found.is_success)

    assert answer.json() == {"ready": True, "missing": []}


@pytest.mark.parametrize("name", ["ingest", "moderation"])
async def test_a_service_that_publishes_is_not_ready_before_kafka_is(name: str) -> None:
    service = import_module(f"services.{name}.app").create_app(AWAY)

    missing = service.missing()
    await service.client.close()

    assert f"veche-{name}: Kafka has not answered yet" in missing


@pytest.mark.timeout(120)
async def test_a_service_is_not_ready_once_its_broker_or_its_store_is_lost_and_ready_when_it_is_back(
    own_stack: StackFactory,
) -> None:
    stack = own_stack()
    await asyncio.to_thread(stack.start, "kafka", "mongo")
    found = stack.settings()
    settings = Settings(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"])
    service = import_module("services.moderation.app").create_app(settings)

    async def missing() -> str:
        return "; ".join(service.missing())

    async def lost_and_found(part: str, *names: str) -> float:
        await asyncio.to_thread(stack.stop, part, hard=True)
        began = time.monotonic()
        await eventually(missing, lambda said: all(name in said for name in names))
        noticed_s = time.monotonic() - began
        await asyncio.to_thread(stack.start, part)
        await eventually(missing, lambda said: not said)
        return noticed_s

    async with running(service, folds=True):
        await eventually(missing, lambda said: not said)
        noticed = [await lost_and_found("kafka", "veche-moderation: Kafka", "moderation: Kafka")]
        noticed.append(await lost_and_found("mongo", "MongoDB"))

    assert max(noticed) < NOTICED_S


@pytest.mark.timeout(120)
async def test_a_service_that_is_ready_has_taken_its_partitions_and_does_what_it_is_told(own_stack: StackFactory) -> None:
    stack = own_stack()
    await asyncio.to_thread(stack.start, "kafka", "mongo")
    found = stack.settings()
    service = import_module("services.moderation.app").create_app(
        Settings(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"])
    )

    async def taken() -> list[int]:
        return [0 if runner.loop is None else len(runner.loop.owned) for runner in service.runners]

    async def early() -> bool:
        """Look whenever another has a turn: so no moment is missed."""
        while service.missing():  # noqa: ASYNC110 - nothing tells when it is so
            await asyncio.sleep(0)
        return await taken() == [PARTITIONS] * len(service.runners)

    async with running(service, folds=True) as (api,):
        was_whole = await asyncio.wait_for(early(), timeout=60)
        headers = await token(service, "acme", Scope.DECISIONS_READ, Scope.DECISIONS_WRITE)
        told = {"community": "telegram:-1", "members": ["u1", "u2"], "about": "Who began", "brand": "acme"}
        opened = await api.post("/v1/disputes", json=told, headers=headers)

    assert was_whole
    assert (opened.status_code, opened.json()["dispute"]["members"]) == (201, ["u1", "u2"])
    assert opened.headers["location"] == f"/v1/cases/{opened.json()['key']}"

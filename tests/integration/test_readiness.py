"""A service is ready when its parts have answered, also one that folds nothing."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from services.ingest.app import Role, create_app
from shared.settings import Settings
from tests.integration.edge import NOWHERE, edge
from tests.integration.services import eventually
from tests.parts import Addresses

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

    assert f"veche-{name}: Kafka is not connected yet" in missing

"""`veche ingest status`: what came and what was refused, over all processes, and nothing of another brand."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest_asyncio

from services.ingest.counts import KEPT, Counts
from services.ingest.store import REFRESH_S
from shared.clock import SetClock
from shared.directory import Scope
from tests import builders
from tests.integration.edge import Edge, edge
from tests.integration.sockets import served
from tests.parts import Addresses

GROUP_UPDATE = b'{"update_id": 7, "message": {"chat": {"id": -100}, "text": "hello"}}'
PRIVATE_UPDATE = b'{"update_id": 8, "message": {"chat": {"id": 7000000001, "type": "private"}, "text": "hello"}}'


@pytest_asyncio.fixture
async def asked(parts: Addresses, tmp_path: Path) -> AsyncIterator[Edge]:
    async with edge(parts, tmp_path) as found:
        yield found


async def status(asked: Edge, **params: str) -> list[dict[str, Any]]:
    answer = await asked.http.get("/v1/connections/status", params=params, headers=await asked.token(Scope.DIRECTORY_READ))
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()
    return found


async def test_what_came_and_what_was_refused_is_told_within_seconds(asked: Edge) -> None:
    for body in (GROUP_UPDATE, GROUP_UPDATE, PRIVATE_UPDATE):
        await asked.hook(body)
    await asked.hook(GROUP_UPDATE, secret="guess")
    await asked.hook(b" " * 10_001)
    await flushed(asked)

    (found,) = await status(asked)

    assert (found["name"], found["platform"], found["mode"]) == (asked.connection, "telegram", "webhook")
    assert found["communities"] == ["telegram:-100"], "a talk with one person is no place"
    assert found["refused"] == {"secret": 1, "too_large": 1} | {k: v for k, v in found["refused"].items() if k == "busy"}
    assert found["last_event_at"] is not None
    assert [("VECHE_BODY_BYTES_MAX" in one["next"], "secret" in one["what"]) for one in found["problems"]][-2:] == [
        (False, True),
        (True, False),
    ]


async def flushed(asked: Edge) -> None:
    """Have the edge add up what it counted, as it does every few seconds."""
    hours = asked.service.client[asked.service.database]["hours"]
    for worker in asked.service.workers:
        counts = getattr(worker, "__self__", None)
        if isinstance(counts, Counts):
            await counts.flush()
    assert await hours.count_documents({}) > 0


async def test_several_processes_add_up_and_old_hours_are_forgotten(asked: Edge) -> None:
    clock = SetClock(builders.RECORDED)
    first, second = (Counts(asked.service.client, f"{asked.service.database}_counts", clock) for _ in range(2))
    for counts, number in ((first, 3), (second, 4)):
        counts.took("acme", "hook", clock.now(), number, {f"vk:{number}"})
        counts.refused("acme", "hook", "secret")
        await counts.flush()

    (hour,) = (await first.since(clock.now(), "acme"))["hook"]
    nothing = await first.since(clock.now(), "another")
    clock.forward(KEPT + timedelta(hours=2))
    await second.flush()
    left = await first.since(builders.RECORDED, "acme")
    await asked.service.client.drop_database(f"{asked.service.database}_counts")

    assert (hour["taken"], hour["refused"], hour["communities"]) == (7, {"secret": 2}, ["vk:3", "vk:4"])
    assert (nothing, left) == ({}, {})


async def test_nobody_sees_the_connections_of_another_brand(asked: Edge) -> None:
    await asked.service.directory.put("Brand", "other", "other", {"title": "Other"})
    spec = {"platform": "telegram", "mode": "webhook", "secrets": [{"env": "OTHER_SECRET"}]}
    await asked.service.directory.put("Connection", "other", "other-hook", spec)

    own = await status(asked)
    headers = await asked.token(Scope.DIRECTORY_READ)
    foreign = await asked.http.get("/v1/connections/status", params={"brand": "other"}, headers=headers)
    unfit = await asked.http.get("/v1/connections/status", headers=await asked.token(Scope.EVENTS_WRITE))

    assert [one["name"] for one in own] == [asked.connection]
    assert (foreign.status_code, unfit.status_code) == (403, 403)


async def test_a_credential_that_cannot_be_read_and_a_poller_in_trouble_are_told(asked: Edge) -> None:
    directory = asked.service.directory
    broken = {"platform": "vk", "mode": "webhook", "secrets": [{"file": "nowhere"}]}
    polled = {"platform": "telegram", "mode": "poll", "token": {"file": "secret"}}
    await directory.put("Connection", asked.brand, f"{asked.connection}-broken", broken)
    await directory.put("Connection", asked.brand, f"{asked.connection}-polled", polled)
    await asyncio.sleep(REFRESH_S)

    async with asyncio.timeout(20):
        while "Telegram is away" not in str(found := await status(asked)):  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0.2)

    problems = {one["name"].removeprefix(asked.connection): one["problems"] for one in found}
    assert "nowhere" in problems["-broken"][0]["what"]
    assert [one["what"] for one in problems["-polled"]] == ["Telegram is away: ConnectError"]


async def test_a_person_reads_a_table_and_a_program_json(asked: Edge) -> None:
    await asked.hook(GROUP_UPDATE)
    await flushed(asked)
    await asked.service.client[asked.service.database]["hours"].update_many({}, {"$unset": {"refused.busy": 1}})

    async with served(asked.service.api) as port:
        before = await command(asked, port)
        program = await command(asked, port, "--output", "json", "--brand", asked.brand)
        for _ in range(3):
            await asked.hook(GROUP_UPDATE, secret="guess")
        await flushed(asked)
        after = await command(asked, port)

    assert (before[0], asked.connection in before[1], "well" in before[1]) == (0, True, True)
    assert (program[0], json.loads(program[1])[0]["communities"]) == (0, ["telegram:-100"])
    assert (after[0], "3 deliveries refused" in after[1], "→ enter at the platform the secret" in after[1]) == (
        1,
        True,
        True,
    )


async def command(asked: Edge, port: int, *more: str) -> tuple[int | None, str]:
    """Return the exit code of `veche ingest status`, and what it printed."""
    token = (await asked.token(Scope.DIRECTORY_READ))["authorization"].removeprefix("Bearer ")
    env = {"VECHE_INGEST_URL": f"http://127.0.0.1:{port}", "VECHE_TOKEN": token}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services", "ingest", "status", *more, env=env, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, said.decode()

"""A running engagement service with a brand and a key, for benchmarks of points; and how long its answers take."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import httpx

from bench.webhook import serving
from demo.processes import free_port, veche
from deploy.native.parts import CORE
from deploy.native.places import Places, PlaceSettings, cache_of
from deploy.native.stack import Stack
from shared.directory import Directory, Principal, Role, Scope
from shared.fold.mongo import new_client
from shared.settings import Settings

STATE = Path(".veche/bench")
BRAND = "bench"
BEGIN = datetime(2026, 3, 2, tzinfo=UTC)


class Served(NamedTuple):
    """Where engagement is."""

    url: str
    headers: Mapping[str, str]


@contextmanager
def stack() -> Iterator[Settings]:
    """Run broker, store and cache with nothing in them."""
    made = Stack(Places(STATE.resolve(), cache_of(PlaceSettings())))
    made.reset()
    made.start(*CORE)
    try:
        parts = made.settings()
        veche({**os.environ, **parts}, "topics", "apply")  # noqa: TID251 - children inherit it
        yield Settings(kafka=parts["VECHE_KAFKA"], mongo=parts["VECHE_MONGO"], redis=parts["VECHE_REDIS"])
    finally:
        made.stop()


@contextmanager
def engagement(settings: Settings) -> Iterator[Served]:
    """Run the service."""
    port = free_port()
    parts = {"VECHE_KAFKA": settings.kafka, "VECHE_MONGO": settings.mongo, "VECHE_REDIS": settings.redis}
    url = f"http://127.0.0.1:{port}"
    env = {**os.environ, **parts, "VECHE_ENGAGEMENT_URL": url}  # noqa: TID251 - children inherit it
    token = asyncio.run(_token(settings))
    with serving([sys.executable, "-m", "services", "engagement", "serve"], env, port):
        yield Served(url, {"authorization": f"Bearer {token}"})


async def _token(settings: Settings) -> str:
    client = new_client(settings.mongo)
    try:
        directory = Directory(client, settings.database("directory"))
        await directory.put("Brand", BRAND, BRAND, {"title": "Bench"})
        return await directory.grant(Principal("bench", Role.KEY, BRAND, frozenset({Scope.MEMBERS_READ})), BEGIN, "bench")
    finally:
        await client.close()


async def waits_ms(served: Served, paths: Sequence[str], rate: float) -> list[float]:
    """Return how long each answer took from when its request was due, in ms, sorted; asked at a steady rate."""
    found: list[float] = []

    async def ask(http: httpx.AsyncClient, due: float, path: str) -> None:
        answer = await http.get(path)
        found.append((time.perf_counter() - due) * 1_000)
        if not answer.is_success:
            raise RuntimeError(f"an answer was no success: {answer.text}")

    client = httpx.AsyncClient(base_url=served.url, headers=dict(served.headers), timeout=60)
    async with client as http, asyncio.TaskGroup() as tasks:
        began = time.perf_counter()
        for number, path in enumerate(paths):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.create_task(ask(http, due, path))
    return sorted(found)


def p50_p99(found: Sequence[float]) -> tuple[float, float]:
    """Return the middle one and that of the slowest hundredth, of what is sorted."""
    return found[len(found) // 2], found[len(found) * 99 // 100]

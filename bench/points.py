"""A running engagement service with a brand and a key, for benchmarks of points; and how long its answers take."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

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


async def waits_ms(served: Served, paths: Sequence[str], rate: float, connections: int = 64) -> list[float]:
    """Return how long each answer took from when its request was due, in ms, sorted; asked at a steady rate.

    The client is lean, for it shares the machine with what is measured. Raises RuntimeError where an answer was no success.
    """
    waiting: asyncio.Queue[tuple[float, str] | None] = asyncio.Queue()
    found: list[float] = []
    lanes = [asyncio.create_task(_lane(served, waiting, found)) for _ in range(connections)]
    began = time.perf_counter()
    for number, path in enumerate(paths):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        waiting.put_nowait((due, path))
    for _ in lanes:
        waiting.put_nowait(None)
    await asyncio.gather(*lanes)
    return sorted(found)


async def _lane(served: Served, waiting: asyncio.Queue[tuple[float, str] | None], found: list[float]) -> None:
    """Ask for what waits over one connection, until None."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(served.url.rpartition(":")[2]))
    headers = "".join(f"{name}: {value}\r\n" for name, value in served.headers.items())
    while (asked := await waiting.get()) is not None:
        due, path = asked
        writer.write(f"GET {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
        if head[9:10] != b"2":
            raise RuntimeError(f"an answer was no success: {head[:40]!r}")
        found.append((time.perf_counter() - due) * 1_000)
    writer.close()


def p50_p99(found: Sequence[float]) -> tuple[float, float]:
    """Return the middle one and that of the slowest hundredth, of what is sorted."""
    return found[len(found) // 2], found[len(found) * 99 // 100]

"""`POST /v1/verdicts` at a steady rate: how long a brand's own site waits. Ends with 1 where that is above BAR_MS."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Annotated

import httpx
import typer

from bench.webhook import BRAND, SECRET, serving
from demo.processes import free_port, veche
from deploy.native.parts import CORE
from deploy.native.places import Places, PlaceSettings, cache_of
from deploy.native.stack import Stack

RATE = 300
SECONDS = 20
BAR_MS = 50.0
"""For 99 of 100, from the moment at which a request was due."""
STATE = Path(".veche/bench")
TEXTS = (
    "Works well, thank you",
    "Доставили за два дня",
    "Online casino, 200 free spins https://spin.example/x",
    "Кто знает, где купить?",
)


async def waits_ms(url: str, token: str, rate: int, seconds: int) -> list[float]:
    """Return how long each request waited, in milliseconds, sent at a steady rate whatever the answers take."""
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    bodies = [json.dumps({"brand": "bench", "community": "portal:reviews", "text": text}).encode() for text in TEXTS]
    found: list[float] = []

    async def ask(http: httpx.AsyncClient, due: float, body: bytes) -> None:
        answer = await http.post(f"{url}/v1/verdicts", content=body, headers=headers)
        found.append((time.perf_counter() - due) * 1_000)
        if not answer.json()["decided"]:
            raise RuntimeError("a text was not judged")

    async with httpx.AsyncClient(timeout=10) as http, asyncio.TaskGroup() as tasks:
        began = time.perf_counter()
        for number in range(rate * seconds):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.create_task(ask(http, due, bodies[number % len(bodies)]))
    return found


def main(rate: Annotated[int, typer.Option()] = RATE, seconds: Annotated[int, typer.Option()] = SECONDS) -> None:
    """Measure."""
    stack = Stack(Places(STATE.resolve(), cache_of(PlaceSettings())))
    stack.reset()
    stack.start(*CORE)
    try:
        found = sorted(_measured(stack.settings(), rate, seconds))
    finally:
        stack.stop()
    p50, p99 = found[len(found) // 2], found[len(found) * 99 // 100]
    typer.echo(
        f"{len(found):,} verdicts at {rate}/s: half within {p50:.1f} ms, 99 of 100 within {p99:.1f} ms (bar: {BAR_MS:.0f})"
    )
    raise typer.Exit(p99 > BAR_MS)


def _measured(parts: dict[str, str], rate: int, seconds: int) -> list[float]:
    taking, judging = free_port(), free_port()
    urls = {"VECHE_INGEST_URL": f"http://127.0.0.1:{taking}", "VECHE_MODERATION_URL": f"http://127.0.0.1:{judging}"}
    env = {**os.environ, **parts, **urls, "BENCH_SECRET": SECRET}  # noqa: TID251 - children inherit it
    veche(env, "topics", "apply")
    command = [sys.executable, "-m", "services"]
    edge = [*command, "ingest", "serve", "--role", "edge"]
    with serving(edge, env, taking), serving([*command, "moderation", "serve"], env, judging):
        env["VECHE_TOKEN"] = veche(env, "keys", "bootstrap")
        file = STATE / "bench-brand.yaml"
        file.write_text(BRAND)
        veche(env, "apply", "-f", str(file))
        token = veche(env, "keys", "create", "site", "--brand", "bench", "--scope", "decisions:read")
        asyncio.run(waits_ms(urls["VECHE_MODERATION_URL"], token, rate, 2))  # warm
        return asyncio.run(waits_ms(urls["VECHE_MODERATION_URL"], token, rate, seconds))


if __name__ == "__main__":
    typer.run(main)

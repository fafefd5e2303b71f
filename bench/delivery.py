"""From the webhook of a spam message to its deletion in the chat, at a steady rate. Ends with 1 where that is above BAR_MS.

Ingest's edge, its normaliser, moderation and delivery run as they are served, the chats are played (simulated/telegram.py),
with the limits that Telegram documents. One message in ten is spam; the time of each is taken from the moment at which its
webhook was due to the moment at which nobody can see it any more.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from typing_extensions import override

from bench.decisions import LOOK_S, PATIENCE_S, SPAM_EVERY, WARM_S, send, update
from bench.webhook import BRAND, SECRET, UNLIMITED, serving
from demo.processes import free_port, veche
from deploy.native.parts import CORE
from deploy.native.places import Places, PlaceSettings, cache_of
from deploy.native.stack import Stack
from simulated.effects import Effect, Effects
from simulated.server import playing
from simulated.telegram import TOKEN, Telegram
from simulated.world import Ground

RATE = 100
SECONDS = 30
BAR_MS = 1_000.0
"""For 99 of 100."""
STATE = Path(".veche/bench")
UNBRAKED = """---
apiVersion: veche/v1
kind: ModerationPolicy
metadata: {name: default, brand: bench}
spec: {brakes: {status: "off"}}
"""
"""So much spam in a minute would rightly be held for people to look at."""

ACTING = BRAND.replace("{platform: telegram,", "{platform: telegram, acts: live, token: {env: BENCH_TOKEN},") + UNBRAKED


class Timed(Effects):
    """Effects, and when each deletion was seen."""

    def __init__(self) -> None:
        super().__init__()
        self.deleted = dict[str, float]()

    @override
    def add(self, kind: str, target: object, text: object = "", id_: object = "") -> Effect:
        if kind == "delete":
            self.deleted[f"telegram:{target}"] = time.perf_counter()
        return super().add(kind, target, text, id_)


async def measured(port: int, platform: int, rate: int, seconds: int) -> tuple[Sequence[float], int]:
    """Return how long each spam message was to be seen, in milliseconds, after a warm-up; and how often a limit refused."""
    effects = Timed()
    telegram = Telegram(Ground(effects=effects))
    for number in range(rate * (seconds + WARM_S)):
        content, _ = update(number, 0)
        _, chat, message = content.split(":")
        telegram.chat(int(chat)).appear(int(message), "")
    async with playing(telegram, platform):
        await send(port, rate, WARM_S, 0)
        first = rate * WARM_S
        due = await send(port, rate, seconds, first)
        wanted = [content for n, content in enumerate(due) if (first + n) % SPAM_EVERY == 0]
        for _ in range(round(PATIENCE_S / LOOK_S)):
            if effects.deleted.keys() >= set(wanted):
                break
            await asyncio.sleep(LOOK_S)
    left = [content for content in wanted if content not in effects.deleted]
    if left:
        raise RuntimeError(f"{len(left)} of {len(wanted)} spam messages are still to be seen")
    return sorted((effects.deleted[content] - due[content]) * 1_000 for content in wanted), telegram.ground.windows.refused


def main(rate: Annotated[int, typer.Option()] = RATE, seconds: Annotated[int, typer.Option()] = SECONDS) -> None:
    """Measure."""
    stack = Stack(Places(STATE.resolve(), cache_of(PlaceSettings())))
    stack.reset()
    stack.start(*CORE)
    try:
        found, refused = _served(stack.settings(), rate, seconds)
    finally:
        stack.stop()
    p50, p99 = found[len(found) // 2], found[len(found) * 99 // 100]
    told = f"half gone within {p50:.0f} ms, 99 of 100 within {p99:.0f} ms (bar: {BAR_MS:.0f})"
    typer.echo(f"{len(found):,} spam messages at {rate} events/s: {told}; requests that a limit refused: {refused}")
    raise typer.Exit(p99 > BAR_MS)


def _served(parts: dict[str, str], rate: int, seconds: int) -> tuple[Sequence[float], int]:
    ports = {name: free_port() for name in ("edge", "normaliser", "moderation", "delivery", "telegram")}
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    more = {
        "VECHE_INGEST_URL": urls["edge"],
        "VECHE_MODERATION_URL": urls["moderation"],
        "VECHE_DELIVERY_URL": urls["delivery"],
        "VECHE_PLATFORM_APIS": json.dumps({"telegram": urls["telegram"]}),
        "VECHE_POLICY_DELAY_S": "0",
        "BENCH_SECRET": SECRET,
        "BENCH_TOKEN": TOKEN,
    }
    env = {**os.environ, **parts, **UNLIMITED, **more}  # noqa: TID251 - children inherit it
    veche(env, "topics", "apply")
    command = [sys.executable, "-m", "services"]
    beside = env | {"VECHE_INGEST_URL": urls["normaliser"]}
    with ExitStack() as running:
        running.enter_context(serving([*command, "ingest", "serve", "--role", "edge"], env, ports["edge"]))
        running.enter_context(serving([*command, "ingest", "serve", "--role", "normaliser"], beside, ports["normaliser"]))
        for service in ("moderation", "delivery"):
            running.enter_context(serving([*command, service, "serve"], env, ports[service]))
        env["VECHE_TOKEN"] = veche(env, "keys", "bootstrap")
        file = STATE / "bench-brand.yaml"
        file.write_text(ACTING)
        veche(env, "apply", "-f", str(file))
        time.sleep(3)  # a new connection is known after two
        return asyncio.run(measured(ports["edge"], ports["telegram"], rate, seconds))


if __name__ == "__main__":
    typer.run(main)

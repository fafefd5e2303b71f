"""From a platform's webhook to the decision on the bus, at a steady rate. Ends with 1 where that is above BAR_MS.

Ingest's edge, its normaliser and moderation run as they are served; one message in ten is spam, and the time of each is
taken from the moment at which its delivery was due to the moment at which a reader of the bus has the decision.
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
from aiokafka import AIOKafkaConsumer, TopicPartition

from bench import load
from bench.webhook import BRAND, SECRET, UNLIMITED, hooks, serving
from demo.processes import free_port, veche
from deploy.native.parts import CORE
from deploy.native.places import Places, PlaceSettings, cache_of
from deploy.native.stack import Stack
from shared.events import decode
from shared.events.moderation import DecisionMade
from shared.topics import DECISIONS, PARTITIONS

RATE = 500
SECONDS = 20
WARM_S = 15
"""The broker of a fresh stack is slow until its JVM has compiled what it does most."""
BAR_MS = 250.0
"""For 99 of 100."""
SPAM_EVERY = 10
CHATS = 20
STATE = Path(".veche/bench")
SPAM = "Online casino, 200 free spins https://spin.example/x"
TALK = ("good morning everybody", "кто знает, где купить зерно?", "the grinder is too slow today", "спасибо, очень вкусно")
PATIENCE_S, LOOK_S = 60.0, 0.1


def update(number: int, at: int) -> tuple[str, bytes]:
    """Return the id of a content and the delivery that tells of it. Every tenth is spam, each of a newcomer."""
    chat = -1_001_000_000_000 - number % CHATS
    is_spam = number % SPAM_EVERY == 0
    text = f"{SPAM}{number}" if is_spam else TALK[number % len(TALK)]
    member = 10_000_000 + number if is_spam else 1_000 + number % 5_000
    message = {
        "message_id": number + 1,
        "from": {"id": member, "is_bot": False, "first_name": "A"},
        "chat": {"id": chat, "type": "supergroup", "title": "Bench"},
        "date": at,
        "text": text,
    }
    return f"telegram:{chat}:{number + 1}", json.dumps({"update_id": number + 1, "message": message}).encode()


async def send(port: int, rate: int, seconds: int, first: int) -> dict[str, float]:
    """Deliver at a steady rate; return when each content was due."""
    at = int(time.clock_gettime(time.CLOCK_REALTIME))
    made = [update(first + number, at) for number in range(rate * seconds)]
    began = await load.steadily(port, hooks([body for _, body in made]), rate)
    return {content: began + number / rate for number, (content, _) in enumerate(made)}


async def read(kafka: str, seen: dict[str, float], ending: asyncio.Event) -> None:
    """Note when each decision is there."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest", fetch_max_wait_ms=20)
    await consumer.start()
    consumer.assign([TopicPartition(DECISIONS.name, q) for q in range(PARTITIONS)])
    try:
        while not ending.is_set():
            for records in (await consumer.getmany(timeout_ms=20)).values():
                now = time.perf_counter()
                for event in map(decode, (record.value for record in records)):
                    if isinstance(event, DecisionMade) and event.data.content_id:
                        seen.setdefault(event.data.content_id, now)
    finally:
        await consumer.stop()


async def measured(kafka: str, port: int, rate: int, seconds: int) -> Sequence[float]:
    """Return how long each decision took, in milliseconds, after a warm-up."""
    seen, ending = dict[str, float](), asyncio.Event()
    reading = asyncio.ensure_future(read(kafka, seen, ending))
    await send(port, rate, WARM_S, 0)
    first = rate * WARM_S
    due = await send(port, rate, seconds, first)
    wanted = [content for n, content in enumerate(due) if (first + n) % SPAM_EVERY == 0]
    for _ in range(round(PATIENCE_S / LOOK_S)):
        if seen.keys() >= set(wanted):
            break
        await asyncio.sleep(LOOK_S)
    ending.set()
    await reading
    lost = [content for content in wanted if content not in seen]
    if lost:
        raise RuntimeError(f"{len(lost)} of {len(wanted)} were never decided on")
    return sorted((seen[content] - due[content]) * 1_000 for content in wanted)


def main(rate: Annotated[int, typer.Option()] = RATE, seconds: Annotated[int, typer.Option()] = SECONDS) -> None:
    """Measure."""
    stack = Stack(Places(STATE.resolve(), cache_of(PlaceSettings())))
    stack.reset()
    stack.start(*CORE)
    try:
        found = _served(stack.settings(), rate, seconds)
    finally:
        stack.stop()
    p50, p99 = found[len(found) // 2], found[len(found) * 99 // 100]
    told = f"half within {p50:.0f} ms, 99 of 100 within {p99:.0f} ms (bar: {BAR_MS:.0f})"
    typer.echo(f"{len(found):,} decisions at {rate} events/s: {told}")
    raise typer.Exit(p99 > BAR_MS)


def _served(parts: dict[str, str], rate: int, seconds: int) -> Sequence[float]:
    ports = {name: free_port() for name in ("edge", "normaliser", "moderation")}
    url = f"http://127.0.0.1:{ports['edge']}"
    urls = {"VECHE_INGEST_URL": url, "VECHE_MODERATION_URL": f"http://127.0.0.1:{ports['moderation']}"}
    env = {**os.environ, **parts, **UNLIMITED, **urls, "BENCH_SECRET": SECRET}  # noqa: TID251 - children inherit it
    veche(env, "topics", "apply")
    command = [sys.executable, "-m", "services"]
    beside = env | {"VECHE_INGEST_URL": f"http://127.0.0.1:{ports['normaliser']}"}
    with ExitStack() as running:
        running.enter_context(serving([*command, "ingest", "serve", "--role", "edge"], env, ports["edge"]))
        running.enter_context(serving([*command, "ingest", "serve", "--role", "normaliser"], beside, ports["normaliser"]))
        running.enter_context(serving([*command, "moderation", "serve"], env, ports["moderation"]))
        env["VECHE_TOKEN"] = veche(env, "keys", "bootstrap")
        file = STATE / "bench-brand.yaml"
        file.write_text(BRAND)
        veche(env, "apply", "-f", str(file))
        time.sleep(3)  # a new connection is known after two
        return asyncio.run(measured(parts["VECHE_KAFKA"], ports["edge"], rate, seconds))


if __name__ == "__main__":
    typer.run(main)

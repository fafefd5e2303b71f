"""`make soak`: a million webhook events through the real edge and the normaliser; memory stays flat and none is lost.

The edge and the normaliser are processes of their own, over native Kafka, MongoDB and Redis. What is counted at the end: raw
records against deliveries that were answered 200, and events against what the connector makes of the same deliveries.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
import typer
from aiokafka import AIOKafkaConsumer, TopicPartition
from rich.console import Console

from bench import load, population, webhook
from demo.processes import free_port
from deploy.native.parts import CORE
from deploy.native.places import Places, PlaceSettings, cache_of
from deploy.native.stack import Stack
from shared.bus import admin
from shared.topics import EVENTS, PARTITIONS, RAW, declared

STATE = Path(".veche/soak")
EVENTS_DEFAULT = 1_000_000
STEPS = 10
CHUNK = 20_000
"""Requests that are made and sent at once, so that this process needs little memory as well."""

GROWTH_MAX = 0.05
"""Flat means: by the straight line through its samples, memory grows over the second half by no more than this share."""

QUIET_S, PATIENCE_S = 75.0, 900.0
"""The normaliser is done when no event was added for so long: a reaction to what never comes is let go after 60 s."""

console = Console(width=140)


class Sample(NamedTuple):
    """Resident memory in MB after so many deliveries."""

    sent: int
    edge: int
    normaliser: int


class Counts(NamedTuple):
    """What there is of it at the end."""

    accepted: int
    raw: int
    told: int
    """Different events that the connector makes of the deliveries."""
    events: int
    different: int
    """Different events among those."""

    @property
    def lost(self) -> bool:
        """Whether anything is missing, or there is too much."""
        return self.raw != self.accepted or not self.told == self.events == self.different


class _Id(msgspec.Struct):
    id: str


_id = msgspec.json.Decoder(_Id)


def main(events: Annotated[int, typer.Option(help="How many webhook events are sent.")] = EVENTS_DEFAULT) -> None:
    """Soak. Ends with 1 where something was lost or memory grew."""
    stack = Stack(Places(STATE.resolve(), cache_of(PlaceSettings())))
    stack.reset()
    stack.start(*CORE)
    try:
        parts = stack.settings()
        asyncio.run(admin.apply(parts["VECHE_KAFKA"], declared()))
        with webhook.edge(parts, STATE) as edge:
            port = free_port()
            env = {**edge.env, "VECHE_INGEST_URL": f"http://127.0.0.1:{port}"}
            command = [sys.executable, "-m", "services", "ingest", "serve", "--role", "normaliser"]
            with webhook.serving(command, env, port) as normaliser:
                began = time.monotonic()
                accepted, told, samples = sent(edge, normaliser.pid, events)
                took_s = time.monotonic() - began
                counts = asyncio.run(counted(parts["VECHE_KAFKA"], accepted, told))
    finally:
        stack.stop()
    fine = not counts.lost and all(growth(samples, of) <= GROWTH_MAX for of in ("edge", "normaliser"))
    report(samples, counts, took_s)
    raise typer.Exit(0 if fine else 1)


def sent(edge: webhook.Edge, normaliser: int, events: int) -> tuple[int, set[str], list[Sample]]:
    """Send all; return how many were accepted, the ids of what they tell, and the samples."""
    made, told, accepted, done, samples = population.updates(events), set[str](), 0, 0, list[Sample]()
    for at in range(0, events, CHUNK):
        bodies = made[at : at + CHUNK]
        told.update(event.id for event in population.events(bodies))
        _, answers = asyncio.run(load.rate(edge.port, webhook.hooks(bodies)))
        if answers.keys() - {"200"}:
            console.print(f"[red]answers other than 200: {answers}[/red]")
        accepted += answers.get("200", 0)
        done += len(bodies)
        if done * STEPS // events > len(samples):
            samples.append(Sample(done, webhook.resident(edge.pid), webhook.resident(normaliser)))
            console.print(f"{done:>10,} sent: edge {samples[-1].edge} MB, normaliser {samples[-1].normaliser} MB")
    return accepted, told, samples


async def counted(servers: str, accepted: int, told: set[str]) -> Counts:
    """Count what Kafka has, once the normaliser has nothing more to tell."""
    await _settled(servers)
    raw = sum([1 async for _, headers in _records(servers, RAW.name) if headers.get("platform") == b"telegram"])
    ids = [_id.decode(value).id async for value, _ in _records(servers, EVENTS.name)]
    return Counts(accepted, raw, len(told), len(ids), len(set(ids)))


async def _settled(servers: str) -> None:
    consumer = AIOKafkaConsumer(bootstrap_servers=servers)
    await consumer.start()
    places = [TopicPartition(EVENTS.name, q) for q in range(PARTITIONS)]
    known, since, began = -1, time.monotonic(), time.monotonic()
    while time.monotonic() - since < QUIET_S and time.monotonic() - began < PATIENCE_S:
        await asyncio.sleep(1)
        there = sum((await consumer.end_offsets(places)).values())
        if there != known:
            known, since = there, time.monotonic()
    await consumer.stop()


async def _records(servers: str, topic: str) -> AsyncIterator[tuple[bytes, dict[str, bytes]]]:
    """Yield value and headers of each record of a topic."""
    consumer = AIOKafkaConsumer(bootstrap_servers=servers, auto_offset_reset="earliest", max_partition_fetch_bytes=4_000_000)
    await consumer.start()
    places = [TopicPartition(topic, q) for q in range(PARTITIONS)]
    consumer.assign(places)
    left = sum((await consumer.end_offsets(places)).values())
    while left > 0:
        for records in (await consumer.getmany(timeout_ms=1_000, max_records=5_000)).values():
            left -= len(records)
            for record in records:
                yield record.value, dict(record.headers)
    await consumer.stop()


def growth(samples: Sequence[Sample], of: str) -> float:
    """Return by which share memory grew over the second half, by the straight line through it."""
    half = samples[len(samples) // 2 - 1 :]
    sizes = [float(getattr(sample, of)) for sample in half]
    slope = statistics.linear_regression([float(sample.sent) for sample in half], sizes).slope
    return slope * (half[-1].sent - half[0].sent) / sizes[0]


def report(samples: Sequence[Sample], counts: Counts, took_s: float) -> None:
    """Print what came out."""
    console.print(f"{counts.accepted:,} accepted with 200 in {took_s:.0f} s ({counts.accepted / took_s:,.0f}/s)")
    console.print(f"raw records {counts.raw:,}: {'equal' if counts.raw == counts.accepted else 'NOT EQUAL'}")
    console.print(
        f"events {counts.events:,}, different {counts.different:,}, told by the deliveries {counts.told:,}: "
        f"{'LOST OR DOUBLED' if counts.lost else 'none lost, none twice'}"
    )
    for of in ("edge", "normaliser"):
        grown = growth(samples, of)
        memory = " ".join(f"{getattr(sample, of)}" for sample in samples)
        console.print(
            f"{of}: MB at each tenth {memory}; second half {grown:+.1%} ({'flat' if grown <= GROWTH_MAX else 'GROWS'})"
        )


if __name__ == "__main__":
    typer.run(main)

"""The services as processes of their own on a stack of their own, and what their groups have left to do."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from demo.processes import DemoError, environment, free_port, veche
from shared.fold.mongo import Client, new_client
from shared.topics import PARTITIONS
from tests.integration.edge import records_of
from tests.integration.services import eventually

PROCESSES = ("ingest edge", "ingest normaliser", "moderation", "engagement", "reporting")
DATABASES = {
    "normaliser": "veche_ingest",
    "moderation": "veche_moderation",
    "cases": "veche_moderation",
    "sanctions": "veche_moderation",
    "scorer": "veche_engagement",
    "ledger": "veche_engagement",
    "standing": "veche_engagement",
    "participation": "veche_engagement",
    "boards": "veche_engagement",
    "figures": "veche_reporting",
    "points": "veche_reporting",
    "incidents": "veche_reporting",
    "listening": "veche_reporting",
}
"""Of each group, those first that others read from."""


@dataclass
class Fleet:
    """Running services, and how to reach them."""

    env: dict[str, str]
    logs: Path
    running: dict[str, subprocess.Popen[bytes]]

    def start(self, name: str) -> None:
        service, _, role = name.partition(" ")
        env = dict(self.env)
        if role == "normaliser":
            env["VECHE_INGEST_URL"] = f"http://127.0.0.1:{free_port()}"
        command = [sys.executable, "-m", "services", service, "serve", *(("--role", role) if role else ())]
        with (self.logs / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(command, env=env, stdout=log, stderr=log)

    def kill(self, name: str) -> None:
        self.running[name].kill()
        self.running[name].wait()

    def veche(self, *words: str) -> str:
        """Run a command; return what it says."""
        return veche(self.env, *words)

    def caught_up(self) -> None:
        """Return when every group has taken in, and published, all that there is for it."""
        asyncio.run(caught_up(self.env["VECHE_KAFKA"], self.env["VECHE_MONGO"], tuple(DATABASES)))

    def records(self, topic: str, brand: str) -> int:
        """Return how many records of the brand a topic holds."""
        found = asyncio.run(records_of(self.env["VECHE_KAFKA"], topic))
        return sum((record.key or b"").startswith(f"{brand}/".encode()) for record in found)


@contextmanager
def fleet(parts: dict[str, str], logs: Path) -> Iterator[Fleet]:
    """Run the services until the block ends; they listen, and the command line has an owner's token."""
    ships = Fleet(environment(parts, {}), logs, {})
    ships.veche("topics", "apply")
    ships.env["VECHE_TOKEN"] = ships.veche("keys", "bootstrap")
    try:
        for name in PROCESSES:
            ships.start(name)
        _until_listening(ships)
        yield ships
    finally:
        for name in ships.running:
            ships.kill(name)


def _until_listening(ships: Fleet) -> None:
    for _ in range(100):
        try:
            ships.veche("get", "brand")
        except DemoError:
            time.sleep(0.3)
        else:
            return
    pytest.fail("the edge does not listen")


async def caught_up(kafka: str, mongo: str, groups: Sequence[str]) -> None:
    """Return when these groups have taken in, and published, all that there is for them; those first that others read."""
    client, consumer = new_client(mongo), AIOKafkaConsumer(bootstrap_servers=kafka)
    await consumer.start()
    try:
        for group in groups:
            await eventually(partial(_left, client, consumer, group), lambda left: not left)
    finally:
        await consumer.stop()
        await client.close()


async def _left(client: Client, consumer: AIOKafkaConsumer, group: str) -> Sequence[str]:
    """Say what a group has to do still. Progress is read before the outbox: one transaction moves both."""
    database = client[DATABASES[group]]
    found: list[Any] = [await database["progress"].find_one({"_id": f"{group}/{q}"}) for q in range(PARTITIONS)]
    if None in found:
        return [f"{group} has to begin"]
    unpublished = await database["outbox"].count_documents({"group": group})
    places = {TopicPartition(p["topic"], q): p["next"] for q, document in enumerate(found) for p in document["places"]}
    ends = await consumer.end_offsets(list(places))
    unread = [f"{group} has to read {place}" for place, end in ends.items() if places[place] < end]
    return unread + [f"{group} has to publish {unpublished} chunks"] * bool(unpublished)

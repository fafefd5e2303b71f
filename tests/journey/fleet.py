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

import pytest
from aiokafka import AIOKafkaConsumer

from demo.processes import DemoError, environment, free_port, veche
from shared.fold.mongo import new_client
from tests.catching_up import left
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
            await eventually(partial(left, client[DATABASES[group]], consumer, group), lambda left: not left)
    finally:
        await consumer.stop()
        await client.close()

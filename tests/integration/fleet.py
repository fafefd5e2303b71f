"""Processes of the two chained folds over real parts: started, killed, kept up as a supervisor does, and what they saw."""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from shared.bus import admin
from shared.fold.mongo import Client, new_client
from shared.topics import Key, Topic
from tests.parts import Addresses
from tests.unit.fold.chain import INPUTS, TOPICS

PARTITIONS = 2
PIECE = 60
"""Records sent every tenth of a second: a steady stream keeps every process busy when it is hit."""


@dataclass
class Fleet:
    """The processes of the run."""

    told: dict[str, Any]
    notes: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    logs: dict[str, Path] = field(default_factory=dict)
    fell: list[str] = field(default_factory=list)
    """What processes said that ended by themselves."""
    born: int = 0

    def start(self, name: str, dies: str | None = None) -> None:
        self.born += 1
        told = self.told | {"fold": name.partition("-")[0], "notes": str(self.notes / f"{self.born}.txt"), "dies": dies}
        command = [sys.executable, "-m", "tests.integration.chain_process", json.dumps(told)]
        self.logs[name] = self.notes / f"{self.born}-{name}.log"
        with self.logs[name].open("wb") as log:
            self.running[name] = subprocess.Popen(command, stderr=log)

    def kill(self, name: str) -> None:
        self.running[name].kill()
        self.running[name].wait()

    def keep(self) -> None:
        """Restart what has ended, as a supervisor does."""
        for name, process in list(self.running.items()):
            if process.poll() is not None:
                if process.returncode != -signal.SIGKILL:
                    self.fell.append(f"{name}: {self.logs[name].read_text()[-2_000:]}")
                self.start(name)

    def end(self) -> None:
        for process in self.running.values():
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()

    def seen(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        for path in self.notes.glob("*.txt"):
            for line in path.read_text().splitlines():
                what, number = line.split()
                counts[what] += int(number)
        return counts


@asynccontextmanager
async def fleet(parts: Addresses, notes: Path) -> AsyncIterator[tuple[Fleet, Client, str]]:
    suffix = f".{secrets.token_hex(4)}"
    names = [name.replace(".dlq", f"{suffix}.dlq") if "dlq" in name else name + suffix for name in TOPICS]
    topics = [Topic(name, Key.MEMBER, timedelta(days=1), "") for name in names]
    await admin.apply(parts.kafka, topics, PARTITIONS)
    database = "fire_" + suffix.strip(".")
    ships = Fleet({"suffix": suffix, "kafka": parts.kafka, "mongo": parts.mongo, "database": database}, notes)
    client = new_client(parts.mongo)
    try:
        yield ships, client, suffix
    finally:
        ships.end()
        await client.drop_database(database)
        await client.close()


async def produce(parts: Addresses, suffix: str, numbers: list[tuple[int, int, int]], pace_s: float) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=parts.kafka, acks="all", enable_idempotence=True)
    await producer.start()
    for start in range(0, len(numbers), PIECE):
        sent = [
            await producer.send(
                INPUTS[topic] + suffix, json.dumps({"key": f"k{key}", "n": n, "id": id_}).encode(), f"k{key}".encode()
            )
            for id_, (topic, key, n) in enumerate(numbers[start : start + PIECE], start)
        ]
        await asyncio.gather(*sent)
        await asyncio.sleep(pace_s)
    await producer.stop()


async def counted(client: Client, database: str, name: str) -> int:
    return await client[database][name].count_documents({})


async def settled(ships: Fleet, client: Client, suffix: str, expected: dict[str, int]) -> None:
    """Wait until all entries are there and nothing is left to be published."""
    await entered(ships, client, suffix, expected)
    for _ in range(600):
        ships.keep()
        if not await counted(client, ships.told["database"], "outbox"):
            return
        await asyncio.sleep(0.2)
    pytest.fail("something is left to be published")


async def entered(ships: Fleet, client: Client, suffix: str, expected: dict[str, int]) -> None:
    """Wait until all entries are there."""
    database = ships.told["database"]
    found: dict[str, int] = {}
    for _ in range(600):
        ships.keep()
        found = {group: await counted(client, database, f"{group}{suffix}.entries") for group in expected}
        if found == expected:
            return
        await asyncio.sleep(0.2)
    pytest.fail(f"not settled: {found}, expected {expected}")

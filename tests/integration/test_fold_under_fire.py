"""Promise 2 on the real parts: two replicas of two chained folds, killed and stopped in mid-stream, count exactly."""

from __future__ import annotations

import asyncio
import json
import os
import random
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
RECORDS = 30_000
BLOWS = 12
PIECE = 60
"""Records sent every tenth of a second: a steady stream keeps every process busy when it is hit."""
STOP_S = 8.0
"""A SIGSTOP longer than the session of 6 s: the stopped process wakes as a zombie."""

STANDS_STILL = "stands still before committing"
FIRST = {"sums-0": "before publishing", "sums-1": "after publishing", "tops-0": STANDS_STILL, "tops-1": None}
"""The first processes, and where they die by themselves: those two gaps must be hit in every run."""


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


def state_of(pid: int) -> str:
    """Return the kernel's letter for what a process does."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


async def stopped(process: subprocess.Popen[bytes]) -> None:
    """Wait until the process stands still, or has ended: a lost part ends one, and its supervisor starts another."""
    for _ in range(300):
        if process.poll() is not None or state_of(process.pid) == "T":
            return
        await asyncio.sleep(0.1)
    pytest.fail("the process that was to stand still never did")


async def fenced(ships: Fleet) -> None:
    """Wait until the zombie has met its fence: a blow before that would hide it."""
    for _ in range(100):
        if ships.seen()["fenced"]:
            return
        await asyncio.sleep(0.1)


async def blows(ships: Fleet, chance: random.Random) -> None:
    """Kill and stop, each process in turn, while records flow."""
    zombie = ships.running["tops-0"]
    doomed = [ships.running[name] for name in ("sums-0", "sums-1")]
    for process in doomed:
        await asyncio.to_thread(process.wait)
    ships.keep()
    await stopped(zombie)
    await asyncio.sleep(STOP_S)
    if zombie.poll() is None:
        zombie.send_signal(signal.SIGCONT)
        await fenced(ships)
    for number in range(BLOWS):
        name = f"{('sums', 'tops')[number % 2]}-{chance.randrange(2)}"
        await asyncio.sleep(chance.uniform(0.8, 2.0))
        ships.keep()
        if number % 4 == 3:
            process = ships.running[name]
            os.kill(process.pid, signal.SIGSTOP)
            await asyncio.sleep(STOP_S)
            os.kill(process.pid, signal.SIGCONT)
        else:
            ships.kill(name)
            ships.start(name)


async def counted(client: Client, database: str, name: str) -> int:
    return await client[database][name].count_documents({})


async def settled(ships: Fleet, client: Client, database: str, suffix: str, expected: dict[str, int]) -> None:
    """Wait until all entries are there."""
    found: dict[str, int] = {}
    for _ in range(600):
        ships.keep()
        found = {group: await counted(client, database, f"{group}{suffix}.entries") for group in expected}
        if found == expected and not await counted(client, database, "outbox"):
            return
        await asyncio.sleep(0.2)
    pytest.fail(f"not settled: {found}, expected {expected}")


def right_sums(numbers: list[tuple[int, int, int]]) -> dict[str, tuple[int, int]]:
    totals: dict[str, tuple[int, int]] = {}
    for _, key, n in numbers:
        total, count = totals.get(f"k{key}", (0, 0))
        totals[f"k{key}"] = (total + n, count + 1)
    return totals


@pytest.mark.timeout(400)
async def test_kills_and_zombies_change_no_entry_and_no_figure(
    parts: Addresses, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(7)
    numbers = [(chance.randrange(2), chance.randrange(200), chance.randrange(100)) for _ in range(RECORDS)]
    evens = [(t, k, n) for t, k, n in numbers if n % 2 == 0]

    async with fleet(parts, tmp_path) as (ships, client, suffix):
        database = ships.told["database"]
        for name, dies in FIRST.items():
            ships.start(name, dies)
        await asyncio.gather(produce(parts, suffix, numbers, 0.1), blows(ships, chance))
        await settled(ships, client, database, suffix, {"sums": RECORDS, "tops": RECORDS + len(evens)})
        sums = await client[database][f"sums{suffix}.states"].find().to_list()
        tops = await client[database][f"tops{suffix}.states"].find().to_list()

    seen = ships.seen()
    with capsys.disabled():
        sys.stdout.write(f"\nfold under fire: {BLOWS} blows, {ships.born} processes, {dict(seen)}\n")
    assert {s["_id"]: (s["total"], s["count"]) for s in sums} == right_sums(numbers)
    assert {s["_id"]: (s["total"], s["count"]) for s in tops} == right_sums([*numbers, *evens])
    assert not any(s["disorder"] for s in [*sums, *tops]), "records of one lane were folded out of order"
    assert not seen["dead"]
    assert not ships.fell, "a process ended by itself"
    for what in ("redelivered", "fenced", "republished", "duplicates"):
        assert seen[what] > 0, f"the run never saw: {what}"

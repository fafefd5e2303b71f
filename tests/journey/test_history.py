"""A real community's history through all four services, as processes, on real parts, while the consumers are killed."""

from __future__ import annotations

import asyncio
import csv
import io
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from demo.processes import environment, free_port, veche
from shared.topics import ACTIONS, PARTITIONS, SANCTIONS
from tests.parts import StackFactory
from tests.real_data.test_report_against_oracle import counts

PROCESSES = ("ingest edge", "ingest normaliser", "moderation", "engagement", "reporting")
KILLED = PROCESSES[1:]
"""The edge lives on: killing it would end the import, and a person starts that again."""
BRAND = "apiVersion: veche/v1\nkind: Brand\nmetadata: {name: quantum}\nspec: {title: Quantum}\n"
SPAN = ("--since", "2017-01-01", "--until", "2019-06-01")
SETTLED_S = 120


class Fleet:
    """The services' processes."""

    def __init__(self, env: dict[str, str], logs: Path) -> None:
        self._env, self._logs = env, logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        service, _, role = name.partition(" ")
        env = dict(self._env)
        if role == "normaliser":
            env["VECHE_INGEST_URL"] = f"http://127.0.0.1:{free_port()}"
        command = [sys.executable, "-m", "services", service, "serve", *(("--role", role) if role else ())]
        with (self._logs / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(command, env=env, stdout=log, stderr=log)

    def kill(self, name: str) -> None:
        self._running[name].kill()
        self._running[name].wait()

    def end(self) -> None:
        for name in self._running:
            self.kill(name)


@contextmanager
def fleet(env: dict[str, str], logs: Path) -> Iterator[Fleet]:
    ships = Fleet(env, logs)
    try:
        for name in PROCESSES:
            ships.start(name)
        yield ships
    finally:
        ships.end()


def figures(env: dict[str, str], out: Path) -> dict[tuple[str, str], int]:
    """Return the totals and months of all communities together."""
    veche(env, "report", "--brand", "quantum", *SPAN, "--format", "csv", "--out", str(out))
    rows = csv.DictReader(io.StringIO(out.read_text(encoding="utf-8")))
    return {
        (r["start"], r["figure"]): int(r["value"]) for r in rows if r["value"] and not r["community"] and r["by"] == "month"
    }


def settled(env: dict[str, str], out: Path, content: int) -> dict[tuple[str, str], int]:
    """Ask until all content is counted and nothing changes any more."""
    before: dict[tuple[str, str], int] = {}
    for _ in range(SETTLED_S // 2):
        found = figures(env, out)
        if found == before and sum(n for (_, figure), n in found.items() if figure == "content") >= content:
            return found
        before = found
        time.sleep(2)
    pytest.fail(f"not settled after {SETTLED_S} s")


async def records(servers: str, topic: str) -> int:
    consumer = AIOKafkaConsumer(bootstrap_servers=servers)
    await consumer.start()
    ends = await consumer.end_offsets([TopicPartition(topic, q) for q in range(PARTITIONS)])
    await consumer.stop()
    return sum(ends.values())


@pytest.mark.timeout(300)
def test_history_counts_exactly_while_consumers_are_killed_and_causes_no_act(
    own_stack: StackFactory, real_data: Path, tmp_path: Path
) -> None:
    export = real_data / "exports" / "stackexchange_quantumcomputing"
    oracle = counts(real_data.parent / "oracle" / "counts.py", "stackexchange", export)
    stack = own_stack()
    stack.start()
    env = environment(stack.settings(), {})
    veche(env, "topics", "apply")
    env["VECHE_TOKEN"] = veche(env, "keys", "bootstrap")
    (tmp_path / "brand.yaml").write_text(BRAND)

    with fleet(env, tmp_path) as ships:
        until_listening(env)
        veche(env, "apply", "-f", str(tmp_path / "brand.yaml"))
        first = imported(env, export, ships)
        found = settled(env, tmp_path / "first.csv", oracle["content"])
        veche(env, "ingest", "import", str(export), "--brand", "quantum", "--from", "stackexchange")
        time.sleep(5)
        again = settled(env, tmp_path / "again.csv", oracle["content"])

    by_month = {f"{s[:7]}/{f.removeprefix('content_')}": n for (s, f), n in found.items() if f.startswith("content_") and n}
    assert "0 records set aside" in first
    assert by_month == oracle["content_by_month"]
    assert {s[:7]: n for (s, f), n in found.items() if f == "active_members" and n} == oracle["active_by_month"]
    assert {s[:7]: n for (s, f), n in found.items() if f == "members_joined" and n} == oracle["joined_by_month"]
    assert {s[:7]: n for (s, f), n in found.items() if f == "reactions" and n} == oracle["reactions_by_month"]
    assert again == found
    for topic in (ACTIONS, SANCTIONS):
        assert asyncio.run(records(env["VECHE_KAFKA"], topic.name)) == 0, f"history caused records in {topic.name}"


def until_listening(env: dict[str, str]) -> None:
    for _ in range(100):
        try:
            veche(env, "get", "brand")
        except RuntimeError:
            time.sleep(0.3)
        else:
            return
    pytest.fail("the edge does not listen")


def imported(env: dict[str, str], export: Path, ships: Fleet) -> str:
    """Import, killing and starting every consumer in turn until the import is over and each was killed once."""
    told: list[str] = []

    def run() -> None:
        told.append(veche(env, "ingest", "import", str(export), "--brand", "quantum", "--from", "stackexchange"))

    importing = threading.Thread(target=run)
    importing.start()
    for name in KILLED:
        time.sleep(0.7)
        ships.kill(name)
        ships.start(name)
    importing.join(timeout=120)
    return told[0]

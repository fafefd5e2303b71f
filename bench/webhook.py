"""The webhook, with a real Kafka behind it, as a share of a bare FastAPI endpoint that only reads the body."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from bench import load, population
from demo.processes import free_port, veche

REQUESTS = 20_000
BAR = 0.6
UNLIMITED = dict.fromkeys(("VECHE_HOOK_RATE", "VECHE_HOOK_BURST", "VECHE_EVENTS_RATE", "VECHE_EVENTS_BURST"), "1000000")
"""Far above what is sent: tokens are taken from Redis all the same."""
SECRET = "bench-secret"  # noqa: S105 - for one run
BRAND = """
apiVersion: veche/v1
kind: Brand
metadata: {name: bench}
spec: {title: Bench}
---
apiVersion: veche/v1
kind: Connection
metadata: {name: bench, brand: bench}
spec: {platform: telegram, secrets: [{env: BENCH_SECRET}]}
"""


class Edge(NamedTuple):
    """A running edge, with a connection and a brand of its own."""

    port: int
    pid: int
    env: Mapping[str, str]
    token: str


@contextmanager
def edge(parts: Mapping[str, str], state: Path) -> Iterator[Edge]:
    """Run an edge until the block ends."""
    port = free_port()
    addressed = {"VECHE_INGEST_URL": f"http://127.0.0.1:{port}", "BENCH_SECRET": SECRET}
    env = {**os.environ, **parts, **UNLIMITED, **addressed}  # noqa: TID251 - children inherit it
    with serving([sys.executable, "-m", "services", "ingest", "serve", "--role", "edge"], env, port) as process:
        env["VECHE_TOKEN"] = veche(env, "keys", "bootstrap")
        file = state / "bench-brand.yaml"
        file.write_text(BRAND)
        veche(env, "apply", "-f", str(file))
        made = veche(env, "keys", "create", "bench", "--brand", "bench", "--scope", "events:write")
        time.sleep(3)  # a new connection is known after two
        yield Edge(port, process.pid, env, made)


def hooks(bodies: list[bytes]) -> list[bytes]:
    """Return the requests to the webhook."""
    headers = {"x-telegram-bot-api-secret-token": SECRET, "content-type": "application/json"}
    return load.requests("/v1/hooks/bench", headers, bodies)


def row(parts: Mapping[str, str], state: Path, runs: int) -> tuple[str, ...]:
    """Measure both in turn; return the row of the table."""
    made = hooks(load.repeated(population.updates(5_000), REQUESTS))
    with edge(parts, state) as served, bare(served.env) as bare_port:
        pairs = [(one(bare_port, made), one(served.port, made)) for _ in range(runs)]
        memory = resident(served.pid)
    return told("webhook", REQUESTS, pairs, BAR, memory, "1 record")


def told(name: str, count: int, pairs: Sequence[tuple[float, float]], bar: float, memory: int, made: str) -> tuple[str, ...]:
    """Return the row of the table: the bare rates and ours, side by side."""
    share = statistics.median(ours / bare_rate for bare_rate, ours in pairs)
    bare_rate, ours = (statistics.median(found) for found in zip(*pairs, strict=True))
    return (name, f"{count:,}", f"{bare_rate:,.0f}", f"{ours:,.0f}", f"{share:.1%}", f"{bar:.0%}", f"{memory}", made)


@contextmanager
def bare(env: Mapping[str, str]) -> Iterator[int]:
    """Run the bare endpoints; yield their port."""
    port = free_port()
    with serving([sys.executable, "-m", "bench.bare", str(port)], env, port):
        yield port


def one(port: int, made: list[bytes], connections: int = load.CONNECTIONS) -> float:
    """Return the rate of one run. Raises where an answer was no success: a refusal is not work."""
    found, answers = asyncio.run(load.rate(port, made, connections))
    if not answers.keys() <= {"200", "202"}:
        raise RuntimeError(f"answers other than success: {answers}")
    return found


def resident(pid: int) -> int:
    """Return the resident memory of a process in MB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1_000_000


@contextmanager
def serving(command: list[str], env: Mapping[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends."""
    process = subprocess.Popen(command, env=dict(env), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            time.sleep(0.2)
            try:
                if httpx.get(f"http://127.0.0.1:{port}/health/ready").is_success:
                    break
            except httpx.HTTPError:
                continue
        yield process
    finally:
        process.terminate()
        process.wait()

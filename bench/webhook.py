"""The webhook, with a real Kafka behind it, as a share of a bare FastAPI endpoint that only reads the body."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from bench import load, population
from demo.processes import free_port, veche

REQUESTS = 20_000
BAR = 0.6
UNLIMITED = {"VECHE_HOOK_RATE": "1000000", "VECHE_HOOK_BURST": "1000000"}
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


def row(parts: Mapping[str, str], state: Path, runs: int) -> tuple[str, ...]:
    """Measure both in turn; return the row of the table."""
    port, bare_port = free_port(), free_port()
    env = {**os.environ, **parts, **UNLIMITED, "VECHE_INGEST_URL": f"http://127.0.0.1:{port}", "BENCH_SECRET": SECRET}  # noqa: TID251
    headers = {"x-telegram-bot-api-secret-token": SECRET, "content-type": "application/json"}
    made = load.requests("/v1/hooks/bench", headers, load.repeated(population.updates(5_000), REQUESTS))
    with serving([sys.executable, "-m", "services", "ingest", "serve", "--role", "edge"], env, port) as edge:
        env["VECHE_TOKEN"] = veche(env, "keys", "bootstrap")
        file = state / "bench-brand.yaml"
        file.write_text(BRAND)
        veche(env, "apply", "-f", str(file))
        time.sleep(3)  # a new connection is known after two
        with serving([sys.executable, "-m", "bench.bare", str(bare_port)], env, bare_port):
            pairs = [(one(bare_port, made), one(port, made)) for _ in range(runs)]
        memory = resident(edge.pid)
    share = statistics.median(edge_rate / bare for bare, edge_rate in pairs)
    bare, edge_rate = (statistics.median(found) for found in zip(*pairs, strict=True))
    return (
        "webhook",
        f"{REQUESTS:,}",
        f"{bare:,.0f}",
        f"{edge_rate:,.0f}",
        f"{share:.1%}",
        f"{BAR:.0%}",
        f"{memory}",
        "1 record",
    )


def one(port: int, made: list[bytes]) -> float:
    """Return the rate of one run. Raises where an answer was not 200: a refusal is not work."""
    found, answers = asyncio.run(load.rate(port, made))
    if set(answers) != {"200"}:
        raise RuntimeError(f"answers other than 200: {answers}")
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

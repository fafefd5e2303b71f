"""How fast a history comes into Kafka: `python -m bench.imports`, end to end beside its parts.

The command `veche ingest import` reads a made-up Slack export and sends it to an edge and a normaliser in one process, with
real Kafka and MongoDB behind; broker, store, service and command share the machine. Beside it stand what the reader alone
makes, and what the edge answers to one client that sends batches which are ready: the import cannot be faster than either.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.table import Table

from bench.webhook import serving
from demo.processes import free_port, veche
from deploy.native.parts import CORE
from deploy.native.places import Places, PlaceSettings, cache_of
from deploy.native.stack import Stack
from services.ingest.cli.sender import BATCH_EVENTS
from services.ingest.importers import IMPORTERS
from services.ingest.importers.importer import Broken, Where
from shared.events import Envelope, encode

STATE = Path(".veche/bench")
EVENTS = 100_000
BAR = 5_000
"""Events a second into Kafka."""
BRAND = "apiVersion: veche/v1\nkind: Brand\nmetadata: {name: bench}\nspec: {title: Bench}\n"
DAY_S = 86_400
console = Console(width=120)


def main(events: Annotated[int, typer.Option()] = EVENTS) -> None:
    """Measure. Ends with 1 where the import is below its bar."""
    stack = Stack(Places(STATE.resolve(), cache_of(PlaceSettings())))
    stack.reset()
    stack.start(*CORE)
    try:
        port = free_port()
        env = {**os.environ, **stack.settings(), "VECHE_INGEST_URL": f"http://127.0.0.1:{port}"}  # noqa: TID251
        command = [sys.executable, "-m", "services", "ingest", "serve"]
        veche(env, "topics", "apply")
        with serving(command, env, port):
            env["VECHE_TOKEN"] = veche(env, "keys", "bootstrap")
            (STATE / "brand.yaml").write_text(BRAND)
            veche(env, "apply", "-f", str(STATE / "brand.yaml"))
            rows = measured(env, events)
    finally:
        stack.stop()
    table = Table("what", "events/s")
    for name, rate in rows.items():
        table.add_row(name, f"{rate:,.0f}")
    console.print(table)
    raise typer.Exit(0 if rows["import into Kafka"] >= BAR else 1)


def measured(env: dict[str, str], events: int) -> dict[str, float]:
    """Return the rates: of the reader, of ready batches, of the whole."""
    first, second = (export(STATE / f"slack_bench{n}", events) for n in (1, 2))
    began = time.perf_counter()
    ready = [encode(event) for event in read(first)]
    reader = len(ready) / (time.perf_counter() - began)
    began = time.perf_counter()
    post(env, ready)
    edge = len(ready) / (time.perf_counter() - began)
    began = time.perf_counter()
    told = veche(env, "ingest", "import", str(second), "--brand", "bench", "--from", "slack")
    whole = len(ready) / (time.perf_counter() - began)
    console.print(told)
    return {"reader alone": reader, "ready batches, one client": edge, "import into Kafka": whole}


def read(folder: Path) -> list[Envelope]:
    where = Where(brand="bench", recordedtime=datetime(2026, 1, 1, tzinfo=UTC))
    return [event for event in IMPORTERS["slack"].read(folder, where) if not isinstance(event, Broken)]


def post(env: dict[str, str], ready: list[bytes]) -> None:
    """Send batches one after the other, and wait where the edge asks for it."""
    headers = {"authorization": f"Bearer {env['VECHE_TOKEN']}"}
    with httpx.Client(base_url=env["VECHE_INGEST_URL"], headers=headers, timeout=60) as client:
        for start in range(0, len(ready), BATCH_EVENTS):
            body = b"[" + b",".join(ready[start : start + BATCH_EVENTS]) + b"]"
            while (answer := client.post("/v1/events?brand=bench&imported=true", content=body)).status_code in {429, 503}:
                time.sleep(1)
            answer.raise_for_status()


def export(folder: Path, events: int) -> Path:
    """Write an export of ten channels over a month; return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "users.json").write_text(json.dumps([{"id": f"U{n}", "name": f"user{n}"} for n in range(1_000)]))
    (folder / "channels.json").write_text(json.dumps([{"id": f"C{n}", "name": f"room{n}"} for n in range(10)]))
    each = events // 300
    for room in range(10):
        (folder / f"room{room}").mkdir(exist_ok=True)
        for day in range(30):
            rows = [message(room, day, n, each) for n in range(each)]
            (folder / f"room{room}" / f"2026-01-{day + 1:02}.json").write_text(json.dumps(rows))
    return folder


def message(room: int, day: int, number: int, each: int) -> dict[str, str]:
    """Return a message of about the length that people write."""
    at = 1_767_225_600 + day * DAY_S + number * DAY_S // each
    said = f"message {number} of the day in room {room}, and some more words that a person would write here"
    return {"type": "message", "user": f"U{number % 1_000}", "text": said, "ts": f"{at}.{room:06}"}


if __name__ == "__main__":
    typer.run(main)

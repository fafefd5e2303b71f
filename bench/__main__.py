"""`make bench`: each consumer as a share of the bare loop over the same topic in the same run; the webhook likewise."""

from __future__ import annotations

import asyncio
import json
import secrets
import statistics
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bench import batch, webhook
from bench.folds import FOLDS, filling
from deploy.native.parts import CORE
from deploy.native.places import Places, PlaceSettings, cache_of
from deploy.native.stack import Stack
from shared.bus import admin
from shared.bus.publisher import Publisher
from shared.topics import declared

STATE = Path(".veche/bench")
RUNS = 5
RECORDS = 60_000
SHARE = 4
"""The column of the share; the bar stands beside it."""
EDGE = {"webhook": webhook.row, "events": batch.row}
"""What is measured over HTTP, by name."""
console = Console(width=160)


def main(
    only: Annotated[list[str] | None, typer.Option(help="Measure only these consumers (or `webhook`, `events`).")] = None,
    records: Annotated[int, typer.Option()] = RECORDS,
    runs: Annotated[int, typer.Option()] = RUNS,
) -> None:
    """Measure. Ends with 1 where a consumer is below its bar."""
    stack = Stack(Places(STATE.resolve(), cache_of(PlaceSettings())))
    stack.reset()
    stack.start(*CORE)
    try:
        parts = stack.settings()
        chosen = [name for name in FOLDS if not only or name in only]
        filled = asyncio.run(_fill(parts, records, {FOLDS[name].topic for name in chosen}))
        table = Table("consumer", "records", "bare loop /s", "consumer /s", "share", "bar", "memory MB", "per record")
        rows = [add(table, measured(parts, name, filled[FOLDS[name].topic], runs)) for name in chosen]
        rows += [add(table, row(parts, STATE, runs)) for name, row in EDGE.items() if not only or name in only]
        below = [row[0] for row in rows if float(row[SHARE].rstrip("%")) < float(row[SHARE + 1].rstrip("%"))]
        console.print(table)
    finally:
        stack.stop()
    if below:
        console.print(f"[red]below the bar: {', '.join(below)}[/red]")
        raise typer.Exit(1)


def add(table: Table, row: tuple[str, ...]) -> tuple[str, ...]:
    """Add a row, and show it at once: the whole run takes minutes."""
    table.add_row(*row)
    console.print(" | ".join(row))
    return row


async def _fill(parts: Mapping[str, str], records: int, topics: set[str]) -> dict[str, int]:
    await admin.apply(parts["VECHE_KAFKA"], declared(), partitions=1)
    publisher = Publisher(parts["VECHE_KAFKA"])
    await publisher.start()
    counts = {}
    for topic, filled in filling(records).items():
        if topic in topics:
            for start in range(0, len(filled), 1_000):
                await publisher.send_all(topic, filled[start : start + 1_000])
            counts[topic] = len(filled)
    await publisher.stop()
    return counts


def measured(parts: Mapping[str, str], name: str, records: int, runs: int) -> tuple[str, ...]:
    """Run bare loop and consumer in turn; return the row of the table, by medians."""
    bares, folds = [], []
    for _ in range(runs):
        bares.append(_run(parts, name, records, bare=True))
        folds.append(_run(parts, name, records, bare=False))
    share = statistics.median(f["rate"] / b["rate"] for f, b in zip(folds, bares, strict=True))
    bare, fold = (statistics.median(run["rate"] for run in found) for found in (bares, folds))
    last = folds[-1]
    work = ", ".join(f"{last[what] / records:.2f} {what}" for what in ("states", "entries", "outputs"))
    if last["dead"]:
        work += f", {last['dead']} DEAD"
    early, most = (max(f[what] for f in folds) for what in ("memory_mb_early", "memory_mb"))
    console.print(f"{name}: memory {early} MB after a fifth of the records, at most {most} MB")
    return (
        name,
        f"{records:,}",
        f"{bare:,.0f}",
        f"{fold:,.0f}",
        f"{share:.1%}",
        f"{FOLDS[name].bar:.0%}",
        f"{most:.0f}",
        work,
    )


def _run(parts: Mapping[str, str], name: str, records: int, *, bare: bool) -> dict[str, Any]:
    told = {
        "consumer": name, "bare": bare, "records": records, "kafka": parts["VECHE_KAFKA"], "mongo": parts["VECHE_MONGO"],
        "group": f"bench-{secrets.token_hex(4)}", "database": f"bench_{secrets.token_hex(4)}",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "bench.consumers", json.dumps(told)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        console.print(f"[red]{name} failed[/red]:\n{done.stderr[-3000:]}")
        raise typer.Exit(1)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    typer.run(main)

"""How many events a simulation of rewards takes a second, and its memory: `python -m bench.simulate [records]`.

The population of the other benchmarks, told in twelve communities, so in all partitions; Kafka is left out. The candidate
changes every rule, so no state is the same under both.
"""

from __future__ import annotations

import asyncio
import sys
import time
import zlib
from collections.abc import AsyncGenerator, Collection, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from bench.backtest import Empty, Kept
from bench.population import events, updates
from services.engagement.cli.simulate import policies
from services.engagement.simulating.run import Simulation, Task
from shared.bus.partition import partition_of
from shared.bus.record import Record
from shared.candidate import CandidateShelf
from shared.events import Envelope, encode
from shared.fold.retelling import Span
from shared.topics import EVENTS, PARTITIONS

COUNT, PIECE, PLACES = 200_000, 100_000, 12
BRAND = "bench"
BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
CANDIDATE = {
    "rules": [
        {"id": "content", "for": "content", "points": 3, "cap_per_day": 40, "when": "content.length > 20"},
        {"id": "reaction", "for": "reaction", "points": 2, "cap_per_day": 30, "karma": 1},
        {"id": "came", "for": "join", "points": 20, "once": True},
    ],
    "caps": {"community_per_day": 60},
}


def told(first: int, count: int) -> Sequence[Envelope]:
    """Return a piece of the population's events; no two pieces have a content in common."""
    return [event for event in events(updates(count, seed=first + 1)) if event.purpose is None]


class Moving:
    """Puts events into communities, and names authors as the normaliser does."""

    def __init__(self) -> None:
        self._authors: dict[str, str] = {}

    def moved(self, event: Envelope, piece: int) -> Envelope:
        """Return an event of a piece in its community, which is the same for what concerns the same content."""
        data: Any = event.data  # type: ignore[attr-defined] # every event has data
        if data.content_id is not None:
            content = f"{data.content_id}/{piece}"
            author = self._authors.setdefault(content, data.actor.id)
            data = replace(data, content_id=content, content_author=author)
        place = f"{event.community}/{zlib.crc32((data.content_id or event.id).encode()) % PLACES}"
        changed: Any = {"id": f"{event.id}/{piece}", "community": place, "data": data}
        return replace(event, **changed)


def resident_mb() -> float:
    """Return how much memory this process holds."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4_096 / (1 << 20)


def log(count: int) -> list[list[Record]]:
    """Return the records of all partitions."""
    moving = Moving()
    kept: list[list[Record]] = [[] for _ in range(PARTITIONS)]
    for first in range(0, count, PIECE):
        for n, event in enumerate(told(first, min(PIECE, count - first)), first):
            here = moving.moved(event, first)
            key = f"{here.brand}/{here.community}".encode()
            q = partition_of(key, PARTITIONS)
            kept[q].append(Kept(EVENTS.name, q, n, round(BEGIN.timestamp() * 1000) + n, key, encode(here)))
    return kept


def main() -> None:
    """Print the rate, and how much memory the simulation added."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with ProcessPoolExecutor(1) as pool:  # what it takes to make them is not to be counted
        kept = pool.submit(log, count).result()

    async def read(topic: str, partitions: Collection[int], since_ms: int | None) -> AsyncGenerator[Record]:
        del since_ms
        for q in partitions if topic == EVENTS.name else ():
            for record in kept[q]:
                yield record

    candidate = policies(CandidateShelf(Empty(), BRAND, {"default": CANDIDATE}, step=0))
    task = Task(BRAND, ("default",), Span(BEGIN, BEGIN, BEGIN + timedelta(days=30)), policies(Empty()), candidate)
    made, before, began = Simulation(task, read), resident_mb(), time.perf_counter()
    report = asyncio.run(made.run())
    elapsed_s, grown = time.perf_counter() - began, resident_mb() - before
    members = report.spread.candidate.earners
    print(f"{report.events / elapsed_s:,.0f} records/s over {report.events:,}, {members:,} members, {grown:.0f} MB more")


if __name__ == "__main__":
    main()

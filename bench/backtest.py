"""How many events a backtest judges a second, and the memory that it takes: `python -m bench.backtest`.

The population of the other benchmarks, in one community, so in one partition; Kafka is left out. The candidate adds the
policy of fifty rules and two thousand words (`bench/policy.py`) to the built-in one.
"""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import AsyncGenerator, Collection
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from bench import policy
from bench.population import events, updates
from services.moderation.backtest.candidate import InPlace
from services.moderation.backtest.run import Backtest, Task
from services.moderation.cases.truth import Truth
from services.moderation.cli.backtest import book
from shared.bus.record import Headers, Record
from shared.candidate import CandidateShelf
from shared.events import encode
from shared.fold.retelling import Span
from shared.policy import Version
from shared.topics import EVENTS

COUNT = 100_000
BEGIN = datetime(2026, 3, 2, tzinfo=UTC)


class Kept(NamedTuple):
    """A record that is in memory."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


class Empty:
    """A shelf without versions."""

    async def all(self, kind: str) -> list[Version]:
        """Return none."""
        del kind
        return []


def main() -> None:
    """Print the rate, and how much memory the backtest added."""
    told = [event for event in events(updates(COUNT)) if event.purpose is None]
    brand = told[0].brand
    began_ms = round(BEGIN.timestamp() * 1000)
    log = [Kept(EVENTS.name, 0, n, began_ms + n, f"{brand}/x".encode(), encode(event)) for n, event in enumerate(told)]

    async def read(topic: str, partitions: Collection[int], since_ms: int | None) -> AsyncGenerator[Record]:
        del since_ms
        for record in log if topic == EVENTS.name and 0 in partitions else ():
            yield record

    live = book(Empty())
    candidate = InPlace(book(CandidateShelf(Empty(), brand, {"default": policy.spec()})), live)
    span = Span(BEGIN, BEGIN, BEGIN + timedelta(days=30))
    task = Task(brand, ("default",), span, live, candidate, Truth({}, frozenset()))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    report = asyncio.run(Backtest(task, read).run())
    elapsed_s = time.perf_counter() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{len(log) / elapsed_s:,.0f} records/s, {report.events / elapsed_s:,.0f} judged events/s, {grown:.0f} MB more")


if __name__ == "__main__":
    main()

"""`GET /v1/members/{member}` at a steady rate while the ledger works: `python -m bench.balance`. Ends with 1 above BAR_MS.

Another process publishes grants at a steady rate; ledger, leaderboards and API are one process, as they are served.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from typing import Annotated

import httpx
import typer

from bench.points import BEGIN, BRAND, Served, engagement, p50_p99, stack, waits_ms
from shared.bus.publisher import Publisher
from shared.bus.record import Outgoing
from shared.events import encode
from shared.events.engagement import Points, PointsGranted
from shared.settings import Settings
from shared.topics import GRANTS

RATE, GRANTS_RATE, SECONDS, WARM_S = 300, 100, 20, 4
"""Reads a second, grants a second."""
BAR_MS = 20.0
"""For 99 of 100, from the moment at which a request was due."""
MEMBERS = 20_000
STEP_S = 0.05


def _grant(number: int, member: str) -> Outgoing:
    at = BEGIN + timedelta(seconds=number // GRANTS_RATE)
    data = Points(member=member, cause=f"c{number}", rule="r", version=1, uncapped=2, day=at.date(), cap=20)
    granted = PointsGranted(
        id=f"g{number}", source="bench", time=at, brand=BRAND, recordedtime=at, community="telegram:-1", data=data
    )
    return Outgoing(f"{BRAND}/{member}".encode(), encode(granted), ())


def publish(kafka: str, rate: int, seconds: float) -> int:
    """Publish grants at a steady rate; return how many."""
    chance = random.Random(3)

    async def run() -> int:
        publisher, sent = Publisher(kafka), 0
        await publisher.start()
        began = time.perf_counter()
        while (elapsed := time.perf_counter() - began) < seconds:
            due = int(elapsed * rate)
            made = [_grant(number, f"telegram:{chance.randrange(MEMBERS)}") for number in range(sent, due)]
            if made:
                await publisher.send_all(GRANTS.name, made)
            sent = due
            await asyncio.sleep(STEP_S)
        await publisher.stop()
        return sent

    return asyncio.run(run())


def issued(served: Served) -> int:
    """Return how many points the ledger has issued."""
    with httpx.Client(base_url=served.url, headers=dict(served.headers), timeout=60) as http:
        return int(http.get("/v1/statement").json()["issued"])


def _measured(settings: Settings, rate: int, grants: int, seconds: int) -> tuple[list[float], list[float], int]:
    chance = random.Random(4)
    paths = [f"/v1/members/telegram:{chance.randrange(MEMBERS)}" for _ in range(rate * seconds)]
    with engagement(settings) as served, ProcessPoolExecutor(1) as pool:
        publishing = pool.submit(publish, settings.kafka, grants, seconds + 2 * WARM_S)
        asyncio.run(waits_ms(served, paths[: rate * WARM_S], rate))  # warm
        before = issued(served)
        found, empty = asyncio.run(_both(served, paths, rate))
        posted = (issued(served) - before) // 2
        publishing.result()
        return found, empty, posted


async def _both(served: Served, paths: Sequence[str], rate: int) -> tuple[list[float], list[float]]:
    """Ask for balances and, a tenth as often, for what needs no database: what the machine alone makes others wait."""
    empty = ["/health/live"] * (len(paths) // 10)
    balances, others = await asyncio.gather(waits_ms(served, paths, rate), waits_ms(served, empty, rate / 10))
    return balances, others


def main(
    rate: Annotated[int, typer.Option(help="Reads a second.")] = RATE,
    grants: Annotated[int, typer.Option(help="Grants a second.")] = GRANTS_RATE,
    seconds: Annotated[int, typer.Option()] = SECONDS,
) -> None:
    """Measure."""
    with stack() as settings:
        found, empty, posted = _measured(settings, rate, grants, seconds)
    p50, p99 = p50_p99(found)
    typer.echo(
        f"{len(found):,} balances at {rate}/s while {posted:,} grants were posted ({grants}/s): half within {p50:.1f} ms, "
        f"99 of 100 within {p99:.1f} ms (bar: {BAR_MS:.0f})"
    )
    half, most = p50_p99(empty)
    typer.echo(f"an endpoint without database, at the same time: half within {half:.1f} ms, 99 of 100 within {most:.1f} ms")
    raise typer.Exit(p99 > BAR_MS)


if __name__ == "__main__":
    typer.run(main)

"""Pages of a leaderboard of a million members: `python -m bench.boards [--members N]`. Ends with 1 above BAR_MS.

The tallies are put into MongoDB as the fold writes them, and as many entries; the service writes the boards to Redis by
itself. Pages are asked for over HTTP, at offsets all over the board, and places of members.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import httpx
import typer

from bench.points import BRAND, Served, engagement, p50_p99, stack, waits_ms
from services.engagement.rules.tallies import Earned, Tally, document_of, with_earned
from shared.bus.partition import partition_of
from shared.clock import SystemClock
from shared.fold.mongo import Client, new_client
from shared.settings import Settings
from shared.topics import PARTITIONS

MEMBERS = 1_000_000
PAGES = 300
PAGE = 100
RATE = 40.0
"""Requests a second: what people who look at boards ask."""
BAR_MS = 20.0
AT_ONCE = 10_000
COMMUNITY = "telegram:-1"


def values(members: int) -> Iterator[tuple[str, int]]:
    """Yield members and their points: many are equal, as everywhere."""
    chance = random.Random(1)
    for number in range(members):
        yield f"telegram:{7_000_000_000 + number}", int(chance.paretovariate(0.8))


async def fill(settings: Settings, members: int, now: datetime) -> None:
    """Put tallies and entries into MongoDB."""
    client: Client = new_client(settings.mongo)
    database, day = client[settings.database("engagement")], now.toordinal()
    tallies, entries = list[dict[str, Any]](), list[dict[str, Any]]()

    async def put() -> None:
        await database["boards.states"].insert_many(tallies, ordered=False)
        await database["ledger.entries"].insert_many(entries, ordered=False)
        tallies.clear()
        entries.clear()

    for member, points in values(members):
        key = f"{BRAND}/{member}"
        tally = with_earned(Tally(BRAND, member), Earned(BRAND, member, COMMUNITY, day, day, points, 1))
        tallies.append({"_id": key, "q": partition_of(key.encode(), PARTITIONS)} | document_of(tally))
        told = {"_id": member, "brand": BRAND, "member": member, "n": 1, "at": now, "rule": "content", "applied": points}
        entries.append(told | {"karma": 1, "community": COMMUNITY, "day": now.date().isoformat()})
        if len(tallies) == AT_ONCE:
            await put()
    if tallies:
        await put()
    await client.close()


def live_after_s(served: Served, members: int) -> float:
    """Return how long it took until the live board was whole."""
    began = time.perf_counter()
    with httpx.Client(base_url=served.url, headers=dict(served.headers), timeout=60) as http:
        while True:
            answer = http.get("/v1/boards", params={"limit": 1})
            if answer.is_success and answer.json()["source"] == "live" and answer.json()["members"] == members:
                return time.perf_counter() - began
            time.sleep(1)


def paths(members: int, offset: int | None) -> Sequence[str]:
    """Return what is asked: pages about an offset, or places of members where there is none."""
    chance = random.Random(2)
    if offset is None:
        numbers = [7_000_000_000 + chance.randrange(members) for _ in range(PAGES)]
        return [f"/v1/boards/members/telegram:{number}?around=5" for number in numbers]
    return [f"/v1/boards?offset={min(offset + chance.randrange(PAGE), members - PAGE)}&limit={PAGE}" for _ in range(PAGES)]


def main(members: Annotated[int, typer.Option()] = MEMBERS) -> None:
    """Measure."""
    now, slow = SystemClock().now().astimezone(UTC).replace(microsecond=0), False
    with stack() as settings:
        asyncio.run(fill(settings, members, now))
        with engagement(settings) as served:
            typer.echo(f"{members:,} members on 16 boards: live {live_after_s(served, members):.0f} s after the start")
            asyncio.run(waits_ms(served, paths(members, 0)[:20], RATE))  # warm
            offsets = {"first": 0, "1,000": 1_000, "middle": members // 2, "last": members, "place": None}
            for name, offset in offsets.items():
                p50, p99 = p50_p99(asyncio.run(waits_ms(served, paths(members, offset), RATE)))
                slow |= p99 > BAR_MS
                typer.echo(f"{name}: half within {p50:.1f} ms, 99 of 100 within {p99:.1f} ms (bar: {BAR_MS:.0f})")
            with httpx.Client(base_url=served.url, headers=dict(served.headers), timeout=60) as http:
                began = time.perf_counter()
                answer = http.get("/v1/boards", params={"as_of": now.isoformat()})
                typer.echo(f"as of a past moment: {answer.status_code} after {time.perf_counter() - began:.1f} s")
    raise typer.Exit(slow)


if __name__ == "__main__":
    typer.run(main)

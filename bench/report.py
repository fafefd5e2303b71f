"""How long a year's report and the overview take, and how much a year of hours weighs: `python -m bench.report`.

Ends with 1 beyond a bar.

The year: one community of 100,000 members by Zipf and five million events (70 of 100 are messages, of these a tenth
questions and a fifth replies), folded by the service's own fold in memory and stored as it stores. The weight: 1,000
communities, of whose hours a tenth has something in it, each with a dozen counts.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import statistics
import sys
import time
from bisect import bisect
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

import httpx
import typer
from bson.raw_bson import RawBSONDocument

from bench.points import BRAND, Served, stack
from bench.webhook import serving
from demo.processes import free_port
from services.reporting.figures import HOUR_COUNTS
from services.reporting.figures.buckets import hour, membership, presence, question
from services.reporting.figures.buckets.hours import HOUR_S, month_of
from services.reporting.handlers import FIGURES_GROUP, Figures
from shared.directory import Directory, Principal, Role, Scope
from shared.fold.draft import encoded_states
from shared.fold.mongo import new_client
from shared.settings import Settings

EVENTS, MEMBERS = 5_000_000, 100_000
YEAR = datetime(2025, 1, 1, tzinfo=UTC)
YEAR_S = 365 * 86_400
COMMUNITY = "telegram:-100123"
COMMUNITIES, ACTIVE = 1_000, 0.1
REPORT_S_MAX, OVERVIEW_S_MAX, STORED_BYTES_MAX = 10.0, 0.3, 2_000_000_000
LOOKS = 20
"""How often the overview is looked at, after the first time; the median counts."""
AT_ONCE = 20_000
MESSAGES, QUESTIONS, REPLIES = 0.7, 0.1, 0.3
"""Shares of events, and of messages: below QUESTIONS it asks, below REPLIES it answers."""

Fact = tuple[str, Any]


def facts(events: int) -> Iterator[Fact]:
    """Yield what the events of the year tell, as the fold reads it: a key, and a fact about it."""
    chance = random.Random(7)
    sums = list(itertools.accumulate(1 / rank for rank in range(1, MEMBERS + 1)))
    asked: list[tuple[str, str | None]] = [("0", None)]
    for number in range(events):
        second = YEAR.timestamp() + number * YEAR_S / events
        at = int(second // HOUR_S)
        key, place = f"hour {BRAND}/{COMMUNITY}/{at}", (BRAND, COMMUNITY)
        if chance.random() >= MESSAGES:
            yield key, hour.Counted(*place, at, (("reactions_added", 1),))
            continue
        member = f"telegram:{7_000_000_000 + bisect(sums, chance.random() * sums[-1])}"
        month, content, kind = month_of(at), str(number), chance.random()
        answered, author = chance.choice(asked[-20:]) if QUESTIONS < kind < REPLIES else (None, None)
        seen = presence.Seen(*place, member, month, 1 << (at - month), author if author != member else None)
        yield key, hour.Counted(*place, at, (("content_message", 1), ("format_text", 1)))
        yield presence.key_of(*place, month, member), seen
        yield membership.key_of(*place, member), membership.Wrote(*place, member, second, content)
        if kind < QUESTIONS:
            asked.append((content, member))
            yield question.key_of(*place, content), question.Asked(*place, second, member)
        elif answered is not None:
            yield question.key_of(*place, answered), question.Answered(*place, second, member, is_staff=False)


def weights() -> Iterator[Fact]:
    """Yield a year of hours of many communities."""
    chance, names = random.Random(3), HOUR_COUNTS[:12]
    first = int(YEAR.timestamp() // HOUR_S)
    for number in range(COMMUNITIES):
        place = f"portal:forum-{number}"
        for at in range(first, first + YEAR_S // HOUR_S):
            if chance.random() < ACTIVE:
                counts = tuple((name, chance.randrange(1, 500)) for name in names)
                yield f"hour weight/{place}/{at}", hour.Counted("weight", place, at, counts)


async def store(settings: Settings, told: Iterable[Fact]) -> int:
    """Fold all of it, and store the states as the service does; return how many."""
    fold, states = Figures(), dict[str, Any]()
    for key, fact in told:
        states[key] = fold.evolve(states.get(key), fact).state
    client = new_client(settings.mongo)
    collection = client[settings.database("reporting")][f"{FIGURES_GROUP}.states"]
    keys = iter(states)
    while some := list(itertools.islice(keys, AT_ONCE)):
        raw = encoded_states(fold, 0, {key: states[key] for key in some})
        await collection.insert_many([RawBSONDocument(one) for one in raw.values() if one is not None], ordered=False)
    await client.close()
    return len(states)


async def stored_bytes(settings: Settings) -> int:
    """Return what the states take on disk, with their indexes."""
    client = new_client(settings.mongo)
    await client.admin.command("fsync")
    found = await client[settings.database("reporting")].command("collStats", f"{FIGURES_GROUP}.states")
    await client.close()
    return int(found["storageSize"] + found["totalIndexSize"])


async def token(settings: Settings) -> str:
    """Return a key that may read the figures."""
    client = new_client(settings.mongo)
    directory = Directory(client, settings.database("directory"))
    await directory.put("Brand", BRAND, BRAND, {"title": "Bench"})
    made = await directory.grant(Principal("bench", Role.KEY, BRAND, frozenset({Scope.FIGURES_READ})), YEAR, "bench")
    await client.close()
    return made


def asked_s(served: Served, path: str, **params: str) -> float:
    """Return how long an answer takes, in seconds."""
    days = {"since": "2025-01-01", "until": "2026-01-01"}
    with httpx.Client(base_url=served.url, headers=dict(served.headers), timeout=120) as http:
        began = time.perf_counter()
        http.get(path, params=days | params).raise_for_status()
        return time.perf_counter() - began


def main(events: Annotated[int, typer.Option()] = EVENTS) -> None:
    """Measure."""
    with stack() as settings:
        made = asyncio.run(store(settings, facts(events)))
        port = free_port()
        parts = {
            "VECHE_KAFKA": settings.kafka,
            "VECHE_MONGO": settings.mongo,
            "VECHE_REPORTING_URL": f"http://127.0.0.1:{port}",
        }
        served = Served(parts["VECHE_REPORTING_URL"], {"authorization": f"Bearer {asyncio.run(token(settings))}"})
        with serving([sys.executable, "-m", "services", "reporting", "serve"], {**os.environ, **parts}, port):  # noqa: TID251
            asked_s(served, "/v1/figures", by="month")  # warm
            report_s = asked_s(served, "/v1/reports")
            typer.echo(f"a year of {events:,} events, {MEMBERS:,} members, {made:,} states")
            typer.echo(f"report: {report_s:.1f} s (bar: {REPORT_S_MAX:.0f})")
            for by in ("day", "month"):
                typer.echo(f"figures by {by}: {asked_s(served, '/v1/figures', by=by):.1f} s")
            first_s = asked_s(served, "/overview", days="30")
            overview_s = statistics.median(asked_s(served, "/overview", days="30") for _ in range(LOOKS))
            typer.echo(f"overview: {first_s:.2f} s first, then {overview_s * 1e3:.0f} ms (bar: {OVERVIEW_S_MAX * 1e3:.0f})")
        before = asyncio.run(stored_bytes(settings))
        hours = asyncio.run(store(settings, weights()))
        weight = asyncio.run(stored_bytes(settings)) - before
        bar = STORED_BYTES_MAX / 1e6
        typer.echo(f"{hours:,} hours of {COMMUNITIES:,} communities: {weight / 1e6:,.0f} MB (bar: {bar:,.0f})")
    raise typer.Exit(report_s > REPORT_S_MAX or max(first_s, overview_s) > OVERVIEW_S_MAX or weight > STORED_BYTES_MAX)


if __name__ == "__main__":
    typer.run(main)

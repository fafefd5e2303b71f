"""What listening costs: `python -m bench.listening [contents]` folds events in memory, and reads a year from MongoDB.

Needs `veche stack up` for the second half.
"""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import uvloop

from bench import population
from bench.folds import Bare
from services.reporting.figures.buckets import remark, said
from services.reporting.handlers.listening import GROUP, Listening
from services.reporting.listening import queries
from services.reporting.listening.tone import LABELS
from services.reporting.store import FiguresStore, Query
from services.reporting.store.remarks import Ideas
from shared.events import encode
from shared.fold.mongo import new_client
from shared.policy import PolicyBook
from shared.settings import Settings
from shared.topics import EVENTS
from tests.fakes import FakeRecord

CONTENTS = 1_000_000
FOLDED = 20_000
BATCH = 10_000
COMMUNITIES = 5
YEAR_H = 365 * 24
YEAR = datetime(2025, 1, 1, tzinfo=UTC)
SPEC = {
    "queries": [
        {"id": f"query-{n}", "about": about, "words": [f"{word}+", f"{word}{n}"]}
        for n, (about, word) in enumerate([("brand", "акме"), ("product", "клей"), ("competitor", "доставка")] * 10)
    ]
}


async def folded() -> None:
    """Print how many events are folded in a second."""
    fold = Listening(PolicyBook(Bare(), queries.KIND, queries.built, queries.built(0, SPEC), 5.0))
    await fold.prepare()
    events = list(population.events(population.updates(FOLDED)))
    states: dict[str, Any] = {}
    records = [FakeRecord(EVENTS.name, 0, n, 0, b"", encode(event), ()) for n, event in enumerate(events)]
    began = time.perf_counter()
    for record in records:
        for item in fold.read(record):
            state, beside = states.get(item.key), [states.get(key) for key in item.beside]
            step = fold.evolve_beside(state, beside, item.event) if beside else fold.evolve(state, item.event)
            states |= {item.key: step.state, **dict(zip(item.beside, step.beside, strict=False))}
    rate = len(records) / (time.perf_counter() - began)
    print(f"{rate:,.0f} events/s folded in memory, {1e6 / rate:.0f} µs each, under {len(SPEC['queries'])} queries")


async def read(count: int) -> None:
    """Print how long a year of contents takes to be added up, and what they take on disk."""
    client, database, rnd = new_client(Settings().mongo), f"bench_{secrets.token_hex(4)}", Random(1)
    states = client[database][f"{GROUP}.states"]
    await Ideas(client, database, GROUP).prepare()
    hours: dict[str, said.Said] = {}
    for start in range(0, count, BATCH):
        made = [remark_of(rnd, n) for n in range(start, min(count, start + BATCH))]
        await states.insert_many([_document(key, remark.encode(state)) for key, state in made], ordered=False)
        for _, state in made:
            told = said.recounted(None, state)
            assert told is not None, "each counts"
            key = said.key_of(told.brand, told.community, told.hour)
            hours[key] = said.evolve(hours.get(key), told)
    size = await client[database].command("collStats", f"{GROUP}.states")
    print(f"{size['storageSize'] / count:.0f} bytes a content on disk, indexes {size['totalIndexSize'] / count:.0f}")
    await states.insert_many([_document(key, said.encode(hour)) for key, hour in hours.items()], ordered=False)
    store = FiguresStore(client, database, "none", "none", GROUP)
    began = time.perf_counter()
    await store.read(Query("acme", YEAR, YEAR + timedelta(365), ZoneInfo("Europe/Moscow")))
    took = time.perf_counter() - began
    print(f"a year of {count:,} contents in {len(hours):,} hours of communities is added up by day in {took:.1f} s")
    await client.drop_database(database)
    await client.close()


def remark_of(rnd: Random, n: int) -> tuple[str, remark.Remark]:
    """Return the state of a content, with its key."""
    community = f"telegram:-{n % COMMUNITIES}"
    state = remark.Remark(
        "acme",
        community,
        second=YEAR.timestamp() + rnd.randrange(YEAR_H) * 3600,
        author=f"telegram:{rnd.randrange(100_000)}",
        edition=(0, 0.0),
        label=rnd.choices(LABELS, (1, 8, 2))[0],
        feedback=rnd.choices(("question", "complaint", "praise", None), (2, 1, 1, 8))[0],
        names=rnd.choices((("brand/acme",), ("competitor/bolt",), ()), (1, 1, 10))[0],
        model="lexicon/1-0123456789ab",
        language="ru",
    )
    return remark.key_of("acme", community, f"{community}:{n}"), state


def _document(key: str, encoded: Mapping[str, Any]) -> dict[str, Any]:
    return {**encoded, "_id": key, "q": 0}


async def main() -> None:
    """Measure both."""
    await folded()
    await read(int(sys.argv[1]) if len(sys.argv) > 1 else CONTENTS)


if __name__ == "__main__":
    uvloop.run(main())

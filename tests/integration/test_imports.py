"""Imports at the edge: they yield to live events wherever the normaliser runs, and are told what was there already."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services.ingest.api import LAG_MAX
from services.ingest.connectors.events import TOGETHER_MAX
from services.ingest.connectors.raw import key_of
from services.ingest.facts import identity
from services.ingest.handlers import GROUP
from shared.bus.backlog import Backlog, Waiting
from shared.bus.partition import partition_of
from shared.clock import SystemClock
from shared.events import encode
from shared.fold.mongo import MAJORITY
from shared.topics import PARTITIONS, RAW
from tests import builders
from tests.integration.edge import NOWHERE, edge, records_of
from tests.parts import Addresses

HOUR = timedelta(hours=1)


class Ahead:
    """A clock by which whatever is in Kafka has been there for an hour."""

    def now(self) -> datetime:
        return SystemClock().now() + HOUR


def event(number: int) -> bytes:
    return encode(builders.content_created(id=f"import-{number}"))


async def test_an_import_is_asked_to_wait_while_the_normaliser_is_behind_and_live_events_are_not(
    parts: Addresses, tmp_path: Path
) -> None:
    async with edge(parts, tmp_path, clock=Ahead()) as asked:
        before = await asked.events(event(0), imported=True)
        live = [await asked.events(event(1)), await asked.hook(b'{"update_id": 1}')]
        behind = await asked.events(event(2), imported=True)
        kept = len(await asked.kept())
        await asked.take_all_in()
        after = await asked.events(event(2), imported=True)

        assert len(await asked.kept()) == kept + 1, "what was asked to wait was not kept"
    assert (before.status_code, behind.status_code, after.status_code) == (202, 429, 202)
    assert [answer.status_code for answer in live] == [202, 200]
    assert int(behind.headers["retry-after"]) > 0
    assert "imports wait for live events" in behind.json()["detail"]


async def test_an_import_is_told_what_was_there_already_and_what_still_waits(parts: Addresses, tmp_path: Path) -> None:
    async with edge(parts, tmp_path) as asked:
        database = asked.service.client.get_database(asked.service.database, write_concern=MAJORITY)
        there = [identity(asked.brand, builders.PLACE, f"import-{n}") for n in (0, 1)]
        another = identity("another", builders.PLACE, "import-2")
        await database[f"{GROUP}.identities"].insert_many([{"_id": id_} for id_ in (*there, another)])

        first = await asked.events([event(n) for n in (0, 1, 2, 3, 0, 2)], imported=True)
        second = await asked.events(event(9), imported=True)
        live = await asked.events([event(0)])

    assert first.json() == {"accepted": 6, "known": 3, "repeated": 1, "waiting": 0}
    assert second.json() == {"accepted": 1, "known": 0, "repeated": 0, "waiting": math.ceil(6 / TOGETHER_MAX)}
    assert live.json() == {"accepted": 1}


async def test_where_nobody_can_tell_how_far_the_normaliser_is_an_import_waits(parts: Addresses, tmp_path: Path) -> None:
    async with edge(parts, tmp_path, kafka=NOWHERE) as asked:
        answer = await asked.events(event(0), imported=True)

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0


async def test_a_partition_that_stands_still_has_only_its_own_communities_wait(parts: Addresses, tmp_path: Path) -> None:
    async with edge(parts, tmp_path, clock=Ahead()) as asked:
        halted = await asked.events(event(0), imported=True)
        at = partition_of(key_of(asked.brand, builders.PLACE).encode(), PARTITIONS)
        there, elsewhere = (community(asked.brand, at, same=same) for same in (True, False))
        behind = await asked.events([in_(elsewhere, 1), in_(there, 1)], imported=True)
        free = await asked.events([in_(elsewhere, 2), in_(elsewhere, 3)], imported=True)

    assert (halted.status_code, behind.status_code, free.status_code) == (202, 429, 202)
    assert f"behind in partition {at} of {RAW.name};" in behind.json()["detail"]
    assert free.json()["waiting"] == 0, "what waits elsewhere is none of its business"


def community(brand: str, partition: int, *, same: bool) -> str:
    """A community of the brand whose records are in the partition, or are not."""
    names = (f"portal:{n}" for n in range(1_000))
    return next(n for n in names if (partition_of(key_of(brand, n).encode(), PARTITIONS) == partition) is same)


def in_(community: str, number: int) -> bytes:
    return encode(builders.content_created(id=f"import-{number}", community=community))


@pytest.mark.parametrize(
    ("missing", "limit", "late"), [(0, timedelta(), False), (1, LAG_MAX, False), (1, timedelta(), True)]
)
async def test_what_waits_is_late_only_where_it_is_older_than_the_limit(
    parts: Addresses, tmp_path: Path, missing: int, limit: timedelta, *, late: bool
) -> None:
    async with edge(parts, tmp_path) as asked:
        for n in range(3):
            await asked.events(event(n))
        places = Counter({record.partition: record.offset + 1 for record in await records_of(parts.kafka, RAW.name)})
        at = next(r.partition for r in await asked.kept() if r.value == event(2))
        places[at] -= missing

    async def progress() -> Mapping[int, int]:
        return places

    backlog = Backlog(parts.kafka, RAW.name, progress, SystemClock())
    try:
        assert await backlog.waiting(limit, range(PARTITIONS)) == Waiting(missing, (at,) if late else ())
        assert await backlog.waiting(limit, [q for q in range(PARTITIONS) if q != at]) == Waiting(0, ())
    finally:
        await backlog.stop()

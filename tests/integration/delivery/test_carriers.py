"""Over a real MongoDB: leases, attempts and what is open, as delivery keeps and reads them."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from services.delivery.platforms.platform import Done
from services.delivery.rules.states import encoded
from services.delivery.rules.works import Target, Work
from services.delivery.store.attempts import OVER, Attempts
from services.delivery.store.carriers import FRESH_S, LEASE_S, Carriers
from services.delivery.store.open_acts import OpenActs
from shared.clock import SetClock
from shared.events.actions import Act
from shared.fold.mongo import Client, new_client
from tests.parts import Addresses

BEGAN = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Time:
    """Wall clock and the clock of processes, together."""

    def __init__(self) -> None:
        self.clock, self.now = SetClock(BEGAN), 0.0

    def forward(self, seconds: float) -> None:
        self.clock.forward(timedelta(seconds=seconds))
        self.now += seconds

    def process(self, client: Client, database: str) -> Carriers:
        return Carriers(client, database, self.clock, lambda: self.now)


@asynccontextmanager
async def mongo(parts: Addresses) -> AsyncIterator[tuple[Client, str]]:
    client, database = new_client(parts.mongo), f"t{secrets.token_hex(4)}_delivery"
    try:
        yield client, database
    finally:
        await client.drop_database(database)
        await client.close()


async def test_a_successor_waits_until_the_lease_of_a_killed_process_is_over(parts: Addresses) -> None:
    async with mongo(parts) as where:
        time = Time()
        killed, successor = time.process(*where), time.process(*where)

        assert await killed.take([0, 1]) == {0, 1}
        assert await successor.take([0, 2]) == {2}
        time.forward(LEASE_S - 1)
        assert await successor.take([0]) == frozenset()
        time.forward(2)

        assert await successor.take([0, 2]) == {0, 2}
        assert await killed.take([0, 1]) == {1}, "whoever comes back has lost what another took"
        assert killed.held == {1}


async def test_a_lease_that_is_released_is_taken_at_once_and_nobody_releases_another_s(parts: Addresses) -> None:
    async with mongo(parts) as where:
        time = Time()
        first, second = time.process(*where), time.process(*where)
        await first.take([0])

        await second.release([0])
        assert await second.take([0]) == frozenset()
        await first.release([0])

        assert await second.take([0]) == {0}
        assert first.held == frozenset()
        assert not first.is_fresh(0)


async def test_a_lease_is_kept_by_renewing_it_and_is_stale_before_it_is_over(parts: Addresses) -> None:
    async with mongo(parts) as where:
        time = Time()
        holder, other = time.process(*where), time.process(*where)
        await holder.take([0])
        for _ in range(10):
            time.forward(FRESH_S - 1)
            assert holder.is_fresh(0)
            assert await holder.take([0]) == {0}
            assert await other.take([0]) == frozenset()

        time.forward(FRESH_S)

        assert not holder.is_fresh(0)
        assert holder.over() == frozenset()
        assert await other.take([0]) == frozenset(), "so nobody else carries out what the holder may still begin"
        time.forward(LEASE_S)
        assert holder.over() == {0}


async def test_what_is_known_of_attempts_is_what_was_recorded(parts: Addresses) -> None:
    async with mongo(parts) as where:
        attempts = Attempts(*where)
        await attempts.prepare()
        await attempts.begin("a", "line/chat", BEGAN)
        await attempts.made("a", Done("sent", "telegram:-1:5", ("telegram:-1:6",)))
        later = BEGAN + timedelta(seconds=1)
        await attempts.begin("b", "line/chat", later)
        await attempts.begin("elsewhere", "line/other", later)
        await attempts.made("elsewhere", Done("sent", "telegram:-2:9"))

        assert await attempts.known("a") == Done("sent", "telegram:-1:5", ("telegram:-1:6",))
        assert [await attempts.known(id_) for id_ in ("b", "nobody")] == [None, None]
        assert await attempts.begun(["a", "b", "nobody"]) == {"a": BEGAN, "b": later}
        found = await attempts.attempt("b", later + timedelta(seconds=30))
        assert found is not None
        assert (found.before, found.ours) == ("telegram:-1:5", {"telegram:-1:5", "telegram:-1:6"})
        assert (found.began, found.age_s, found.after) == (later, 30.0, None)

        await attempts.begin("c", "line/chat", later + OVER + timedelta(seconds=1))
        await attempts.made("c", Done("sent", "telegram:-1:8"))
        found = await attempts.attempt("b", later + timedelta(seconds=30))
        assert found is not None
        assert found.after == "telegram:-1:8"

        await attempts.unmade("b")
        assert (await attempts.begun(["b"]), await attempts.attempt("b", later)) == ({}, None)


async def test_open_targets_of_a_partition_come_oldest_first_and_without_communities_that_are_full(parts: Addresses) -> None:
    async with mongo(parts) as (client, database):
        acts = OpenActs(client, database)
        await acts.prepare()
        states = client[database]["delivery.states"]
        for number, (brand, community, q) in enumerate(
            [("acme", "c1", 0), ("acme", "c2", 0), ("other", "c1", 0), ("acme", "c1", 1), ("acme", "c3", 0)]
        ):
            asked = BEGAN - timedelta(minutes=number)
            work = Work(f"w{number}", "ban", Act(cause="d"), "s", BEGAN, BEGAN, asked)
            document = encoded(Target(brand, community, (work,)))
            await states.insert_one({"_id": f"{number}", "q": q, **document})
        await states.insert_one({"_id": "closed", "q": 0, **encoded(Target("acme", "c1", (), ("decision-1",)))})

        assert await acts.of_partition(0, (), 10) == ["4", "2", "1", "0"]
        assert await acts.of_partition(0, (), 2) == ["4", "2"]
        assert await acts.of_partition(0, [("acme", "c1"), ("acme", "c3")], 10) == ["2", "1"]
        assert set(await acts.named(["0", "closed", "nobody"])) == {"0"}
        waiting = await acts.waiting("acme")
        assert (waiting.acts, waiting.since) == (4, BEGAN - timedelta(minutes=4))

"""Who may write a partition, on a real MongoDB: claims, the one session of a process, a dead owner's open transaction."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import pytest
from typing_extensions import override

from shared.errors import Retryable
from shared.fold.mongo import Client, MongoStore, new_client
from shared.fold.ports import Changes, Fenced
from shared.fold.progress import Progress
from tests.integration.stores import GROUP, database, first, moved
from tests.parts import Addresses

CLAIM_S_MAX = 5.0
"""Against the minute that MongoDB would keep a dead owner's transaction open."""


class StopsBeforeCommitting(MongoStore):
    """A store whose process is stopped when all of a transaction is written and nothing committed."""

    def __init__(self, client: Client, name: str, group: str) -> None:
        super().__init__(client, name, group)
        self.stopped, self.woken = asyncio.Event(), asyncio.Event()

    @override
    async def _write(self, changes: Mapping[int, Changes], session: Any) -> None:
        await super()._write(changes, session)
        self.stopped.set()
        await self.woken.wait()


async def test_a_successor_does_not_wait_for_a_dead_owners_transaction(parts: Addresses) -> None:
    client, other = new_client(parts.mongo), new_client(parts.mongo)
    async with database(client) as name:
        dead, heir = StopsBeforeCommitting(client, name, GROUP), MongoStore(other, name, GROUP)
        await dead.prepare()
        left = await dead.claim(0, first())
        dying = asyncio.ensure_future(dead.commit({0: moved(left)}))
        await dead.stopped.wait()

        began = time.monotonic()
        claimed = await heir.claim(0, first())
        took_s = time.monotonic() - began
        await heir.commit({0: moved(claimed, "heir")})
        dead.woken.set()
        with pytest.raises(Retryable):
            await dying

        assert took_s < CLAIM_S_MAX
        assert claimed.version == left.version + 1
        assert claimed.places == left.places
        entries = await client[name]["group.entries"].find().to_list()
        assert [entry["_id"] for entry in entries] == [f"entry heir/{claimed.version + 1}"]
        assert await client[name]["group.states"].count_documents({"_id": "k"}) == 0
        await heir.release(0)
        await other.close()


async def test_whoever_takes_one_partition_ends_the_transaction_that_holds_it_with_others(parts: Addresses) -> None:
    client, other = new_client(parts.mongo), new_client(parts.mongo)
    async with database(client) as name:
        dead, heir = StopsBeforeCommitting(client, name, GROUP), MongoStore(other, name, GROUP)
        await dead.prepare()
        left = {q: await dead.claim(q, first()) for q in range(2)}
        dying = asyncio.ensure_future(dead.commit({q: moved(progress, f"dead-{q}") for q, progress in left.items()}))
        await dead.stopped.wait()

        claimed = await heir.claim(1, first())
        dead.woken.set()
        with pytest.raises(Fenced):
            await dying
        again = await dead.claim(0, first())
        await dead.commit({0: moved(again, "again")})

        assert claimed.version == left[1].version + 1
        assert again.version == left[0].version + 1
        entries = await client[name]["group.entries"].find().to_list()
        assert [entry["_id"] for entry in entries] == [f"entry again/{again.version + 1}"]
        for store, q in ((heir, 1), (dead, 0), (dead, 1)):
            await store.release(q)
        await other.close()


async def test_taking_a_partition_does_not_end_what_its_owner_writes_of_others(parts: Addresses) -> None:
    client = new_client(parts.mongo)
    async with database(client) as name:
        store = StopsBeforeCommitting(client, name, GROUP)
        await store.prepare()
        left = {q: await store.claim(q, first()) for q in range(2)}
        writing = asyncio.ensure_future(store.commit({0: moved(left[0])}))
        await store.stopped.wait()

        await store.claim(1, first())
        store.woken.set()
        await writing

        assert await client[name]["group.entries"].count_documents({}) == 1
        for q in range(2):
            await store.release(q)


async def test_the_session_lasts_while_anything_is_held(parts: Addresses) -> None:
    client = new_client(parts.mongo)
    async with database(client) as name:
        store = MongoStore(client, name, GROUP)

        async def claimed(q: int) -> bytes:
            await store.claim(q, first())
            found = await client[name]["progress"].find_one({"_id": f"{GROUP}/{q}"})
            assert found is not None
            return bytes(found["session"])

        sessions = [await claimed(0), await claimed(1)]
        await store.release(0)
        sessions.append(await claimed(0))
        await store.release(0)
        await store.release(1)
        sessions.append(await claimed(0))
        await store.release(0)

    assert len(set(sessions[:3])) == 1
    assert sessions[3] not in sessions[:3]


async def test_one_of_two_that_claim_at_once_is_fenced_or_both_in_turn(parts: Addresses) -> None:
    client = new_client(parts.mongo)
    async with database(client) as name:
        stores = [MongoStore(client, name, GROUP) for _ in range(6)]
        await stores[0].prepare()

        found = await asyncio.gather(*(store.claim(0, first()) for store in stores), return_exceptions=True)

        owners = [progress for progress in found if isinstance(progress, Progress)]
        assert all(isinstance(outcome, Progress | Retryable) for outcome in found), found
        assert len({progress.version for progress in owners}) == len(owners) > 0
        last = max(owners, key=lambda progress: progress.version)
        for store, outcome in zip(stores, found, strict=True):
            if isinstance(outcome, Progress) and outcome is not last:
                with pytest.raises(Retryable):
                    await store.commit({0: moved(outcome)})
        await stores[found.index(last)].commit({0: moved(last)})
        for store in stores:
            await store.release(0)

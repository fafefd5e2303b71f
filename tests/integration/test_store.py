"""The store on a real MongoDB: what every read and write asks for, and a dead owner that left a transaction open."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import bson
import pytest
from pymongo import AsyncMongoClient
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent
from typing_extensions import override

from shared.bus.record import Outgoing
from shared.errors import Retryable
from shared.fold.acceptance import accept_epoch, partitions
from shared.fold.mongo import Client, MongoStore, new_client
from shared.fold.ports import Changes, Chunk, DueTimer, Fenced
from shared.fold.progress import Place, Progress, Watermark
from tests.parts import Addresses

GROUP = "group"
CLAIM_S_MAX = 5.0
"""Against the minute that MongoDB would keep a dead owner's transaction open."""
TIMER = DueTimer("timer", 1, "commands", "k", b"{}", ())


async def test_replicas_that_start_at_once_on_an_empty_database_all_come_up(parts: Addresses) -> None:
    clients = [new_client(parts.mongo) for _ in range(8)]

    async def start(number: int, name: str) -> None:
        await asyncio.sleep(number * 0.003)  # not in step: each comes upon another point of the ones before
        await MongoStore(clients[number], name, GROUP).prepare()

    async with database(clients[0]) as name:
        await asyncio.gather(*(start(number, name) for number in range(len(clients))))
        found = set(await clients[0][name].list_collection_names())
    for client in clients:
        await client.close()

    assert {"progress", f"{GROUP}.states", f"{GROUP}.entries", f"{GROUP}.identities"} <= found


class Noted(CommandListener):
    """Keeps every command as it was sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    @override
    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name not in {"hello", "killSessions", "endSessions"}:
            self.sent.append(bson.decode(bson.encode(event.command)))

    @override
    def succeeded(self, event: CommandSucceededEvent) -> None:
        pass

    @override
    def failed(self, event: CommandFailedEvent) -> None:
        pass

    def of(self, *names: str) -> list[dict[str, Any]]:
        return [command for command in self.sent if next(iter(command)) in names]


@asynccontextmanager
async def database(client: Client) -> AsyncIterator[str]:
    name = f"store_{secrets.token_hex(4)}"
    try:
        yield name
    finally:
        await client.drop_database(name)
        await client.close()


def first() -> Progress:
    return Progress("epoch-1", places={"in": Place(0)})


def moved(progress: Progress, key: str = "k", **more: Any) -> Changes:  # noqa: ANN401
    """Return what one more batch writes, with something in every collection."""
    new = progress.copy()
    new.version += 1
    new.places["in"] = Place(progress.places["in"].next + 1, 7)
    mark = f"{key}/{new.version}"
    changes = Changes(
        progress=new,
        states={key: bson.encode({"_id": key, "q": 0, "n": new.version})},
        replaced=[key],
        entries=[bson.encode({"_id": f"entry {mark}"})],
        identities=[f"identity {mark}"],
        chunks=[Chunk(new.version, "out", 0, [Outgoing(b"k", b"v", ())])],
        timers=[TIMER],
        done_timers=["another"],
    )
    return changes._replace(**more)


async def test_every_read_and_write_says_majority_or_snapshot(parts: Addresses) -> None:
    noted = Noted()
    client: Client = AsyncMongoClient(parts.mongo, event_listeners=[noted])
    async with database(client) as name:
        store = MongoStore(client, name, GROUP)
        await store.prepare()
        for _ in range(2):
            progress = await store.claim(0, first())
            changes = moved(progress)
            await store.commit({0: changes})
            await store.load({"k"})
            await store.seen({"identity"})
            await store.outbox(0)
            await store.forget({0: changes.chunks})
        await store.release(0)

    inside = [command for command in noted.sent if "autocommit" in command]
    outside = [command for command in noted.sent if "autocommit" not in command]
    begun = [command for command in inside if command.get("startTransaction")]
    assert len(begun) == 2
    assert all(command["readConcern"]["level"] == "snapshot" for command in begun)
    committed = noted.of("commitTransaction")
    assert len(committed) == 2
    assert all(command["writeConcern"]["w"] == "majority" for command in committed)
    reads = [command for command in outside if next(iter(command)) in {"find", "aggregate", "count", "distinct"}]
    assert {command["find"] for command in reads} == {"progress", "outbox", "group.states", "group.identities"}
    assert all(command["readConcern"]["level"] == "majority" for command in reads)
    writes = [command for command in outside if next(iter(command)) in {"insert", "update", "delete", "findAndModify"}]
    assert {next(iter(command.values())) for command in writes} == {"progress", "outbox"}
    careless = [command for command in writes if command["writeConcern"]["w"] != "majority"]
    assert {command.get("delete") for command in careless} == {"outbox"}, "only forgetting may be lost"


async def test_reads_after_a_claim_see_what_the_claim_saw(parts: Addresses) -> None:
    noted = Noted()
    client: Client = AsyncMongoClient(parts.mongo, event_listeners=[noted])
    async with database(client) as name:
        store = MongoStore(client, name, GROUP)
        await store.claim(0, first())
        noted.sent.clear()
        await store.outbox(0)
        await store.load({"k"})
        await store.release(0)

    assert [command["readConcern"].get("afterClusterTime") is not None for command in noted.of("find")] == [True, True]
    assert len({bytes(command["lsid"]["id"]) for command in noted.of("find")}) == 1


async def test_reads_after_a_commit_ask_for_what_it_wrote(parts: Addresses) -> None:
    noted = Noted()
    client: Client = AsyncMongoClient(parts.mongo, event_listeners=[noted])
    async with database(client) as name:
        store = MongoStore(client, name, GROUP)
        await store.prepare()
        await store.commit({0: moved(await store.claim(0, first()))})
        after_commit = await client[name].command("ping")
        await store.load({"k"})
        await store.release(0)

    asked = noted.of("find")[-1]["readConcern"]["afterClusterTime"]
    committed = noted.of("commitTransaction")[-1]["$clusterTime"]["clusterTime"]
    assert committed < asked <= after_commit["operationTime"]


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


async def test_a_second_entry_of_one_id_is_never_written_and_tells_where_to_read_on(parts: Addresses) -> None:
    client = new_client(parts.mongo)
    async with database(client) as name:
        store = MongoStore(client, name, GROUP)
        await store.prepare()
        changes = moved(await store.claim(0, first()))
        await store.commit({0: changes})

        again = moved(changes.progress, entries=changes.entries)
        with pytest.raises(Exception, match="duplicate-entry"):
            await store.commit({0: again})

        progress = await client[name]["progress"].find_one()
        assert progress is not None
        assert progress["version"] == changes.progress.version
        await store.release(0)


async def test_an_accepted_epoch_is_forgotten_and_whoever_owns_the_partition_is_fenced(parts: Addresses) -> None:
    client = new_client(parts.mongo)
    async with database(client) as name:
        store = MongoStore(client, name, GROUP)
        await store.prepare()
        progress = await store.claim(0, Progress("epoch-1", places={"in": Place(0)}))
        progress.version += 1
        progress.origins = {"in": {"up/0": Watermark("old", 7), "up/1": Watermark("other", 3)}}
        await store.commit({0: changes_of(progress)})

        known = [await accept_epoch(client, name, GROUP, q, writer) for q, writer in ((0, "up/9"), (1, "up/0"), (0, "up/0"))]
        shown = await partitions(client, name, GROUP)
        progress.version += 1
        with pytest.raises(Fenced):
            await store.commit({0: changes_of(progress)})
        found = await MongoStore(client, name, GROUP).claim(0, progress)
    await client.close()

    assert known == [False, False, True]
    assert [(one.q, one.next, [writer.writer for writer in one.upstream]) for one in shown] == [(0, {"in": 0}, ["up/1"])]
    assert found.origins == {"in": {"up/1": Watermark("other", 3)}}


def changes_of(progress: Progress) -> Changes:
    return Changes(progress, {}, (), (), (), (), (), ())

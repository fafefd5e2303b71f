"""The store on a real MongoDB: what every read and write asks for, and what it refuses."""

from __future__ import annotations

import asyncio

import pytest

from shared.fold.acceptance import accept_epoch, partitions
from shared.fold.mongo import MongoStore, new_client
from shared.fold.ports import Changes, Fenced
from shared.fold.progress import Place, Progress, Watermark
from tests.integration.stores import GROUP, database, first, moved, noted
from tests.parts import Addresses


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


async def test_every_read_and_write_says_majority_or_snapshot(parts: Addresses) -> None:
    async with noted(parts) as (store, sent, _):
        for _ in range(2):
            progress = await store.claim(0, first())
            changes = moved(progress)
            await store.commit({0: changes})
            await store.load({"k"})
            await store.seen({"identity"})
            await store.outbox(0)
            await store.forget({0: changes.chunks})

    inside = [command for command in sent.sent if "autocommit" in command]
    outside = [command for command in sent.sent if "autocommit" not in command]
    begun = [command for command in inside if command.get("startTransaction")]
    assert len(begun) == 2
    assert all(command["readConcern"]["level"] == "snapshot" for command in begun)
    committed = sent.of("commitTransaction")
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
    async with noted(parts) as (store, sent, _):
        await store.claim(0, first())
        sent.sent.clear()
        await store.outbox(0)
        await store.load({"k"})

    assert [command["readConcern"].get("afterClusterTime") is not None for command in sent.of("find")] == [True, True]
    assert len({bytes(command["lsid"]["id"]) for command in sent.of("find")}) == 1


async def test_reads_after_a_commit_ask_for_what_it_wrote(parts: Addresses) -> None:
    async with noted(parts) as (store, sent, client):
        await store.commit({0: moved(await store.claim(0, first()))})
        after_commit = await client.admin.command("ping")
        await store.load({"k"})

    asked = sent.of("find")[-1]["readConcern"]["afterClusterTime"]
    committed = sent.of("commitTransaction")[-1]["$clusterTime"]["clusterTime"]
    assert committed < asked <= after_commit["operationTime"]


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

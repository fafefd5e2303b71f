"""What an operator may change in the progress of a partition that stands still. The loop tries again by itself.

Each change raises the version, so an owner that is there after all is fenced and reads the progress anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.read_concern import ReadConcern

from shared.fold.limits import WINDOW_RECORDS
from shared.fold.mongo import MAJORITY, Client, translated


class Upstream(NamedTuple):
    """A writer whose outputs a partition takes in, and the last of them."""

    topic: str
    writer: str
    epoch: str
    seq: int


class Partition(NamedTuple):
    """How far a partition is."""

    q: int
    epoch: str
    next: dict[str, int]
    """By topic: the offset of the next record."""
    dead: int
    """Dead letters in the present window; below 0, how many more an operator accepts."""
    window: int
    """Records in it."""
    upstream: Sequence[Upstream]


def _collection(client: Client, database: str) -> AsyncCollection[dict[str, Any]]:
    named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
    return named["progress"]


async def partitions(client: Client, database: str, group: str) -> list[Partition]:
    """Return the partitions of a group that have progress. Raises Retryable where MongoDB is away."""
    async with translated():
        found = await _collection(client, database).find({"_id": {"$regex": f"^{group}/"}}).to_list()
    return sorted(map(_partition, found))


def _partition(document: dict[str, Any]) -> Partition:
    return Partition(
        q=int(document["_id"].rpartition("/")[2]),
        epoch=document["epoch"],
        next={place["topic"]: int(place["next"]) for place in document["places"]},
        dead=int(document["dead"]),
        window=int(document["window"]),
        upstream=[Upstream(o["topic"], o["writer"], o["epoch"], int(o["seq"])) for o in document["origins"]],
    )


async def accept_dead_letters(client: Client, database: str, group: str, q: int) -> bool:
    """Let all of the next WINDOW_RECORDS records be dead letters; return whether there is such a partition."""
    async with translated():
        done = await _collection(client, database).update_one(
            {"_id": f"{group}/{q}"}, {"$set": {"dead": -WINDOW_RECORDS, "window": 0}, "$inc": {"version": 1}}
        )
    return done.matched_count == 1


async def accept_epoch(client: Client, database: str, group: str, q: int, writer: str) -> bool:
    """Forget how far an upstream writer (`group/q`) was, so that its new life counts from its first output.

    Return whether the partition knew the writer.
    """
    async with translated():
        done = await _collection(client, database).update_one(
            {"_id": f"{group}/{q}", "origins.writer": writer},
            {"$pull": {"origins": {"writer": writer}}, "$inc": {"version": 1}},
        )
    return done.matched_count == 1

"""Notices that go out by mail or webhook: the fold puts them in, senders take them by lease and note what came of it.

Who takes one has it for LEASE; a sender that dies loses it to another then, which sends it again with the same id.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from pymongo.read_concern import ReadConcern

from shared.fold.mongo import MAJORITY, Client, translated

LEASE = timedelta(seconds=90)
"""Longer than a try may take, all told; a sender that is dead for so long is replaced."""

KEPT = timedelta(days=400)
"""Longer than the topics are of which notices come, so what is read again tells nobody again."""

ATTEMPTS_MAX = 20
"""Tries that are remembered of one notice."""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A notice that is to be sent now."""

    id: str
    endpoint: str
    brand: str
    community: str | None
    route: str
    title: str
    text: str
    payload: bytes
    at: datetime
    tries: int
    """With this one."""


class Outgoing:
    """The entries of the fold of notices, and what became of them."""

    def __init__(self, client: Client, database: str, collection: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._entries = named[collection]

    async def prepare(self) -> None:
        """Make the indexes; idempotent."""
        async with translated():
            waiting = {"status": "waiting"}
            dues = [("next", 1), ("endpoint", 1), ("brand", 1)]  # what waits for a dead endpoint is passed by in the index
            await self._entries.create_index(dues, partialFilterExpression=waiting)
            await self._entries.create_index([("brand", 1), ("at", -1)])
            await self._entries.create_index([("at", 1)], expireAfterSeconds=round(KEPT.total_seconds()))

    async def take(self, now: datetime, but: Collection[str], but_brands: Collection[str] = ()) -> Taken | None:
        """Take the notice that is due longest, of no endpoint and brand that is excepted; the try is counted at once."""
        excepted = {"endpoint": {"$nin": sorted(but)}, "brand": {"$nin": sorted(but_brands)}}
        due = {"status": "waiting", "next": {"$lte": now}, **excepted}
        async with translated():
            found = await self._entries.find_one_and_update(
                due, {"$set": {"next": now + LEASE}, "$inc": {"tries": 1}}, sort=[("next", 1)], return_document=True
            )
        return None if found is None else _taken(found)

    async def sent(self, taken: Taken, now: datetime) -> None:
        """Note that it was taken at the other end."""
        await self._note(taken, {"status": "sent", "sent_at": now}, {"at": now, "said": "ok"})

    async def failed(self, taken: Taken, now: datetime, said: str, again: datetime | None) -> None:
        """Note that it was not, and when it is tried again; None: it is put aside."""
        then = {"status": "failed", "problem": said} if again is None else {"next": again, "problem": said}
        await self._note(taken, then, {"at": now, "said": said})

    async def _note(self, taken: Taken, fields: Mapping[str, Any], attempt: Mapping[str, Any]) -> None:
        kept = {"$push": {"attempts": {"$each": [attempt], "$slice": -ATTEMPTS_MAX}}}
        async with translated():
            await self._entries.update_one({"_id": taken.id, "status": "waiting"}, {"$set": dict(fields), **kept})

    async def again(self, brand: str, now: datetime, since: datetime, id_: str | None = None) -> int:
        """Have those that were put aside sent again, of one endpoint's or by id; return how many there were."""
        query: dict[str, Any] = {"brand": brand, "status": "failed", "at": {"$gte": since}}
        if id_ is not None:
            query["_id"] = id_
        async with translated():
            found = await self._entries.update_many(query, {"$set": {"status": "waiting", "next": now, "tries": 0}})
        return found.modified_count

    async def latest(self, brand: str, limit: int, status: str | None = None) -> Sequence[Mapping[str, Any]]:
        """Return the newest notices of a brand, with what became of them."""
        query = {"brand": brand} | ({} if status is None else {"status": status})
        async with translated():
            return await self._entries.find(query, {"payload": 0}).sort("at", -1).limit(limit).to_list()

    async def waiting(self, brand: str) -> Mapping[str, int]:
        """Return how many wait, by endpoint."""
        counted: list[Mapping[str, Any]] = [{"$match": {"brand": brand, "status": "waiting"}}, {"$sortByCount": "$endpoint"}]
        async with translated():
            found = await (await self._entries.aggregate(counted)).to_list()
        return {document["_id"]: document["count"] for document in found}


def _taken(document: Mapping[str, Any]) -> Taken:
    names = (field.name for field in msgspec.structs.fields(Taken))
    fields = {name: document[name] for name in names if name in document and name != "payload"}
    return Taken(id=document["_id"], payload=bytes(document["payload"]), **fields)

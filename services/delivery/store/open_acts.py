"""What is open, as the fold wrote it, and what was done, for people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pymongo.read_concern import ReadConcern

from services.delivery.rules.states import GROUP, target_in
from services.delivery.rules.works import Past, Target, past
from shared.fold.mongo import MAJORITY, Client, translated

CONTENT_KINDS = ("delete", "hide", "restore")


class Open(NamedTuple):
    """Open acts of a brand, of which the oldest was asked for then."""

    acts: int
    since: datetime | None


class Mark(NamedTuple):
    """The last act of a page."""

    at: datetime
    id: str


class OpenActs:
    """Reads states and entries of the fold of acts."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._states, self._entries = named[f"{GROUP}.states"], named[f"{GROUP}.entries"]

    async def prepare(self) -> None:
        """Make the indexes; idempotent."""
        async with translated():
            await self._states.create_index([("q", 1), ("since", 1)], partialFilterExpression={"open": {"$gt": 0}})
            await self._entries.create_index([("brand", 1), ("at", -1), ("_id", -1)])
            await self._entries.create_index([("brand", 1), ("community", 1), ("target", 1), ("at", 1)])

    async def of_partition(self, q: int, but: Collection[tuple[str, str]], limit: int) -> Sequence[str]:
        """Return keys of open targets of a partition, those with the oldest acts first, `but` of these communities."""
        query: dict[str, Any] = {"q": q, "open": {"$gt": 0}}
        if but:
            query["$nor"] = [{"brand": brand, "community": community} for brand, community in but]
        async with translated():
            found = await self._states.find(query, {"_id": 1}).sort("since", 1).limit(limit).to_list()
        return [document["_id"] for document in found]

    async def named(self, keys: Collection[str]) -> Mapping[str, Target]:
        """Return those of the targets that have open acts."""
        async with translated():
            found = await self._states.find({"_id": {"$in": list(keys)}, "open": {"$gt": 0}}).to_list()
        return {document["_id"]: target_in(document) for document in found}

    async def past(self, target: Target, name: str) -> Sequence[Past]:
        """Return what became of earlier acts on a content, oldest first."""
        query = {"brand": target.brand, "community": target.community, "target": name, "kind": {"$in": list(CONTENT_KINDS)}}
        async with translated():
            found = await self._entries.find(query, {"kind": 1, "code": 1}).sort("at", 1).to_list()
        return [past(document["kind"], document.get("code")) for document in found]

    async def waiting(self, brand: str, communities: Collection[str] | None = None) -> Open:
        """Return how many acts of a brand are open, and since when; in these communities, None for all."""
        group = {"$group": {"_id": None, "acts": {"$sum": "$open"}, "since": {"$min": "$since"}}}
        async with translated():
            cursor = await self._states.aggregate([{"$match": _within(brand, communities) | {"open": {"$gt": 0}}}, group])
            found = await cursor.to_list()
        return Open(int(found[0]["acts"]), found[0]["since"]) if found else Open(0, None)

    async def counted(
        self, brand: str, since: datetime, communities: Collection[str] | None = None
    ) -> Mapping[str, Mapping[str, int]]:
        """Return how many acts ended how, by connection ("" for none): `done`, or why not; `communities` as in `waiting`."""
        group = {"_id": {"connection": "$connection", "code": "$code"}, "acts": {"$sum": 1}}
        async with translated():
            match = {"$match": _within(brand, communities) | {"at": {"$gte": since}}}
            found = await (await self._entries.aggregate([match, {"$group": group}])).to_list()
        counts: dict[str, dict[str, int]] = {}
        for one in found:
            key = one["_id"]
            counts.setdefault(key.get("connection", ""), {})[key.get("code", "done")] = int(one["acts"])
        return counts

    async def history(self, query: Mapping[str, Any], limit: int, before: Mark | None = None) -> Sequence[Mapping[str, Any]]:
        """Return what was done, newest first; what ended in one moment by its id, so that pages share nothing."""
        later: dict[str, Any] = {}
        if before is not None:  # the first of the two keeps the search within the index
            later = {"at": {"$lte": before.at}, "$or": [{"at": {"$lt": before.at}}, {"_id": {"$lt": before.id}}]}
        order = [("at", -1), ("_id", -1)]
        async with translated():
            return await self._entries.find(dict(query) | later).sort(order).limit(limit).to_list()


def _within(brand: str, communities: Collection[str] | None) -> dict[str, Any]:
    return {"brand": brand} if communities is None else {"brand": brand, "community": {"$in": sorted(communities)}}

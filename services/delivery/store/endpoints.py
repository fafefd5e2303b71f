"""How the addresses are that we send to: when one answered last, since when it fails, whether it gets nothing any more.

An endpoint is `brand/notify/route` or `brand/subscription/name`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pymongo.read_concern import ReadConcern

from shared.fold.mongo import MAJORITY, Client, translated


class Health(NamedTuple):
    """How an endpoint is."""

    id: str
    ok_at: datetime | None = None
    failing_since: datetime | None = None
    problem: str | None = None
    disabled_at: datetime | None = None

    @property
    def brand(self) -> str:
        """Whose it is."""
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        """What it is called within the brand."""
        return self.id.partition("/")[2]


class Endpoints:
    """The `endpoints` collection."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._endpoints = named["endpoints"]

    async def ok(self, id_: str, now: datetime) -> None:
        """Note that it took something."""
        told = {"$set": {"ok_at": now}, "$unset": {"failing_since": 1, "problem": 1}}
        async with translated():
            await self._endpoints.update_one({"_id": id_}, told, upsert=True)

    async def failed(self, id_: str, now: datetime, problem: str) -> Health:
        """Note that it did not; return how it is."""
        since = {"$ifNull": ["$failing_since", now]}
        async with translated():
            found = await self._endpoints.find_one_and_update(
                {"_id": id_},
                [{"$set": {"failing_since": since, "problem": {"$literal": problem}}}],
                upsert=True,
                return_document=True,
            )
        return _health(found or {"_id": id_})

    async def disable(self, id_: str, now: datetime, problem: str) -> None:
        """Have it get nothing any more."""
        async with translated():
            told = {"$set": {"disabled_at": now, "problem": problem}}
            await self._endpoints.update_one({"_id": id_, "disabled_at": None}, told)

    async def enable(self, id_: str) -> Health | None:
        """Have it get everything again; return how it was, or None where it was not disabled."""
        async with translated():
            found = await self._endpoints.find_one_and_update(
                {"_id": id_, "disabled_at": {"$ne": None}},
                {"$unset": {"disabled_at": 1, "failing_since": 1, "problem": 1}},
            )
        return None if found is None else _health(found)

    async def remove(self, id_: str) -> None:
        """Forget one: another that is called so later begins anew."""
        async with translated():
            await self._endpoints.delete_one({"_id": id_})

    async def disabled(self) -> Collection[str]:
        """Return the ids of those that get nothing."""
        async with translated():
            found = await self._endpoints.find({"disabled_at": {"$ne": None}}, {"_id": 1}).to_list()
        return {document["_id"] for document in found}

    async def get(self, id_: str) -> Health:
        """Return how one is; of one that was never sent to, nothing is known."""
        async with translated():
            found = await self._endpoints.find_one({"_id": id_})
        return _health(found or {"_id": id_})

    async def of(self, brand: str) -> Sequence[Health]:
        """Return how those of a brand are."""
        begin, end = f"{brand}/", f"{brand}0"  # 0 comes after /
        async with translated():
            found = await self._endpoints.find({"_id": {"$gte": begin, "$lt": end}}).sort("_id").to_list()
        return [_health(document) for document in found]


def _health(document: dict[str, Any]) -> Health:
    fields = ("ok_at", "failing_since", "problem", "disabled_at")
    return Health(document["_id"], **{name: document.get(name) for name in fields})

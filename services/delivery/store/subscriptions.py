"""Subscriptions as they are declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from pymongo.read_concern import ReadConcern

from shared.documents.outward import Subscription
from shared.documents.shape import plain
from shared.fold.mongo import MAJORITY, Client, translated


class Declared(NamedTuple):
    """One subscription."""

    brand: str
    name: str
    spec: Subscription
    at: datetime
    """When it was declared first."""

    @property
    def endpoint(self) -> str:
        """What its address is called among those that we send to."""
        return f"{self.brand}/subscription/{self.name}"


class Subscriptions:
    """The `subscriptions` collection."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._subscriptions = named["subscriptions"]

    async def put(self, brand: str, name: str, spec: Subscription, now: datetime) -> bool:
        """Store one; say whether anything changed."""
        stored = plain(spec)
        told = {"$set": {"brand": brand, "name": name, "spec": stored}, "$setOnInsert": {"at": now}}
        async with translated():
            before = await self._subscriptions.find_one_and_update({"_id": f"{brand}/{name}"}, told, upsert=True)
        return before is None or before["spec"] != stored

    async def get(self, brand: str, name: str) -> Declared | None:
        """Return one, or None."""
        async with translated():
            found = await self._subscriptions.find_one({"_id": f"{brand}/{name}"})
        return None if found is None else _declared(found)

    async def remove(self, brand: str, name: str) -> bool:
        """Delete one; say whether there was one."""
        async with translated():
            gone = await self._subscriptions.delete_one({"_id": f"{brand}/{name}"})
        return gone.deleted_count > 0

    async def all(self, brand: str | None = None) -> Sequence[Declared]:
        """Return all of them, or those of a brand."""
        async with translated():
            found = await self._subscriptions.find({} if brand is None else {"brand": brand}).sort("_id").to_list()
        return [_declared(document) for document in found]


def _declared(document: Mapping[str, Any]) -> Declared:
    spec = msgspec.convert(document["spec"], Subscription)
    return Declared(document["brand"], document["name"], spec, document["at"])

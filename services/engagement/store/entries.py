"""What the ledger's entries say: of an order, and summed up over a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pymongo.read_concern import ReadConcern

from shared.fold.mongo import MAJORITY, Client, translated

KINDS = ("issued", "clawed_back", "barred", "spent", "refunded", "expired", "adjusted", "sent", "received")
"""What a statement tells apart. `issued` and `clawed_back` are of rules; those that begin with @ are the ledger's own."""


class Sum(NamedTuple):
    """Entries of one kind."""

    points: int
    """Their sum; negative where points went."""
    entries: int


class Owed(NamedTuple):
    """What members could spend, and what some of them lack."""

    points: int
    """The sum of all balances above zero."""
    members: int
    debts: int
    """The sum of all balances below zero."""
    debtors: int


class Entries:
    """The entries of the ledger, read only."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._states, self._entries = named["ledger.states"], named["ledger.entries"]

    async def prepare(self) -> None:
        """Make the indexes; idempotent."""
        async with translated():
            await self._entries.create_index([("brand", 1), ("at", 1)])

    async def one(self, id_: str) -> Mapping[str, Any] | None:
        """Return an entry by its id."""
        async with translated():
            return await self._entries.find_one({"_id": id_})

    async def knows(self, brand: str, member: str) -> bool:
        """Say whether a member has an account."""
        async with translated():
            return await self._states.find_one({"_id": f"{brand}/{member}"}, {"_id": 1}) is not None

    async def sums(
        self, brand: str, since: datetime | None = None, until: datetime | None = None, member: str | None = None
    ) -> Mapping[str, Sum]:
        """Return what was posted from `since` on and before `until`, by kind; kinds of which there is nothing are absent."""
        span = {name: moment for name, moment in (("$gte", since), ("$lt", until)) if moment is not None}
        query: dict[str, Any] = {"brand": brand} | ({"member": member} if member else {}) | ({"at": span} if span else {})
        of_rules = {"$cond": [{"$gte": ["$uncapped", 0]}, "issued", "clawed_back"]}
        own = {"$eq": [{"$substrBytes": ["$rule", 0, 1]}, "@"]}
        kind = {"$cond": [own, {"$substrBytes": ["$rule", 1, 20]}, of_rules]}
        group = {"_id": kind, "points": {"$sum": "$applied"}, "entries": {"$sum": 1}}
        async with translated():
            cursor = await self._entries.aggregate([{"$match": query}, {"$group": group}])
            return {one["_id"]: Sum(int(one["points"]), one["entries"]) async for one in cursor}

    async def owed(self, brand: str) -> Owed:
        """Return what is owed to the members of a brand now."""
        above = {"$cond": [{"$gt": ["$balance", 0]}, "$balance", 0]}
        below = {"$cond": [{"$lt": ["$balance", 0]}, "$balance", 0]}
        group = {
            "_id": None,
            "points": {"$sum": above},
            "members": {"$sum": {"$cond": [{"$gt": ["$balance", 0]}, 1, 0]}},
            "debts": {"$sum": below},
            "debtors": {"$sum": {"$cond": [{"$lt": ["$balance", 0]}, 1, 0]}},
        }
        async with translated():
            cursor = await self._states.aggregate([{"$match": {"brand": brand}}, {"$group": group}])
            found = await cursor.to_list()
        if not found:
            return Owed(0, 0, 0, 0)
        told = found[0]
        return Owed(int(told["points"]), told["members"], int(told["debts"]), told["debtors"])

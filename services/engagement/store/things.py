"""Reading what the fold of participation wrote: things, and what was done to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from pymongo.read_concern import ReadConcern

from services.engagement.rules.participation.kinds import MECHANISMS
from services.engagement.rules.participation.mechanism import Mechanism
from shared.documents.things import Thing as Spec
from shared.fold.mongo import MAJORITY, Client, translated
from shared.said import Said

THERE = {"deleted": {"$exists": False}}
"""Of things whose document was not deleted."""

STEP = {"$exists": True}
"""Of entries that tell which state an order came to."""


class Kept(NamedTuple):
    """A thing as it is now."""

    name: str
    """Kind and name: `quiz/spring`."""
    version: int
    spec: Spec
    state: Any

    @property
    def mechanism(self) -> Mechanism[Any, Any]:
        """Return what its kind does."""
        return MECHANISMS[self.name.partition("/")[0]]


class Things:
    """Things, and entries of what was done to them, read only."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._states, self._entries = named["participation.states"], named["participation.entries"]

    async def prepare(self) -> None:
        """Make the indexes; idempotent."""
        async with translated():
            await self._states.create_index([("brand", 1), ("thing", 1)])
            await self._states.create_index("awaits", sparse=True)
            await self._entries.create_index([("brand", 1), ("thing", 1), ("at", -1)])
            await self._entries.create_index([("brand", 1), ("member", 1), ("at", -1)])
            ordered = {"order": {"$exists": True}}
            await self._entries.create_index([("brand", 1), ("order", 1), ("step", 1)], partialFilterExpression=ordered)

    async def one(self, brand: str, thing: str, *, gone: bool = False) -> Kept | None:
        """Return a thing; None where there is none (any more). With `gone`, also one whose document was deleted."""
        query: dict[str, Any] = {"_id": f"{brand}/{thing}"} | ({} if gone else THERE)
        async with translated():
            found = await self._states.find_one(query)
        return None if found is None else _kept(found)

    async def all(
        self, brand: str, kind: str | None = None, ends_after: datetime | None = None, *, gone: bool = False
    ) -> Sequence[Kept]:
        """Return the things of a brand by their names: of one kind, without those that ended before, where that is said.

        With `gone`, also those whose documents were deleted.
        """
        query: dict[str, Any] = {"brand": brand} | ({} if gone else THERE)
        if kind is not None:
            query["thing"] = {"$gte": f"{kind}/", "$lt": f"{kind}0"}  # 0 comes after /
        if ends_after is not None:
            query["$or"] = [{"ends": {"$exists": False}}, {"ends": {"$gte": ends_after}}]
        async with translated():
            found = await self._states.find(query).sort("thing", 1).to_list()
        return [_kept(one) for one in found]

    async def titles(self, brand: str, things: Collection[str]) -> Mapping[str, Said]:
        """Return the titles of some things, kinds and names, by these; also of those whose documents were deleted."""
        query = {"_id": {"$in": [f"{brand}/{one}" for one in sorted(things)]}}
        async with translated():
            found = await self._states.find(query, {"thing": 1, "spec": 1}).to_list()
        return {one["thing"]: Said(**msgspec.msgpack.decode(one["spec"])["title"]) for one in found}

    async def entry(self, id_: str) -> Mapping[str, Any] | None:
        """Return what became of a command."""
        async with translated():
            return await self._entries.find_one({"_id": id_})

    async def entries(
        self, brand: str, limit: int, *, thing: str | None = None, member: str | None = None
    ) -> Sequence[Mapping[str, Any]]:
        """Return what was done to a thing, or by a member, newest first."""
        query = {"brand": brand, "thing": thing, "member": member}
        query = {name: value for name, value in query.items() if value is not None}
        async with translated():
            return await self._entries.find(query).sort("at", -1).limit(limit).to_list()

    async def steps(self, brand: str, order: str) -> Sequence[Mapping[str, Any]]:
        """Return the entries of an order of the shop, one for each state that it had; the last one tells how it stands."""
        async with translated():
            return await self._entries.find({"brand": brand, "order": order, "step": STEP}).sort("step", 1).to_list()

    async def orders(self, brand: str, member: str, limit: int) -> Sequence[Mapping[str, Any]]:
        """Return the orders of a member, the newest first, each with the state that it has."""
        told = {name: {"$first": f"${name}"} for name in ("thing", "quantity", "amount", "at")}
        now = {name: {"$last": f"${name}"} for name in ("state", "code")} | {"note": {"$max": "$does.note"}}
        pipeline: list[Mapping[str, Any]] = [
            {"$match": {"brand": brand, "member": member, "step": STEP}},
            {"$sort": {"order": 1, "step": 1}},
            {"$group": {"_id": "$order", **told, **now, "changed": {"$last": "$at"}}},
            {"$sort": {"at": -1, "_id": 1}},
            {"$limit": limit},
        ]
        async with translated():
            return await (await self._entries.aggregate(pipeline)).to_list()


def _kept(found: Mapping[str, Any]) -> Kept:
    mechanism = MECHANISMS[found["thing"].partition("/")[0]]
    spec = msgspec.convert(msgspec.msgpack.decode(found["spec"]), mechanism.spec)
    return Kept(found["thing"], found["version"], spec, msgspec.msgpack.decode(found["state"], type=mechanism.state))

"""Incidents as their fold has them, to read and to list; and what became of what a person asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from pymongo.read_concern import ReadConcern

from services.reporting.rules.crises.crisis import Crisis, crisis_of
from shared.fold.mongo import Client, translated

ONLY_INCIDENTS = {"t": "incident"}

Status = Literal["open", "closed", "all"]


class Place(NamedTuple):
    """Where a page ends: the incident that stands last on it."""

    opened_ms: int
    id: str


class Wanted(NamedTuple):
    """Which incidents are asked for, the newest first."""

    brand: str
    communities: Collection[str] | None
    """Those among which to look, the empty name for the whole brand's; None: all."""
    status: Status
    signal: str | None
    after: Place | None
    limit: int


class IncidentsStore:
    """Reads the states and the entries of the fold."""

    def __init__(self, client: Client, database: str, group: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"))
        self._states, self._entries = named[f"{group}.states"], named[f"{group}.entries"]

    async def prepare(self) -> None:
        """Make the indexes; idempotent."""
        order = [("opened_ms", -1), ("id", -1)]
        async with translated():
            for first in ([("brand", 1)], [("brand", 1), ("community", 1)], [("brand", 1), ("status", 1)]):
                await self._states.create_index([*first, *order], partialFilterExpression=ONLY_INCIDENTS)
            await self._states.create_index("id", partialFilterExpression=ONLY_INCIDENTS)

    async def one(self, id_: str) -> Crisis | None:
        """Return an incident by its id."""
        async with translated():
            found = await self._states.find_one({"id": id_, **ONLY_INCIDENTS})
        return None if found is None else crisis_of(found)

    async def listed(self, wanted: Wanted) -> Sequence[Crisis]:
        """Return a page of incidents, the newest first."""
        async with translated():
            cursor = self._states.find(_query(wanted)).sort([("opened_ms", -1), ("id", -1)]).limit(wanted.limit)
            return [crisis_of(document) for document in await cursor.to_list()]

    async def order(self, brand: str, id_: str) -> Mapping[str, Any] | None:
        """Return what became of what a person asked, once the fold has read it."""
        async with translated():
            return await self._entries.find_one({"_id": f"{brand}/{id_}"})


def _query(wanted: Wanted) -> dict[str, Any]:
    query: dict[str, Any] = {**ONLY_INCIDENTS, "brand": wanted.brand}
    if wanted.communities is not None:
        query["community"] = {"$in": sorted(wanted.communities)}
    if wanted.status != "all":
        query["status"] = wanted.status
    if wanted.signal is not None:
        query[f"parts.{wanted.signal}"] = {"$exists": True}
    if wanted.after is not None:
        opened_ms, id_ = wanted.after
        query["$or"] = [{"opened_ms": {"$lt": opened_ms}}, {"opened_ms": opened_ms, "id": {"$lt": id_}}]
    return query

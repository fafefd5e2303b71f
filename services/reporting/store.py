"""What the folds stored, read for a report: hours added up by the database, presences as they are.

Documents are written by the folds alone. All of them carry kind, brand, community and `at`, and an index serves reads by
these but for presences: in an import there are as many as events, an index over them slows the fold by a third, and their
keys stand in the order of months anyway.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.read_concern import ReadConcern

from services.reporting.figures import HOUR_COUNTS, POINT_COUNTS
from services.reporting.figures.buckets import hour, presence, removal, total
from services.reporting.figures.buckets.hours import hour_at, month_of, start_of
from services.reporting.figures.reactions import GROWN
from services.reporting.figures.removals import REMOVALS_COUNT
from services.reporting.figures.summary import Material, Presence, Row
from shared.fold.mongo import Client, translated

BATCH = 10_000
"""Documents of one answer of the database; fewer round trips for long frames."""

INDEX = [("brand", 1), ("kind", 1), ("at", 1)]
INDEXED = {"kind": {"$in": [hour.KIND, removal.KIND, total.KIND]}}


class Query(Struct, frozen=True):
    """What to read: whole hours from `first` to `end`, added up by hour or by day in the zone."""

    brand: str
    first: datetime
    end: datetime
    zone: ZoneInfo
    by_hour: bool = False
    communities: Collection[str] | None = None
    """None: all of the brand's own."""
    others: Collection[str] = ()
    """Communities that are not the brand's own: left out unless they are asked for."""


class FiguresStore:
    """Reads the states of both folds."""

    def __init__(self, client: Client, database: str, figures: str, points: str) -> None:
        """`figures` and `points` are the groups of the folds."""
        named = client.get_database(database, read_concern=ReadConcern("majority"))
        self._figures, self._points = named[f"{figures}.states"], named[f"{points}.states"]

    async def prepare(self) -> None:
        """Make the index; idempotent."""
        async with translated():
            for states in (self._figures, self._points):
                await states.create_index(INDEX, partialFilterExpression=INDEXED)

    async def read(self, query: Query) -> Material:
        """Return all that the query asks for."""
        async with translated():
            rows = await _sums(self._figures, query, HOUR_COUNTS) + await _sums(self._points, query, POINT_COUNTS)
            rows += await self._removals(query) + await self._growth(query)
            communities = sorted({row.community for row in rows})  # who was present was counted as well
            return Material(rows, [one for name in communities for one in await self._presences(query, name)])

    async def span(
        self, brand: str, communities: Collection[str] | None, others: Collection[str] = ()
    ) -> tuple[datetime, datetime] | None:
        """Return the first and the last hour in which anything was counted; None where nothing was."""
        match = {"brand": brand, "kind": hour.KIND, **_among(communities, others)}
        async with translated():
            ends = [await self._figures.find_one(match, {"at": True}, sort=[("at", order)]) for order in (1, -1)]
        first, last = (None if end is None else end["at"] for end in ends)
        return None if first is None or last is None else (first, last)

    async def _removals(self, query: Query) -> list[Row]:
        match = _match(query, removal.KIND) | {"reversed": False}
        return await _grouped(self._figures, query, match, {REMOVALS_COUNT: {"$sum": 1}})

    async def _growth(self, query: Query) -> list[Row]:
        match = _match(query, total.KIND) | {"at": {"$lt": query.end}, "last": {"$gte": query.first}}
        found = await self._figures.find(match, batch_size=BATCH).to_list()
        return [
            Row(state.community, start_of(at), {GROWN: grown})
            for state in map(total.decode, found)
            for at, grown in total.growth(state)
        ]

    async def _presences(self, query: Query, community: str) -> list[Presence]:
        months = (month_of(hour_at(instant)) for instant in (query.first, query.end))
        low, high = presence.keys_between(query.brand, community, *months)
        match = {"_id": {"$gt": low, "$lt": high}, "brand": query.brand, "community": community}
        fields = {"_id": False, "community": True, "member": True, "at": True, "bits": True}
        found = await self._figures.find(match, fields, batch_size=BATCH).to_list()
        return [_presence(document) for document in found]


def _presence(document: Mapping[str, Any]) -> Presence:
    bits = int.from_bytes(document["bits"], "little")
    return Presence(document["community"], document["member"], hour_at(document["at"]), bits)


async def _sums(states: AsyncCollection[dict[str, Any]], query: Query, names: Sequence[str]) -> list[Row]:
    sums = {name: {"$sum": f"$counts.{name}"} for name in names}
    return await _grouped(states, query, _match(query, hour.KIND), sums)


async def _grouped(
    states: AsyncCollection[dict[str, Any]], query: Query, match: Mapping[str, Any], sums: Mapping[str, Any]
) -> list[Row]:
    """Return what the hours add up to; the database knows the days of the zone."""
    unit = "hour" if query.by_hour else "day"
    at: Any = "$at" if query.by_hour else {"$dateTrunc": {"date": "$at", "unit": unit, "timezone": query.zone.key}}
    group = {"_id": {"community": "$community", "at": at}, **sums}
    cursor = await states.aggregate([{"$match": match}, {"$group": group}], batchSize=BATCH)
    return [_row(document) for document in await cursor.to_list()]


def _row(document: dict[str, Any]) -> Row:
    key = document.pop("_id")
    return Row(key["community"], key["at"], {name: int(n) for name, n in document.items() if n})


def _match(query: Query, kind: str) -> dict[str, Any]:
    match: dict[str, Any] = {"brand": query.brand, "kind": kind, "at": {"$gte": query.first, "$lt": query.end}}
    return match | _among(query.communities, query.others)


def _among(communities: Collection[str] | None, others: Collection[str]) -> dict[str, Any]:
    if communities is not None:
        return {"community": {"$in": sorted(communities)}}
    return {"community": {"$nin": sorted(others)}} if others else {}

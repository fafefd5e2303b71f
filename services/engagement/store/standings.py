"""Final standings: boards that were kept under a name, for good."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from services.engagement.rules.boards import Board, Metric, Page, Period, Place
from shared.fold.mongo import MAJORITY, Client, translated

PLACES_AT_ONCE = 1_000
"""Of a stored page: 60 kB."""
PLACES_MAX = 100_000
"""Of one standing. The number of all members on the board is kept, too."""
LISTED_MAX = 1_000


class Standing(NamedTuple):
    """A board as it was kept."""

    name: str
    board: Board
    at: datetime
    """What had happened until then counts."""
    kept: datetime
    """When it was kept."""
    by: str
    members: int
    """How many stood on the board."""
    places: int
    """How many of them are kept."""


class Standings:
    """Keeps boards. What is kept is never changed."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._heads, self._pages = named["standings"], named["standings.pages"]

    async def prepare(self) -> None:
        """Make the index; idempotent."""
        async with translated():
            await self._heads.create_index([("brand", 1), ("kept", -1)])

    async def keep(self, standing: Standing, places: Sequence[Place]) -> Standing:
        """Keep a standing, and return it; where one of its name is there already, return that one.

        The head is written last: a standing is there as a whole or not at all.
        """
        try_ = secrets.token_hex(8)
        pages = [
            {
                "_id": f"{try_}/{start // PLACES_AT_ONCE}",
                "places": [list(one) for one in places[start : start + PLACES_AT_ONCE]],
            }
            for start in range(0, len(places), PLACES_AT_ONCE)
        ]
        key = _key(standing.board.brand, standing.name)
        async with translated():
            if pages:
                await self._pages.insert_many(pages)
            try:
                await self._heads.insert_one({"_id": key, "pages": try_, **_document(standing)})
            except DuplicateKeyError:
                await self._pages.delete_many({"_id": {"$in": [page["_id"] for page in pages]}})
        found = await self.one(standing.board.brand, standing.name)
        assert found is not None, "it is there, for nothing removes it"
        return found

    async def one(self, brand: str, name: str) -> Standing | None:
        """Return a standing, or None."""
        async with translated():
            found = await self._heads.find_one({"_id": _key(brand, name)})
        return None if found is None else _standing(found)

    async def all(self, brand: str, communities: Collection[str] | None = None) -> Sequence[Standing]:
        """Return a brand's standings, the newest first; only those of the communities, where some are given."""
        query: dict[str, Any] = (
            {"brand": brand} if communities is None else {"brand": brand, "community": {"$in": sorted(communities)}}
        )
        async with translated():
            return [_standing(one) for one in await self._heads.find(query).sort("kept", -1).limit(LISTED_MAX).to_list()]

    async def page(self, standing: Standing, offset: int, limit: int) -> Page:
        """Return some of a standing's places."""
        first, last = offset // PLACES_AT_ONCE, (offset + limit - 1) // PLACES_AT_ONCE
        async with translated():
            head = await self._heads.find_one({"_id": _key(standing.board.brand, standing.name)}, {"pages": 1})
            assert head is not None, "nothing removes a standing"
            keys = [f"{head['pages']}/{number}" for number in range(first, last + 1)]
            found = {one["_id"]: one["places"] for one in await self._pages.find({"_id": {"$in": keys}}).to_list()}
        rows = [Place(*row) for key in keys for row in found.get(key, ())]
        start = offset - first * PLACES_AT_ONCE
        return Page(standing.members, rows[start : start + limit])


def _key(brand: str, name: str) -> str:
    return f"{brand}/{name}"


def _document(standing: Standing) -> dict[str, Any]:
    board = standing.board._asdict() | {"period": standing.board.period.value, "metric": standing.board.metric.value}
    told = standing._asdict() | board
    del told["board"]
    return told


def _standing(found: Mapping[str, Any]) -> Standing:
    board = Board(found["brand"], found["community"], Period(found["period"]), found["first"], Metric(found["metric"]))
    told = {name: found[name] for name in ("name", "at", "kept", "by", "members", "places")}
    return Standing(board=board, **told)

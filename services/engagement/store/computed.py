"""Boards computed from the ledger's entries: as they were at a past moment, and where Redis cannot be asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

from pymongo.errors import ExecutionTimeout
from pymongo.read_concern import ReadConcern

from services.engagement.rules.boards import Board, Metric, Page, numbered, span_of
from services.engagement.rules.bookings import BARRED, OWN
from services.engagement.rules.rewards import EVER
from shared.errors import Retryable
from shared.fold.mongo import MAJORITY, Client, translated

COMPUTED_MS = 20_000
"""How long one may take: about five million entries."""
AT_ONCE = 2
"""How many are computed at once in a process: the ledger itself needs the database."""
NO_DAY = (None, date.fromordinal(EVER).isoformat())
"""The day of entries that count on that of their time."""


class Computed:
    """Adds up entries; the same rules as those of the live boards."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._entries = named["ledger.entries"]
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def prepare(self) -> None:
        """Make the index; idempotent. That of all time is (brand, at), which statements need, too."""
        async with translated():
            await self._entries.create_index([("brand", 1), ("day", 1), ("at", 1)])

    async def page(self, board: Board, at: datetime | None, offset: int, limit: int) -> Page:
        """Return some places, by what had happened until a moment (included); None is now.

        Raises Retryable where that takes too long, or MongoDB is away.
        """
        rows: list[dict[str, Any]] = [{"$sort": {"value": -1, "_id": 1}}, {"$skip": offset}, {"$limit": limit}]
        found = await self._asked(board, at, rows=rows, members=[{"$count": "n"}])
        shown = [(row["_id"], int(row["value"])) for row in found["rows"]]
        above = await self._count(board, at, {"value": {"$gt": shown[0][1]}}) if offset and shown else 0
        return Page(sum(one["n"] for one in found["members"]), numbered(shown, offset, above))

    async def around(self, board: Board, at: datetime | None, member: str, others: int) -> Page:
        """Return a member's place, between so many before and behind; no places where there is none. Raises as `page`."""
        found = await self._asked(board, at, rows=[{"$match": {"_id": member}}], members=[{"$count": "n"}])
        if not found["rows"]:
            return Page(sum(one["n"] for one in found["members"]), ())
        value = found["rows"][0]["value"]
        before = {"$or": [{"value": {"$gt": value}}, {"value": value, "_id": {"$lt": member}}]}
        row = await self._count(board, at, before)
        first = max(0, row - others)
        return await self.page(board, at, first, row + others + 1 - first)

    async def _count(self, board: Board, at: datetime | None, which: Mapping[str, Any]) -> int:
        found = await self._asked(board, at, members=[{"$match": which}, {"$count": "n"}])
        return sum(one["n"] for one in found["members"])

    async def _asked(self, board: Board, at: datetime | None, **facets: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        steps = [*_steps(board, at), {"$facet": facets}]
        async with self._computing():
            cursor = await self._entries.aggregate(steps, maxTimeMS=COMPUTED_MS, allowDiskUse=True)
            (found,) = await cursor.to_list()
        return found

    async def first(self, board: Board, at: datetime, limit: int) -> Page:
        """Return the first places, many of them, and how many members there are. Raises as `page`."""
        rows, members = list[tuple[str, int]](), 0
        async with self._computing():
            steps = [*_steps(board, at), {"$sort": {"value": -1, "_id": 1}}]
            async for row in await self._entries.aggregate(steps, maxTimeMS=COMPUTED_MS, allowDiskUse=True):
                members += 1
                if members <= limit:
                    rows.append((row["_id"], int(row["value"])))
        return Page(members, numbered(rows, 0, 0))

    @asynccontextmanager
    async def _computing(self) -> AsyncIterator[None]:
        async with self._turns, translated():
            try:
                yield
            except ExecutionTimeout as error:
                raise Retryable(f"this board is too large to be computed within {COMPUTED_MS // 1000} s") from error


def _steps(board: Board, at: datetime | None) -> list[dict[str, Any]]:
    """Return what makes a row of each member who stands on the board."""
    what = "$applied" if board.metric is Metric.POINTS else {"$ifNull": ["$karma", 0]}
    return [
        {"$match": _query(board, at)},
        {"$group": {"_id": "$member", "value": {"$sum": what}}},
        {"$match": {"value": {"$gt": 0}}},
    ]


def _query(board: Board, at: datetime | None) -> dict[str, Any]:
    """Return which entries count: those of rules, and of days of sanctions, by their day."""
    query: dict[str, Any] = {"brand": board.brand, "rule": {"$not": {"$regex": f"^{OWN}(?!{BARRED.removeprefix(OWN)}$)"}}}
    if board.community is not None:
        query["community"] = board.community
    if at is not None:
        query["at"] = {"$lte": at}
    span = span_of(board)
    if span.first is not None and span.until is not None:
        begin, end = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (span.first, span.until))
        query["$or"] = [
            {"day": {"$gte": span.first.isoformat(), "$lt": span.until.isoformat()}},
            {"day": {"$in": list(NO_DAY)}, "at": {"$gte": begin, "$lt": end}},
        ]
    return query

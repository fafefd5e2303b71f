"""What came through each connection, for whoever asks how it is: counted in memory, added up by the hour in MongoDB.

It is for people, not for the account: what a process counted since its last flush goes with it, and a flush whose outcome is
unknown may count twice. Nothing of members is kept: a talk with one person is counted, but not where it happened.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pymongo import UpdateOne

from shared.clock import Clock
from shared.errors import Retryable
from shared.fold.mongo import Client, translated

log = logging.getLogger(__name__)

FLUSH_S = 5.0
"""How old what people see may be."""

KEPT = timedelta(hours=48)
"""A weekend's trouble is still there on Monday morning, if nobody slept in."""

HOUR = timedelta(hours=1)

COMMUNITIES_MAX = 1_000
"""That a process notes for one connection in an hour: a document ends at 16 MB."""


@dataclass
class Tally:
    """One connection in one hour."""

    brand: str
    taken: int = 0
    last_at: datetime | None = None
    refused: Counter[str] = field(default_factory=Counter)
    communities: set[str] = field(default_factory=set)

    def add(self, other: Tally) -> None:
        """Add what another counted."""
        self.taken += other.taken
        self.last_at = max(filter(None, (self.last_at, other.last_at)), default=None)
        self.refused += other.refused
        self.communities |= other.communities


def hour_of(at: datetime) -> datetime:
    """Return the hour that an instant lies in."""
    return at.replace(minute=0, second=0, microsecond=0)


class Counts:
    """Counts for all connections; every process its own, and all of them together in MongoDB."""

    def __init__(self, client: Client, database: str, clock: Clock) -> None:
        self._hours, self._clock = client[database]["hours"], clock
        self._tallies: dict[tuple[str, datetime], Tally] = {}
        self._pruned_at: datetime | None = None

    def took(self, brand: str, connection: str, at: datetime, number: int, communities: Collection[str]) -> None:
        """Count what was taken in."""
        tally = self._tally(brand, connection, at)
        tally.taken += number
        tally.last_at = at
        if len(tally.communities) < COMMUNITIES_MAX:
            tally.communities.update(communities)

    def refused(self, brand: str, connection: str, reason: str) -> None:
        """Count what was refused; reasons come from a closed list, and hold no dot."""
        self._tally(brand, connection, self._clock.now()).refused[reason] += 1

    def _tally(self, brand: str, connection: str, at: datetime) -> Tally:
        key = (connection, hour_of(at))
        found = self._tallies.get(key)
        if found is None:
            found = self._tallies[key] = Tally(brand)
        return found

    async def run(self) -> None:
        """Flush every few seconds, until cancelled, and then once more."""
        try:
            while True:
                await asyncio.sleep(FLUSH_S)
                await self._try_flush()
        finally:
            await self._try_flush()

    async def _try_flush(self) -> None:
        try:
            await self.flush()
        except Retryable as error:
            log.warning("counts of connections wait: %s", error)

    async def flush(self) -> None:
        """Add what was counted to MongoDB, and forget what is older than KEPT. Raises Retryable; all stays counted."""
        tallies, self._tallies = self._tallies, {}
        try:
            async with translated():
                if tallies:
                    await self._hours.bulk_write([_update(*key, tally) for key, tally in tallies.items()], ordered=False)
                await self._prune()
        except Retryable:
            for key, tally in tallies.items():
                self._tallies.setdefault(key, Tally(tally.brand)).add(tally)
            raise

    async def _prune(self) -> None:
        hour = hour_of(self._clock.now())
        if hour != self._pruned_at:
            await self._hours.delete_many({"hour": {"$lt": hour - KEPT}})
            self._pruned_at = hour

    async def since(self, at: datetime, brand: str | None) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return the hours of connections since that of `at`, by name. Raises Retryable."""
        query: dict[str, Any] = {"hour": {"$gte": hour_of(at)}} | ({} if brand is None else {"brand": brand})
        found: dict[str, list[Mapping[str, Any]]] = {}
        async with translated():
            for document in await self._hours.find(query).sort("hour").to_list():
                found.setdefault(document["connection"], []).append(document)
        return found


def _update(connection: str, hour: datetime, tally: Tally) -> UpdateOne:
    """Return what adds a tally to the document of its hour."""
    change: dict[str, Any] = {
        "$setOnInsert": {"brand": tally.brand, "connection": connection, "hour": hour},
        "$inc": {"taken": tally.taken, **{f"refused.{reason}": number for reason, number in tally.refused.items()}},
        "$addToSet": {"communities": {"$each": sorted(tally.communities)}},
    }
    if tally.last_at is not None:
        change["$max"] = {"last_at": tally.last_at}
    return UpdateOne({"_id": f"{connection}/{hour.isoformat()}"}, change, upsert=True)

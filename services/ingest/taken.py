"""What the normaliser has taken in, seen from the edge."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from pymongo.read_concern import ReadConcern

from shared.bus.backlog import Backlog, Waiting
from shared.bus.partition import partition_for
from shared.clock import Clock
from shared.fold.mongo import Client, translated
from shared.topics import PARTITIONS, RAW


class Taken:
    """What the normaliser has taken in, as its own database tells: imports yield to it, and say what was there already."""

    def __init__(self, client: Client, database: str, group: str, servers: str, clock: Clock) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"))
        self._progress, self._identities, self._group = named["progress"], named[f"{group}.identities"], group
        self._backlog = Backlog(servers, RAW.name, self._places, clock)

    async def known(self, identities: Collection[str]) -> set[str]:
        """Return which of the events (see `facts.identity`) were taken in before. Raises Retryable."""
        async with translated():
            found = await self._identities.find({"_id": {"$in": list(identities)}}, {"_id": 1}).to_list()
        return {document["_id"] for document in found}

    async def waiting(self, limit: timedelta, keys: Collection[str]) -> Waiting:
        """Return what waits before records of these keys (see `key_of`), and where it has for longer than the limit.

        A partition that stands still is no business of the others. Raises Retryable.
        """
        return await self._backlog.waiting(limit, {partition_for(key.encode(), PARTITIONS) for key in keys})

    async def _places(self) -> Mapping[int, int]:
        ids = {f"{self._group}/{q}": q for q in range(PARTITIONS)}
        async with translated():
            found = await self._progress.find({"_id": {"$in": list(ids)}}, {"places": 1}).to_list()
        return {ids[d["_id"]]: int(place["next"]) for d in found for place in d["places"] if place["topic"] == RAW.name}

    async def stop(self) -> None:
        """Let go of Kafka."""
        await self._backlog.stop()

"""Which process carries the acts of which partition out: one at a time, by lease.

The fold's fence keeps a stopped process from writing; nothing at a platform keeps it from asking. So whoever carries acts
out holds a lease, looks at its age before each request (by a clock that goes on while a process is stopped), and its
successor waits until it is over.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection
from datetime import timedelta

from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from shared.clock import Clock
from shared.fold.mongo import MAJORITY, Client, translated

LEASE_S = 12.0
"""How long a successor waits for a process that is gone: about as long as Kafka takes to notice that it is."""

FRESH_S = 6.0
"""A lease that was renewed longer ago carries no request: half of the lease, for clocks that differ."""


class Carriers:
    """Holds the leases of this process."""

    def __init__(self, client: Client, database: str, clock: Clock, now: Callable[[], float] = time.monotonic) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._leases, self._clock, self._now = named["carriers"], clock, now
        self._me = secrets.token_hex(8)
        self._renewed: dict[int, float] = {}

    @property
    def held(self) -> frozenset[int]:
        """The partitions whose lease is held, as far as is known."""
        return frozenset(self._renewed)

    def over(self) -> frozenset[int]:
        """Return the partitions whose lease ran out before it was renewed: somebody else may have held it meanwhile."""
        now = self._now()
        return frozenset(q for q, renewed in self._renewed.items() if now - renewed >= LEASE_S)

    def is_fresh(self, q: int) -> bool:
        """Say whether a request may go out now for what is done in this partition."""
        renewed = self._renewed.get(q)
        return renewed is not None and self._now() - renewed < FRESH_S

    async def take(self, wanted: Collection[int]) -> frozenset[int]:
        """Take or renew leases; return those that are held now. Raises Retryable, with those of before still held."""
        found = set[int]()
        for q in wanted:
            began = self._now()
            if await self._taken(q):
                self._renewed[q] = began
                found.add(q)
        for q in self._renewed.keys() - found:
            del self._renewed[q]
        return frozenset(found)

    async def _taken(self, q: int) -> bool:
        now = self._clock.now()
        free = {"$or": [{"until": {"$lt": now}}, {"owner": self._me}]}
        mine = {"$set": {"owner": self._me, "until": now + timedelta(seconds=LEASE_S)}}
        async with translated():
            try:
                await self._leases.update_one({"_id": q, **free}, mine, upsert=True)
            except DuplicateKeyError:
                return False
        return True

    async def release(self, partitions: Collection[int]) -> None:
        """Let successors go on at once. Raises Retryable where the store is away: they wait until the leases are over."""
        partitions = list(partitions)  # those that are held change as they are let go
        for q in partitions:
            self._renewed.pop(q, None)
        async with translated():
            await self._leases.delete_many({"_id": {"$in": partitions}, "owner": self._me})

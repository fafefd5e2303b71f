"""Time that has come: publishes timers that are due as commands, one scheduler at a time by lease.

A timer stays stored until the fold has read its command and says that it is done, so a command that is lost with
its process is published again; the fold knows a second one by the timer's id.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from shared.bus.record import Outgoing
from shared.clock import Clock
from shared.fold.mongo import MAJORITY, Client, translated
from shared.fold.ports import Chunk, Outlet

log = logging.getLogger(__name__)

TICK_S = 0.5
"""How often is looked; a timer fires at most this much late."""
LEASE_S = 10
"""A scheduler that does not renew for so long is dead."""
AGAIN_S = 6 * 3600
"""A command whose timer is still stored after so long is published again: a net below the net, for it was acknowledged.

It must be long: the command may stand behind a backlog, and each more makes that longer.
"""
TIMERS_MAX = 1_000
"""Timers of one look."""


class Scheduler:
    """Fires the timers of one group."""

    def __init__(self, client: Client, database: str, group: str, outlet: Outlet, clock: Clock) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._timers, self._leases = named[f"{group}.timers"], named["leases"]
        self._group, self._outlet, self._clock = group, outlet, clock
        self._me = secrets.token_hex(8)

    async def tick(self) -> int:
        """Fire what is due, where this scheduler has the lease; return how many commands were published."""
        now = self._clock.now()
        async with translated():
            if not await self._leased(now):
                return 0
            return await self._fire(now)

    async def _leased(self, now: datetime) -> bool:
        mine = {"$or": [{"until": {"$lt": now}}, {"owner": self._me}]}
        lease = {"$set": {"owner": self._me, "until": now + timedelta(seconds=LEASE_S)}}
        try:
            await self._leases.update_one({"_id": self._group, **mine}, lease, upsert=True)
        except DuplicateKeyError:
            return False
        return True

    async def _fire(self, now: datetime) -> int:
        now_ms = round(now.timestamp() * 1000)
        again_ms = now_ms - AGAIN_S * 1000
        due = {"due": {"$lte": now_ms}, "$or": [{"fired": {"$exists": False}}, {"fired": {"$lte": again_ms}}]}
        found = await self._timers.find(due).sort("due", 1).limit(TIMERS_MAX).to_list()
        if not found:
            return 0
        await self._outlet.publish([_chunk(number, timer) for number, timer in enumerate(found)])
        fired = {"_id": {"$in": [timer["_id"] for timer in found]}, "due": {"$lte": now_ms}}
        await self._timers.update_many(fired, {"$set": {"fired": now_ms}})
        return len(found)


def _chunk(number: int, timer: Mapping[str, Any]) -> Chunk:
    headers = [(key, bytes(value)) for key, value in timer["headers"]]
    command = Outgoing(timer["key"].encode(), bytes(timer["command"]), headers)
    return Chunk(number, timer["topic"], timer["q"], [command])

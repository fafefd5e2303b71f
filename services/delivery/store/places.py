"""Up to where each subscription is sent, who sends it now, and what was put aside.

One document a subscription: its place moves on only for who has the lease, and only while it is read in the same turn: a
replay begins another turn, so what was under way before moves nothing.
"""

from __future__ import annotations

import secrets as randomness
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from shared.bus.following import Spot
from shared.clock import Clock
from shared.fold.mongo import MAJORITY, Client, translated

LEASE = timedelta(seconds=60)
"""A process that is dead for so long is replaced."""

ASIDE_KEPT = timedelta(days=366)
"""Longer than any topic: what was put aside earlier could not be sent again anyway."""


class Place(NamedTuple):
    """Where to go on."""

    turn: int
    spots: Mapping[Spot, int]
    since: datetime | None
    """From when on, where a spot has no place; None: as it is declared."""
    unsent: Mapping[Spot, int]
    """Up to where it was sent before it is sent again: what comes after is not left out, whenever that begins."""


class Aside(NamedTuple):
    """An event that was put aside: where it stands, never what it says."""

    spot: Spot
    offset: int
    id: str
    type: str
    problem: str


class Places:
    """The `places` and `aside` collections."""

    def __init__(self, client: Client, database: str, clock: Clock) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._places, self._aside, self._clock = named["places"], named["aside"], clock
        self._me = randomness.token_hex(8)

    async def prepare(self) -> None:
        """Make the indexes; idempotent."""
        async with translated():
            await self._aside.create_index([("subscription", 1), ("at", -1)])
            await self._aside.create_index([("at", 1)], expireAfterSeconds=round(ASIDE_KEPT.total_seconds()))

    async def take(self, id_: str, declared_from: datetime | None) -> Place | None:
        """Take the lease; return where to go on, or None where somebody else has it.

        A `from` that is declared anew begins another turn there; one that is left out by now changes nothing.
        """
        now = self._clock.now()
        if declared_from is not None:  # as the database holds it
            declared_from = declared_from.replace(microsecond=declared_from.microsecond // 1000 * 1000)
        free = {"_id": id_, "$or": [{"until": {"$not": {"$gt": now}}}, {"owner": self._me}]}
        async with translated():
            try:
                found = await self._places.find_one_and_update(
                    free, {"$set": {"owner": self._me, "until": now + LEASE}}, upsert=True, return_document=True
                )
            except DuplicateKeyError:
                return None
            if declared_from is not None and (found or {}).get("declared", declared_from) != declared_from:
                await self._begin(id_, declared_from, {"$unset": {"spots": 1, "unsent": 1}})
                found = await self._places.find_one({"_id": id_})
            await self._places.update_one({"_id": id_}, {"$set": {"declared": declared_from}})
        return _place(found or {})

    async def renew(self, id_: str, turn: int) -> bool:
        """Keep the lease; say whether it is still ours, in the same turn."""
        return await self._ours(id_, turn, {"until": self._clock.now() + LEASE})

    async def advance(self, id_: str, turn: int, spots: Mapping[Spot, int], told: Mapping[str, Any]) -> bool:
        """Move on, and note how it goes; say whether the lease is still ours, in the same turn."""
        moved = {f"spots.{_name(spot)}": place for spot, place in spots.items()}
        return await self._ours(id_, turn, {"until": self._clock.now() + LEASE, **moved, **told})

    async def _ours(self, id_: str, turn: int, fields: Mapping[str, Any]) -> bool:
        query: dict[str, Any] = {"_id": id_, "owner": self._me, "turn": turn or None}
        async with translated():
            found = await self._places.update_one(query, {"$set": dict(fields)})
        return found.matched_count == 1

    async def release(self, id_: str) -> None:
        """Let another go on at once."""
        async with translated():
            await self._places.update_one({"_id": id_, "owner": self._me}, {"$set": {"until": self._clock.now()}})

    async def replay(self, id_: str, since: datetime) -> None:
        """Begin another turn, from that time on; what was not sent yet comes in any case."""
        async with translated():
            await self._begin(id_, since, {"$rename": {"spots": "unsent"}})

    async def _begin(self, id_: str, since: datetime, places: Mapping[str, Any]) -> None:
        told = {"$inc": {"turn": 1}, "$set": {"since": since}, **places}
        await self._places.update_one({"_id": id_}, told, upsert=True)
        await self._aside.delete_many({"subscription": id_})

    async def put_aside(self, id_: str, event: Aside) -> None:
        """Note an event that was left behind."""
        spot, document = event.spot, {"subscription": id_, "id": event.id, "type": event.type, "problem": event.problem}
        where = {"topic": spot.topic, "partition": spot.partition, "offset": event.offset, "at": self._clock.now()}
        async with translated():
            _id = f"{id_}/{spot.topic}/{spot.partition}/{event.offset}"
            await self._aside.replace_one({"_id": _id}, document | where, upsert=True)

    async def aside(self, id_: str, limit: int) -> Sequence[Mapping[str, Any]]:
        """Return what was put aside, the newest first."""
        async with translated():
            return await self._aside.find({"subscription": id_}, {"_id": 0}).sort("at", -1).limit(limit).to_list()

    async def status(self, id_: str) -> Mapping[str, Any]:
        """Return what is known: `lag`, `gone`, `read_at`, and how many were put aside."""
        async with translated():
            found = await self._places.find_one({"_id": id_}) or {}
            count = await self._aside.count_documents({"subscription": id_})
        return {name: found.get(name) for name in ("lag", "gone", "read_at", "problem")} | {"aside": count}

    async def remove(self, id_: str) -> None:
        """Forget a subscription."""
        async with translated():
            await self._places.delete_one({"_id": id_})
            await self._aside.delete_many({"subscription": id_})


def _name(spot: Spot) -> str:
    return f"{spot.topic.replace('.', ':')}|{spot.partition}"


def _place(document: Mapping[str, Any]) -> Place:
    spots, unsent = (_spots(document.get(name, {})) for name in ("spots", "unsent"))
    return Place(document.get("turn", 0), spots, document.get("since"), unsent)


def _spots(named: Mapping[str, Any]) -> Mapping[Spot, int]:
    found = {}
    for name, offset in named.items():
        topic, _, partition = name.partition("|")
        found[Spot(topic.replace(":", "."), int(partition))] = int(offset)
    return found

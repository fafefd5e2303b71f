"""Scheduled reports that are to be made, and what became of them: a document each, in the service's own database.

One that is being made is leased: whoever dies over it is followed by another when the lease is over. What is to be told of
it is noted before it is told, so that whoever follows tells the same.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from bson.binary import Binary
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from services.reporting.rules.schedules.runs import Run, Status
from shared.fold.mongo import MAJORITY, Client, translated

LEASE = timedelta(minutes=10)
"""A process that says nothing for so long is dead."""

KEPT = timedelta(days=400)
"""How long it is known what became of one: longer than the longest period."""


class Pinned(NamedTuple):
    """What was made, and is to be told: the same however often that is tried."""

    token: str | None
    """What its link holds; forgotten as soon as it was told. None: it has no link."""
    made: datetime
    expires: datetime
    command: bytes
    files: tuple[str, ...]


class Claimed(NamedTuple):
    """One that is ours until the lease is over."""

    run: Run
    owner: str
    pinned: Pinned | None


class Place(NamedTuple):
    """Where a page ends: the one that stands last on it."""

    due_ms: int
    id: str


class Wanted(NamedTuple):
    """Which are asked for, the newest first."""

    brand: str
    communities: Collection[str] | None
    """Those of which it is to hold no others; None: whichever."""
    schedule: str | None
    after: Place | None
    limit: int


class Runs:
    """Reads and writes them."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._runs = named["report_runs"]

    async def prepare(self) -> None:
        """Make the indexes; idempotent."""
        async with translated():
            await self._runs.create_index([("brand", 1), ("due_ms", -1), ("_id", -1)])
            await self._runs.create_index([("next", 1)], partialFilterExpression={"status": "waiting"})
            await self._runs.create_index("due", expireAfterSeconds=int(KEPT.total_seconds()))

    async def enter(self, run: Run) -> Run:
        """Enter one, unless it is; return it as it is now."""
        async with translated():
            with suppress(DuplicateKeyError):  # another process enters it at this moment
                await self._runs.update_one({"_id": run.id}, {"$setOnInsert": _document(run)}, upsert=True)
            found = await self._runs.find_one({"_id": run.id})
        assert found is not None, "it was entered, or there"
        return _run(found)

    async def claim(self, now: datetime) -> Claimed | None:
        """Return one that is to be made now, as ours; None where there is none."""
        owner = secrets.token_hex(8)
        due = {"status": "waiting", "next": {"$lte": now}}
        taken = {"$set": {"owner": owner, "next": now + LEASE}, "$inc": {"tries": 1}}
        async with translated():
            found = await self._runs.find_one_and_update(
                due, taken, sort=[("next", 1)], return_document=ReturnDocument.AFTER
            )
        return None if found is None else Claimed(_run(found), owner, _pinned(found.get("pinned")))

    async def pin(self, claimed: Claimed, pinned: Pinned) -> bool:
        """Note what is to be told; say whether it is still ours."""
        told = pinned._asdict() | {"command": Binary(pinned.command), "files": list(pinned.files)}
        known = {"communities": list(claimed.run.communities), "remark": claimed.run.remark}
        return await self._set(claimed, {"$set": {"pinned": told, **known}})

    async def done(self, claimed: Claimed, pinned: Pinned, link: str | None, now: datetime) -> bool:
        """Note that it was told; say whether it was still ours."""
        told = {"status": "done", "ended": now, "files": list(pinned.files), "link": link, "problem": None}
        return await self._set(claimed, {"$set": told, "$unset": {"pinned": "", "owner": ""}})

    async def waits(self, claimed: Claimed, problem: str, again: datetime, *, is_try: bool = True) -> bool:
        """Have it tried again then; `is_try`: whether this one counts. Say whether it was still ours."""
        told: dict[str, Any] = {"$set": {"problem": problem, "next": again}, "$unset": {"owner": ""}}
        return await self._set(claimed, told if is_try else told | {"$inc": {"tries": -1}})

    async def lags(self, claimed: Claimed, problem: str, since: datetime, again: datetime) -> bool:
        """Have it looked at again then: since that time the figures are behind. Say whether it was still ours."""
        told = {"problem": problem, "behind": since, "next": again}
        return await self._set(claimed, {"$set": told, "$unset": {"owner": ""}, "$inc": {"tries": -1}})

    async def ends(self, claimed: Claimed, status: Status, problem: str, now: datetime) -> bool:
        """Note that it is not made; say whether it was still ours."""
        told = {"status": status, "ended": now, "problem": problem}
        return await self._set(claimed, {"$set": told, "$unset": {"pinned": "", "owner": ""}})

    async def listed(self, wanted: Wanted) -> Sequence[Run]:
        """Return a page of them, the newest first."""
        async with translated():
            cursor = self._runs.find(_query(wanted), {"pinned": False}).sort([("due_ms", -1), ("_id", -1)])
            return [_run(found) for found in await cursor.limit(wanted.limit).to_list()]

    async def _set(self, claimed: Claimed, change: dict[str, Any]) -> bool:
        ours = {"_id": claimed.run.id, "owner": claimed.owner, "status": "waiting"}
        async with translated():
            return (await self._runs.update_one(ours, change)).matched_count == 1


def due_ms(run: Run) -> int:
    """Return when it is due as lists are sorted."""
    return round(run.due.timestamp() * 1_000)


def _query(wanted: Wanted) -> dict[str, Any]:
    query: dict[str, Any] = {"brand": wanted.brand}
    if wanted.schedule is not None:
        query["schedule"] = wanted.schedule
    if wanted.communities is not None:
        others = {"$elemMatch": {"$nin": sorted(wanted.communities)}}
        query["communities"] = {"$ne": [], "$not": others}
    if wanted.after is not None:
        ms, id_ = wanted.after
        query["$or"] = [{"due_ms": {"$lt": ms}}, {"due_ms": ms, "_id": {"$lt": id_}}]
    return query


def _document(run: Run) -> dict[str, Any]:
    fields = run._asdict() | {"communities": list(run.communities), "files": list(run.files), "due_ms": due_ms(run)}
    return {name: value for name, value in fields.items() if name != "id"} | {"next": run.due}


def _run(found: dict[str, Any]) -> Run:
    fields = Run._field_defaults | {name: found[name] for name in Run._fields if name in found}
    for name in ("communities", "files"):
        fields[name] = tuple(found[name])
    for name in ("due", "ended", "behind"):
        fields[name] = None if fields[name] is None else _moment(fields[name])
    return Run(id=found["_id"], **fields)


def _pinned(found: dict[str, Any] | None) -> Pinned | None:
    if found is None:
        return None
    command, files = bytes(found["command"]), tuple(found["files"])
    return Pinned(found["token"], _moment(found["made"]), _moment(found["expires"]), command, files)


def _moment(stored: datetime) -> datetime:
    return stored.replace(tzinfo=UTC)

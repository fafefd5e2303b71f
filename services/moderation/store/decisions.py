"""Decisions and their reversals, as the folds entered them: to read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pymongo.read_concern import ReadConcern

from services.moderation.rules.outcome import DECISION
from shared.fold.mongo import MAJORITY, Client, translated


class Wanted(NamedTuple):
    """Which decisions are asked for; newest first."""

    brand: str
    community: str | None = None
    communities: frozenset[str] | None = None
    """Those that whoever asks may see; None: all."""
    member: str | None = None
    since: datetime | None = None
    limit: int = 50
    kind: str = DECISION


class Decisions:
    """Decisions of rules and of people, and their reversals, as the folds entered them."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._judged, self._decided = named["moderation.entries"], named["cases.entries"]

    async def prepare(self) -> None:
        """Make the indexes; idempotent."""
        async with translated():
            for entries in (self._judged, self._decided):
                await entries.create_index([("brand", 1), ("at", -1)])
                await entries.create_index([("brand", 1), ("community", 1), ("at", -1)])
                await entries.create_index([("brand", 1), ("member", 1), ("at", -1)])
                await entries.create_index([("brand", 1), ("content", 1)])

    async def listed(self, wanted: Wanted) -> Sequence[Mapping[str, Any]]:
        """Return decisions, each with its reversal where there is one."""
        async with translated():
            found = [await self._newest(entries, wanted) for entries in (self._judged, self._decided)]
            newest = sorted((*found[0], *found[1]), key=lambda entry: (-entry["at"].timestamp(), entry["_id"]))
            return await self._with_reversals(newest[: wanted.limit])

    async def about(self, brand: str, community: str, content: str) -> Sequence[Mapping[str, Any]]:
        """Return all decisions about a content, in the order of time."""
        query = {"brand": brand, "community": community, "content": content, "kind": DECISION}
        async with translated():
            found = [await entries.find(query).to_list() for entries in (self._judged, self._decided)]
        return sorted((*found[0], *found[1]), key=lambda entry: entry["at"])

    async def places(self, brand: str, contents: Collection[str]) -> Mapping[tuple[str, str], int]:
        """Return where in `community.events.v1` contents stand as rules judged them last, by community and content."""
        query = {"brand": brand, "content": {"$in": sorted(contents)}, "kind": DECISION, "place": {"$exists": True}}
        async with translated():
            cursor = self._judged.find(query, {"community": 1, "content": 1, "place": 1}).sort("place", 1)
            return {(found["community"], found["content"]): int(found["place"]) async for found in cursor}

    async def one(self, decision: str) -> Mapping[str, Any] | None:
        """Return a decision with its reversal, or None."""
        async with translated():
            query = {"_id": decision, "kind": DECISION}
            found = await self._judged.find_one(query) or await self._decided.find_one(query)
            return None if found is None else (await self._with_reversals([found]))[0]

    @staticmethod
    async def _newest(entries: Any, wanted: Wanted) -> Sequence[Mapping[str, Any]]:  # noqa: ANN401 - a collection
        found: Sequence[Mapping[str, Any]] = (
            await entries.find(_query(wanted)).sort([("at", -1), ("_id", 1)]).limit(wanted.limit).to_list()
        )
        return found

    async def _with_reversals(self, decisions: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        ids = [reversal_id(decision["_id"]) for decision in decisions]
        cursor = self._decided.find({"_id": {"$in": ids}})
        reversals = {found["decision"]: found for found in await cursor.to_list()}
        return [dict(decision) | {"reversal": reversals.get(decision["_id"])} for decision in decisions]


def reversal_id(decision: str) -> str:
    """Return the id of the entry that takes a decision back."""
    return f"{decision}/reversal"


def _query(wanted: Wanted) -> dict[str, Any]:
    query: dict[str, Any] = {"brand": wanted.brand, "kind": wanted.kind}
    if wanted.community is not None:
        query["community"] = wanted.community
    elif wanted.communities is not None:
        query["community"] = {"$in": sorted(wanted.communities)}
    if wanted.member is not None:
        query["member"] = wanted.member
    if wanted.since is not None:
        query["at"] = {"$gte": wanted.since}
    return query

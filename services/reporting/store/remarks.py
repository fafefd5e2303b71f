"""What listening stored: contents added up by hour or day, and the register of ideas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from pymongo.read_concern import ReadConcern

from services.reporting.figures.buckets import remark, said
from services.reporting.figures.buckets.remark import Remark
from services.reporting.figures.material import Row
from shared.fold.mongo import Client, translated

IDEAS_MAX = 10_000
"""Ideas of one answer, the ones with most votes: nobody reads further down."""

HOURS = [("brand", 1), ("kind", 1), ("at", 1)]
TIMED = {"kind": said.KIND}
REGISTER = [("brand", 1), ("all_votes", -1), ("_id", 1)]
IN_REGISTER = {"idea": True}


class Idea(Struct, frozen=True, omit_defaults=True):
    """An idea of a member as the register shows it; no text: that stands on the platform."""

    community: str
    content: str
    author: str | None
    at: datetime | None
    """The hour in which it was written."""
    votes: int
    status: str
    imported: bool
    by: str | None = None
    """Who decided its status."""


def pipeline(match: Mapping[str, Any], at: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - an expression of MongoDB
    """Return what adds up hours by community, time and name."""
    name, n = ({"$arrayElemAt": ["$counts", place]} for place in (0, 1))
    same = {"community": "$community", "at": at, "name": name}
    return [{"$match": dict(match)}, {"$unwind": "$counts"}, {"$group": {"_id": same, "n": {"$sum": n}}}]


def rows_of(found: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Return what was added up as counts by community and time."""
    counts: dict[tuple[str, datetime], dict[str, int]] = defaultdict(dict)
    for one in found:
        same = one["_id"]
        counts[same["community"], same["at"]][same["name"]] = int(one["n"])
    return [Row(community, at, told) for (community, at), told in counts.items()]


class Ideas:
    """Reads the register."""

    def __init__(self, client: Client, database: str, group: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"))
        self._states = named[f"{group}.states"]

    async def prepare(self) -> None:
        """Make the indexes; idempotent."""
        async with translated():
            await self._states.create_index(HOURS, partialFilterExpression=TIMED)
            await self._states.create_index(REGISTER, partialFilterExpression=IN_REGISTER)

    async def listed(self, brand: str, communities: Collection[str] | None, status: str | None) -> Sequence[Idea]:
        """Return the ideas of a brand, those with most votes first."""
        match: dict[str, Any] = {"brand": brand, "idea": True}
        match |= {} if communities is None else {"community": {"$in": sorted(communities)}}
        match |= {} if status is None else {"status": status}
        async with translated():
            found = await self._states.find(match).sort(REGISTER[1:]).limit(IDEAS_MAX).to_list()
        return [_idea(document) for document in found]

    async def of(self, brand: str, community: str, content: str) -> Remark | None:
        """Return what is known of a content; None where nothing is."""
        async with translated():
            found = await self._states.find_one({"_id": remark.key_of(brand, community, content)})
        return None if found is None else remark.decode(found)


def _idea(document: Mapping[str, Any]) -> Idea:
    state = remark.decode(document)
    return Idea(
        community=state.community,
        content=str(document["_id"]).removeprefix(remark.key_of(state.brand, state.community, "")),
        author=state.author,
        at=document["at"],
        votes=state.all_votes,
        status=state.status,
        imported=state.imported,
        by=None if state.decided is None else state.decided[3],
    )

"""Cases as their fold has them, to read and to list; and what became of a command."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from pymongo.read_concern import ReadConcern

from services.moderation.cases.audit import AUDIT, Chain
from services.moderation.cases.case import Case
from services.moderation.cases.entries import REVIEW
from services.moderation.cases.states import audit_key, decoded_state
from shared.fold.mongo import MAJORITY, Client, translated

ONLY_CASES = {"t": "case"}
COUNTED_MAX = 10_000
"""Open cases that are counted; beyond it a list says `10,000 and more`."""


class Asked(NamedTuple):
    """Which cases are asked for, the most urgent first."""

    brand: str
    community: str | None = None
    communities: frozenset[str] | None = None
    """Those that whoever asks may see; None: all."""
    status: str | None = "open"
    member: str | None = None
    why: str | None = None
    severity: str | None = None
    claimed: str | None = None
    assigned: str | None = None
    escalated: bool | None = None
    kind: str | None = None
    after: tuple[int, str] | None = None
    """The last case of the page before: its place and key."""
    limit: int = 50


class Found(NamedTuple):
    """A page of cases, and how many there are."""

    cases: Sequence[Case]
    total: int
    next: tuple[int, str] | None


class Cases:
    """The cases, as the fold stored them."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._states, self._entries = named["cases.states"], named["cases.entries"]

    async def prepare(self) -> None:
        """Make the indexes; idempotent."""
        async with translated():
            for fields in (
                ("brand", "status", "due_ms", "key"),
                ("brand", "community", "status", "due_ms"),
                ("brand", "member"),
            ):
                await self._states.create_index([(name, 1) for name in fields], partialFilterExpression=ONLY_CASES)
            await self._states.create_index("key", unique=True, partialFilterExpression=ONLY_CASES)
            await self._entries.create_index("what.command", partialFilterExpression={"kind": AUDIT})
            for told in (("brand", "community", "n"), ("brand", "community", "what.case", "n")):
                await self._entries.create_index([(name, 1) for name in told], partialFilterExpression={"kind": AUDIT})
            await self._entries.create_index([("brand", 1), ("at", 1)], partialFilterExpression={"kind": REVIEW})

    async def one(self, key: str) -> Case | None:
        """Return a case by the name that it has in addresses."""
        async with translated():
            found = await self._states.find_one({"key": key, **ONLY_CASES})
        return None if found is None else _case(found)

    async def listed(self, asked: Asked) -> Found:
        """Return a page of cases in the order in which they should be looked at."""
        query = _query(asked)
        async with translated():
            count = await self._states.count_documents(query, limit=COUNTED_MAX)
            cursor = self._states.find(query | _after(asked)).sort([("due_ms", 1), ("key", 1)]).limit(asked.limit + 1)
            found = await cursor.to_list()
        page = found[: asked.limit]
        more = (int(page[-1]["due_ms"]), page[-1]["key"]) if len(found) > asked.limit else None
        return Found([_case(document) for document in page], count, more)

    async def second_looks(self, keys: Collection[str]) -> Mapping[str, Case]:
        """Return those of the cases that wait for a second look, by the names that they have in addresses."""
        query = {"key": {"$in": sorted(keys)}, "review": {"$exists": True}, **ONLY_CASES}
        async with translated():
            found = await self._states.find(query).to_list()
        return {document["key"]: case for document in found if (case := _case(document)).is_blind}

    async def of_severity(self, severities: Collection[str], keys: Collection[str]) -> frozenset[str]:
        """Return which of the cases are of one of these severities, by the names that they have in addresses."""
        query = {"key": {"$in": sorted(keys)}, "severity": {"$in": sorted(severities)}, **ONLY_CASES}
        async with translated():
            return frozenset(found["key"] for found in await self._states.find(query, {"key": 1}).to_list())

    async def open_of(self, asked: Asked, members: Collection[str]) -> Mapping[str, int]:
        """Return how many open cases each of these members has, where whoever asks may look."""
        wanted = _query(Asked(asked.brand, None, asked.communities)) | {"member": {"$in": sorted(members)}}
        async with translated():
            cursor = await self._states.aggregate([{"$match": wanted}, {"$group": {"_id": "$member", "n": {"$sum": 1}}}])
            return {found["_id"]: found["n"] async for found in cursor}

    async def answer(self, brand: str, command: str) -> Mapping[str, Any] | None:
        """Return what became of a command, once the fold has read it: the audit's entry of it."""
        async with translated():
            return await self._entries.find_one({"what.command": command, "kind": AUDIT, "brand": brand})

    async def history(self, case: Case, limit: int = 200) -> Sequence[Mapping[str, Any]]:
        """Return what was done in a case, in order: where it is more than `limit`, the newest."""
        query = {"kind": AUDIT, "brand": case.brand, "community": case.community, "what.case": case.id}
        async with translated():
            newest = await self._entries.find(query).sort("n", -1).limit(limit).to_list()
        return newest[::-1]

    async def reviews(self, brand: str, communities: frozenset[str] | None) -> Sequence[Mapping[str, Any]]:
        """Return the second looks, newest first."""
        query: dict[str, Any] = {"kind": REVIEW, "brand": brand}
        if communities is not None:
            query["community"] = {"$in": sorted(communities)}
        async with translated():
            return await self._entries.find(query).sort("at", -1).limit(COUNTED_MAX).to_list()

    async def head(self, brand: str, community: str) -> Chain:
        """Return how far the audit of a community has come."""
        async with translated():
            found = await self._states.find_one({"_id": audit_key(brand, community)})
        state = None if found is None else decoded_state(found)
        return state if isinstance(state, Chain) else Chain()

    async def audit(self, brand: str, community: str, after: int, limit: int) -> Sequence[Mapping[str, Any]]:
        """Return entries of the audit of a community, in order, from the one after a number on."""
        query = {"kind": AUDIT, "brand": brand, "community": community, "n": {"$gt": after}}
        async with translated():
            return await self._entries.find(query).sort("n", 1).limit(limit).to_list()

    async def audited(self, brand: str) -> Sequence[str]:
        """Return the communities that have an audit."""
        async with translated():
            return sorted(await self._entries.distinct("community", {"kind": AUDIT, "brand": brand}))


def _case(document: Mapping[str, Any]) -> Case:
    state = decoded_state(document)
    assert isinstance(state, Case), "only cases are asked for"
    return state


EXACT = ("status", "member", "severity", "claimed", "assigned", "escalated", "kind", "why")


def _query(asked: Asked) -> dict[str, Any]:
    query: dict[str, Any] = {**ONLY_CASES, "brand": asked.brand}
    if asked.community is not None:
        query["community"] = asked.community
    elif asked.communities is not None:
        query["community"] = {"$in": sorted(asked.communities)}
    return query | {name: value for name in EXACT if (value := getattr(asked, name)) is not None}


def _after(asked: Asked) -> dict[str, Any]:
    if asked.after is None:
        return {}
    due_ms, key = asked.after
    return {"$or": [{"due_ms": {"$gt": due_ms}}, {"due_ms": due_ms, "key": {"$gt": key}}]}

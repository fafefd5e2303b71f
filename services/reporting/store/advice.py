"""What people decided about recommendations: a document each, in the service's own database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from services.reporting.figures.figure import Form
from services.reporting.rules.advice.advice import Decided
from services.reporting.rules.advice.rule import Number
from shared.fold.mongo import MAJORITY, Client, translated

LISTED_MAX = 50
"""Decisions that are listed, the newest ones; each that was accepted is followed up when it is looked at."""

HIDDEN_MAX = 10_000
"""Decisions of the last weeks that hide what they are about: far more than rules and communities make."""


class Decisions:
    """Reads and writes them."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._decided = named["advice"]

    async def prepare(self) -> None:
        """Make the index; idempotent."""
        async with translated():
            await self._decided.create_index([("brand", 1), ("at", -1)])

    async def one(self, brand: str, id_: str) -> Decided | None:
        """Return what was decided about a recommendation; None where nothing was."""
        async with translated():
            found = await self._decided.find_one({"_id": id_, "brand": brand})
        return None if found is None else _decoded(found)

    async def listed(self, brand: str, communities: Collection[str] | None) -> Sequence[Decided]:
        """Return the decisions of the communities, the newest first; None: all, those of the whole brand as well."""
        match: dict[str, Any] = {"brand": brand}
        match |= {} if communities is None else {"community": {"$in": sorted(communities)}}
        async with translated():
            found = await self._decided.find(match).sort([("at", -1), ("_id", 1)]).limit(LISTED_MAX).to_list()
        return [_decoded(one) for one in found]

    async def since(self, brand: str, at: datetime) -> Sequence[Decided]:
        """Return all decisions from a moment on."""
        async with translated():
            found = await self._decided.find({"brand": brand, "at": {"$gte": at}}).limit(HIDDEN_MAX).to_list()
        return [_decoded(one) for one in found]

    async def decide(self, decided: Decided) -> bool:
        """Store a decision as the next version after the one its author saw; say whether that was still the last."""
        document = _encoded(decided)
        async with translated():
            if decided.version > 1:
                seen = {"_id": decided.id, "version": decided.version - 1}
                return (await self._decided.replace_one(seen, document)).matched_count == 1
            try:
                await self._decided.insert_one(document)
            except DuplicateKeyError:
                return False
        return True


def _encoded(one: Decided) -> dict[str, Any]:
    numbers = {
        name: [number.value, None if number.form is None else number.form.value] for name, number in one.numbers.items()
    }
    return {
        "_id": one.id,
        "brand": one.brand,
        "rule": one.rule,
        "community": one.community,
        "until": one.until.isoformat(),
        "decision": one.decision,
        "note": one.note,
        "by": one.by,
        "at": one.at,
        "version": one.version,
        "numbers": numbers,
    }


def _decoded(document: Mapping[str, Any]) -> Decided:
    numbers = {
        name: Number(value, None if form is None else Form(form)) for name, (value, form) in document["numbers"].items()
    }
    fields = {name: document[name] for name in ("brand", "rule", "community", "decision", "note", "by", "version")}
    until, at = date.fromisoformat(document["until"]), document["at"].replace(tzinfo=UTC)
    return Decided(id=document["_id"], until=until, at=at, numbers=numbers, **fields)

"""What people decided, to measure rules by and to learn from. It is only read."""

from __future__ import annotations

from datetime import datetime

from pymongo.read_concern import ReadConcern

from services.moderation.cases.truth import Truth, truth
from services.moderation.rules.outcome import DECISION, REVERSAL
from shared.fold.mongo import Client, translated

DECIDED_MAX = 1_000_000
"""Decisions of people that are read, the newest: at 200 bytes each, 200 MB."""

_FIELDS = ("kind", "community", "content", "case", "decision", "verdict", "by", "at")


class People:
    """Decisions of people and what they took back, as the fold of cases entered them."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"))
        self._entries = named["cases.entries"]

    async def truth(self, brand: str, since: datetime) -> Truth:
        """Return what people decided from then on. Raises Retryable."""
        query = {"brand": brand, "at": {"$gte": since}, "kind": {"$in": [DECISION, REVERSAL]}}
        async with translated():
            found = self._entries.find(query, dict.fromkeys(_FIELDS, 1)).sort("at", -1).limit(DECIDED_MAX)
            return truth(await found.to_list())

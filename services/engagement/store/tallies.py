"""The tallies, as the fold of boards wrote them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any

from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference

from services.engagement.rules.tallies import GROUP, Tally, tally_in
from shared.fold.mongo import Client, translated

READ_AT_ONCE = 100
"""About 2 ms of decoding: others have their turn in between."""


class Tallies:
    """Reads tallies from the primary as they are there: what might be rolled back would be folded, and shown, again."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("local"), read_preference=ReadPreference.PRIMARY)
        self._states = named[f"{GROUP}.states"]

    async def prepare(self) -> None:
        """Make the index; idempotent."""
        async with translated():
            await self._states.create_index([("q", 1), ("_id", 1)])

    async def named(self, keys: Collection[str]) -> Sequence[Tally]:
        """Return the tallies there are of these keys."""
        return await self._found({"_id": {"$in": list(keys)}})

    async def of_partition(self, q: int) -> AsyncIterator[Sequence[Tally]]:
        """Yield all tallies of a partition, some at a time."""
        after = ""
        while found := await self._found({"q": q, "_id": {"$gt": after}}):
            yield found
            after = f"{found[-1].brand}/{found[-1].member}"

    async def _found(self, query: dict[str, Any]) -> Sequence[Tally]:
        async with translated():
            found = await self._states.find(query).sort("_id", 1).limit(READ_AT_ONCE).to_list()
        return [tally_in(document) for document in found]

"""Reading where members stand, as the fold wrote it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from pymongo.read_concern import ReadConcern

from services.engagement.rules.standing.members import Member
from services.engagement.rules.standing.packing import unpacked
from shared.fold.mongo import MAJORITY, Client, translated


class Members:
    """Members' records, read only."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._states = named["standing.states"]

    async def one(self, brand: str, member: str) -> Member:
        """Return a member; one of whom nothing is known where they never earned anything."""
        async with translated():
            found = await self._states.find_one({"_id": f"{brand}/{member}"})
        return Member(brand, member) if found is None else unpacked(found)

    async def members(self, brand: str) -> AsyncIterator[str]:
        """Yield all members of a brand of whom something is known."""
        async with translated():
            all_ = {"_id": {"$gte": f"{brand}/", "$lt": f"{brand}0"}}  # 0 comes after /
            async for found in self._states.find(all_, {"member": 1}).sort("_id", 1):
                yield found["member"]

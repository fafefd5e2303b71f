"""What stands against members, as the fold of sanctions has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo.read_concern import ReadConcern

from services.moderation.rules.sanctions import Standing, standing_of
from shared.fold.mongo import MAJORITY, Client, translated


class Members:
    """Strikes and sanctions, by member of a brand."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._states, self._entries = named["sanctions.states"], named["sanctions.entries"]

    async def prepare(self) -> None:
        """Make the indexes; idempotent."""
        async with translated():
            await self._entries.create_index([("brand", 1), ("member", 1), ("at", -1)])

    async def standing(self, brand: str, member: str) -> Standing:
        """Return what stands against a member."""
        async with translated():
            found = await self._states.find_one({"_id": f"{brand}/{member}"})
        return Standing() if found is None else standing_of(found)

    async def history(self, brand: str, member: str, limit: int = 100) -> Sequence[Mapping[str, Any]]:
        """Return what was applied, lifted and ended, newest first."""
        async with translated():
            return await self._entries.find({"brand": brand, "member": member}).sort("at", -1).limit(limit).to_list()

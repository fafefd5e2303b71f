"""Parts in one contest or activity, as the fold of points has them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from pymongo.read_concern import ReadConcern

from services.reporting.figures.buckets import part
from services.reporting.figures.buckets.part import Ending, Part
from shared.fold.mongo import Client, translated

KINDS = {"kind": {"$in": [part.KIND, part.ENDING]}}
BATCH = 10_000


class Parts:
    """Reads them."""

    def __init__(self, client: Client, database: str, points: str) -> None:
        """`points` is the group of the fold."""
        self._states = client.get_database(database, read_concern=ReadConcern("majority"))[f"{points}.states"]

    async def prepare(self) -> None:
        """Make the index; idempotent."""
        async with translated():
            await self._states.create_index([("brand", 1), ("thing", 1)], partialFilterExpression=KINDS)

    async def of(self, brand: str, thing: str) -> tuple[Sequence[Part], Ending | None]:
        """Return all parts in a thing, and how it ended, where that is known."""
        async with translated():
            found = await self._states.find({"brand": brand, "thing": thing, **KINDS}, batch_size=BATCH).to_list()
        return await asyncio.to_thread(_decoded, found)


def _decoded(found: Sequence[dict[str, Any]]) -> tuple[Sequence[Part], Ending | None]:
    parts = [part.decode(one) for one in found if one["kind"] == part.KIND]
    endings = (part.decode_ending(one) for one in found if one["kind"] == part.ENDING)
    return parts, next(endings, None)

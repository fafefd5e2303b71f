"""Which hard texts a moderator was shown in a shift. A safeguard for people: texts are taken from a budget, then shown."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from shared.documents.discipline import Review, seconds
from shared.fold.mongo import MAJORITY, Client, translated


class Exposures:
    """The shift of each moderator: it begins with the first text that they are shown, and is over by itself."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, write_concern=MAJORITY)
        self._shifts = named["exposures"]

    async def prepare(self) -> None:
        """Have shifts that are over deleted by the database."""
        async with translated():
            await self._shifts.create_index("over", expireAfterSeconds=0)

    async def shown(self, brand: str, by: str, now: datetime) -> frozenset[str]:
        """Return the texts that somebody was shown in this shift."""
        async with translated():
            found = await self._shifts.find_one({"_id": _key(brand, by), "over": {"$gt": now}})
        return frozenset() if found is None else frozenset(found["texts"])

    async def take(self, brand: str, by: str, texts: Collection[str], review: Review, now: datetime) -> bool:
        """Take texts from the budget of the shift, all or none; say whether they may be shown. Each counts once a shift.

        The first case of a shift may be looked at however small the budget is: somebody has to be able to decide it.

        What was counted meanwhile for the same person, in another tab, is looked at again: no budget is spent twice.
        """
        while True:
            known = await self.shown(brand, by, now)
            fresh = sorted(set(texts) - known)
            if not fresh:
                return True
            budget = review.exposure if known else max(review.exposure, len(fresh))
            if len(known) + len(fresh) > budget:
                return False
            async with translated():
                if not known:
                    await self._begin(_key(brand, by), now, now + timedelta(seconds=seconds(review.shift)))
                room = {"n": {"$lte": budget - len(fresh)}, "texts": {"$nin": fresh}, "over": {"$gt": now}}
                taken: dict[str, Any] = {"$inc": {"n": len(fresh)}, "$push": {"texts": {"$each": fresh}}}
                if (await self._shifts.update_one({"_id": _key(brand, by)} | room, taken)).matched_count:
                    return True

    async def _begin(self, key: str, now: datetime, over: datetime) -> None:
        """Begin a shift, unless one is going on."""
        try:
            fresh = {"$set": {"over": over, "n": 0, "texts": []}}
            await self._shifts.update_one({"_id": key, "over": {"$lte": now}}, fresh, upsert=True)
        except DuplicateKeyError:
            return  # another look of theirs has begun it


def _key(brand: str, by: str) -> str:
    return f"{brand}/{by}"

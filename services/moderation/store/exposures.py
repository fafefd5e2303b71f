"""How many severe cases a moderator was shown in a shift. A safeguard for people, so it is counted when a case is shown."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.documents.discipline import Review, seconds
from shared.fold.mongo import MAJORITY, Client, translated

KEPT = timedelta(days=2)
"""Nobody asks after it; the longest shift is far shorter."""


class Exposures:
    """Counts, by moderator and shift."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, write_concern=MAJORITY)
        self._shown = named["exposures"]

    async def prepare(self) -> None:
        """Have old counts deleted by the database."""
        async with translated():
            await self._shown.create_index("since", expireAfterSeconds=round(KEPT.total_seconds()))

    async def may_show(self, brand: str, by: str, case: str, review: Review, now: datetime) -> bool:
        """Say whether one more severe case may be shown, and count it; one that was shown before counts no more."""
        shift = int(now.timestamp()) // seconds(review.shift)
        id_ = f"{brand}/{by}/{shift}"
        async with translated():
            known = await self._shown.find_one({"_id": id_})
            shown = set() if known is None else set(known["cases"])
            if case in shown:
                return True
            if len(shown) >= review.exposure:
                return False
            update = {"$addToSet": {"cases": case}, "$setOnInsert": {"since": now}}
            await self._shown.update_one({"_id": id_}, update, upsert=True)
        return True

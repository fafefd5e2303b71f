"""Attempts at acts that members would see twice: recorded before the request goes out, with what came of it afterwards."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from pymongo.read_concern import ReadConcern

from services.delivery.platforms.platform import Attempt, Done
from services.delivery.rules.states import GROUP
from shared.fold.mongo import MAJORITY, Client, translated

KEPT = timedelta(days=7)
"""As long as the topic of acts: an act that is older is never tried again."""

OVER = timedelta(seconds=12)
"""After which a request surely is over: nobody waits longer for its answer, and clocks differ by less than the rest."""

OURS_MAX = 1_000
"""Contents of a series that are known to be of other acts, the newest: more than any platform lets us look through."""


class Attempts:
    """Remembers attempts."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._attempts, self._entries = named["attempts"], named[f"{GROUP}.entries"]

    async def prepare(self) -> None:
        """Make the indexes; idempotent."""
        async with translated():
            await self._attempts.create_index([("series", 1), ("began", -1)])
            await self._entries.create_index("content", sparse=True)
            await self._attempts.create_index("began", expireAfterSeconds=int(KEPT.total_seconds()))

    async def begin(self, action: str, series: str, at: datetime) -> None:
        """Record that the request goes out now; the first attempt's time stays."""
        first = {"series": series, "began": at, "before": await self._newest(series)}
        async with translated():
            await self._attempts.update_one(
                {"_id": action}, {"$setOnInsert": first, "$set": {"last": at}, "$inc": {"tries": 1}}, upsert=True
            )

    async def _newest(self, series: str) -> str | None:
        """Return the newest content of ours in a series."""
        query = {"series": series, "made": {"$type": "string"}}
        async with translated():
            found = await self._attempts.find_one(query, sort=[("began", -1)])
        return None if found is None else found["made"]

    async def _next(self, series: str, moment: datetime) -> str | None:
        """Return the first content of ours in a series that was begun after a moment."""
        query = {"series": series, "made": {"$type": "string"}, "began": {"$gt": moment}}
        async with translated():
            found = await self._attempts.find_one(query, sort=[("began", 1)])
        return None if found is None else found["made"]

    async def made(self, action: str, done: Done) -> None:
        """Record that it succeeded, and what came into the world by it."""
        told = {"done": True, "answer": done.answer, "made": done.content_id, "also": list(done.also)}
        async with translated():
            await self._attempts.update_one({"_id": action}, {"$set": told})

    async def known(self, action: str) -> Done | None:
        """Return what came of an act that succeeded; None where that is not known."""
        async with translated():
            found = await self._attempts.find_one({"_id": action, "done": True})
        return None if found is None else Done(found.get("answer", "done"), found.get("made"), tuple(found.get("also", ())))

    async def unmade(self, action: str) -> None:
        """Record that it surely was not done: the next attempt is the first."""
        async with translated():
            await self._attempts.delete_one({"_id": action})

    async def begun(self, actions: Collection[str]) -> Mapping[str, datetime]:
        """Return when the last attempt began of those of the acts that were tried."""
        async with translated():
            found = await self._attempts.find({"_id": {"$in": list(actions)}}, {"last": 1}).to_list()
        return {document["_id"]: document["last"] for document in found}

    async def attempt(self, action: str, now: datetime) -> Attempt | None:
        """Return what is known of an act's attempts, with what others made in that series."""
        async with translated():
            found = await self._attempts.find_one({"_id": action})
            if found is None:
                return None
            others = {"series": found["series"], "made": {"$type": "string"}, "_id": {"$ne": action}}
            ours = await self._attempts.find(others, {"made": 1, "also": 1}).sort("began", -1).limit(OURS_MAX).to_list()
        known = {content for document in ours for content in (document["made"], *document.get("also", ()))}
        after = await self._next(found["series"], found["last"] + OVER)
        return Attempt(
            found["began"],
            found.get("before"),
            frozenset(known),
            after,
            (now - found["last"]).total_seconds(),
            self._removed,
        )

    async def _removed(self, contents: Sequence[str]) -> Collection[str]:
        """Return those of the contents that were removed by us."""
        query = {"content": {"$in": list(contents)}, "kind": {"$in": ["delete", "hide"]}, "code": {"$exists": False}}
        async with translated():
            found = await self._entries.find(query, {"content": 1}).to_list()
        return {document["content"] for document in found}

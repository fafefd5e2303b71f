"""Browsers in which somebody has signed in before: each has a counter of its own, so a guesser elsewhere keeps nobody out.

It is the device cookie of OWASP ("Slow Down Online Guessing Attacks with Device Cookies"). As a session, it is stored as a
digest, and it lets nobody in: it says only whose failures are counted here.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pymongo.read_concern import ReadConcern

from shared.directory import Principal, digest, standing
from shared.fold.mongo import MAJORITY, Client, translated

ID_BYTES = 32
KNOWN_FOR = timedelta(days=180)
"""After the last sign-in there: longer than a leave, and a browser that is given away is forgotten some day."""

KNOWN_MAX = 20
"""Browsers of one person: more than anybody works at. Each private window is one more, so the one used longest ago goes."""


class Devices:
    """The browsers that are known, each for one person. They end with the person and with another password (`Access`)."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._devices = named["devices"]

    async def prepare(self) -> None:
        """Have old ones forgotten, and a person's found; idempotent."""
        async with translated():
            await self._devices.create_index("expires", expireAfterSeconds=0)
            await self._devices.create_index([("brand", 1), ("name", 1)])

    async def is_known(self, cookie: str | None, brand: str, name: str, at: datetime) -> bool:
        """Say whether a browser with this cookie is one in which that person has signed in."""
        if not cookie:
            return False
        wanted = {"_id": digest(cookie), "brand": brand, "name": name, "expires": {"$gt": at}}
        async with translated():
            return await self._devices.find_one(wanted) is not None

    async def note(self, cookie: str | None, who: Principal, at: datetime) -> str:
        """Know a browser in which somebody has just signed in, for a while; return the cookie that it is to have."""
        expires = at + KNOWN_FOR
        async with translated():
            if cookie is not None and await self.is_known(cookie, str(who.brand), who.name, at):
                await self._devices.update_one({"_id": digest(cookie)}, {"$set": {"expires": expires}})
                return cookie
            fresh = secrets.token_urlsafe(ID_BYTES)
            document = {"_id": digest(fresh), "brand": who.brand, "name": who.name, "expires": expires}
            await self._devices.insert_one(document | standing(who))
            await self._forget_beyond(document)
        return fresh

    async def _forget_beyond(self, fresh: Mapping[str, Any]) -> None:
        """Forget those used longest ago where there are too many beside a fresh one."""
        others = {"brand": fresh["brand"], "name": fresh["name"], "_id": {"$ne": fresh["_id"]}}
        too_many = self._devices.find(others, {"_id": 1}).sort("expires", -1).skip(KNOWN_MAX - 1)
        if gone := [one["_id"] async for one in too_many]:
            await self._devices.delete_many({"_id": {"$in": gone}})

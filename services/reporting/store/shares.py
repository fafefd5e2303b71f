"""Links by which a report can be read without signing in, until they expire.

What a link holds is known to nobody but who was given it: here its digest is kept.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared.fold.mongo import Client, translated

TOKEN_BYTES = 32
SHARES_MAX = 1_000
"""Links of one brand that are valid at once."""
ID_CHARS = 16
"""Of the digest: enough to name a link of a brand."""


class Share(Struct, frozen=True):
    """Whose report of which days a link shows."""

    id: str
    brand: str
    communities: tuple[str, ...] | None
    """None: all of the brand's own."""
    since: date
    until: date
    """Not included."""
    by: str
    """Who made it."""
    made: datetime
    expires: datetime


class Shares:
    """The links of all brands; MongoDB forgets those that are over."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(
            database, read_concern=ReadConcern("majority"), write_concern=WriteConcern("majority", wtimeout=10_000)
        )
        self._shares = named["shares"]

    async def prepare(self) -> None:
        """Make the indexes; idempotent."""
        async with translated():
            await self._shares.create_index("expires", expireAfterSeconds=0)
            await self._shares.create_index([("brand", 1), ("expires", 1)])

    async def add(self, share: Share, token: str | None = None) -> tuple[str, Share]:
        """Store a link; return what it holds, which is told once, and its record, whose id is made of that.

        With a token of `new_token` the same link is stored once, however often that is tried.
        """
        token = token or new_token()
        digest = _digest(token)
        share = replace(share, id=digest[:ID_CHARS])
        async with translated():
            with suppress(DuplicateKeyError):  # another process stores the same one at this moment
                await self._shares.update_one({"_id": digest}, {"$setOnInsert": _document(share)}, upsert=True)
        return token, share

    async def shown_by(self, token: str, now: datetime) -> Share | None:
        """Return what a link shows; None where it is none, is over, or was taken back."""
        async with translated():
            found = await self._shares.find_one({"_id": _digest(token), "expires": {"$gt": now}})
        return None if found is None else _share(found)

    async def listed(self, brand: str, now: datetime) -> Sequence[Share]:
        """Return the valid links of a brand, those first that are over soonest."""
        async with translated():
            cursor = self._shares.find({"brand": brand, "expires": {"$gt": now}}).sort("expires", 1).limit(SHARES_MAX)
            return [_share(found) for found in await cursor.to_list()]

    async def remove(self, brand: str, id_: str) -> bool:
        """Take a link back; return whether there was one."""
        async with translated():
            done = await self._shares.delete_one({"brand": brand, "id": id_})
        return done.deleted_count == 1


def new_token() -> str:
    """Return what a new link holds."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def _digest(token: str) -> str:
    """Return the digest by which a link is found: 256 random bits need neither salt nor a slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def _document(share: Share) -> dict[str, Any]:
    days = {"since": share.since.isoformat(), "until": share.until.isoformat()}
    communities = None if share.communities is None else list(share.communities)
    times = {"made": share.made, "expires": share.expires}
    return {"id": share.id, "brand": share.brand, "communities": communities, "by": share.by, **days, **times}


def _share(found: dict[str, Any]) -> Share:
    communities = None if found["communities"] is None else tuple(found["communities"])
    since, until = (date.fromisoformat(found[name]) for name in ("since", "until"))
    return Share(found["id"], found["brand"], communities, since, until, found["by"], found["made"], found["expires"])

"""Sessions of people who signed in: 256 random bits in a cookie, a digest of them in the directory's database."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pymongo.read_concern import ReadConcern

from shared.directory import Principal, digest, standing
from shared.fold.mongo import MAJORITY, Client, translated
from shared.staff.people import Documents, person

ID_BYTES = 32
IDLE = timedelta(hours=8)
"""A session that nobody used for a working day ends."""
WHOLE = timedelta(hours=24)
"""A session ends so long after sign-in, however much it is used."""
NOTED_EVERY = timedelta(minutes=5)
"""How often a session's use is written down; so it may end that much before IDLE is over."""


class Session(NamedTuple):
    """Somebody who is signed in."""

    id: str
    """What the cookie holds; never stored."""
    principal: Principal

    @property
    def csrf(self) -> str:
        """What a form of this session must send along. It tells nothing of the id, and ends with it."""
        return hmac.new(self.id.encode(), b"csrf", "sha256").hexdigest()


class Sessions:
    """The sessions of all services that serve pages: who signs in at one is signed in at all behind the same host."""

    def __init__(self, client: Client, database: str, documents: Documents) -> None:
        """`documents` is the directory: what somebody may do is read there with every request."""
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._sessions, self._documents = named["sessions"], documents

    async def prepare(self) -> None:
        """Have what is over deleted, and a person's sessions found; idempotent."""
        async with translated():
            await self._sessions.create_index("expires", expireAfterSeconds=0)
            await self._sessions.create_index([("brand", 1), ("name", 1)])

    async def open(self, who: Principal, at: datetime) -> Session:
        """Begin a session."""
        session = Session(secrets.token_urlsafe(ID_BYTES), who)
        document = {"_id": digest(session.id), "brand": who.brand, "name": who.name, "created": at, "used": at}
        async with translated():
            await self._sessions.insert_one(document | {"expires": at + IDLE} | standing(who))
        return session

    async def get(self, id_: str, at: datetime) -> Session | None:
        """Return the session, with what its owner may do as of now; None where it is over.

        The owner is read with each request: who was deleted, or got another role or other communities, has none from then
        on.
        """
        async with translated():
            found = await self._sessions.find_one({"_id": digest(id_), "expires": {"$gt": at}})
        if found is None:
            return None
        who = await person(self._documents, found["brand"], found["name"])
        if who is None or any(found[key] != value for key, value in standing(who).items()):
            return None
        await self._note(found, at)
        return Session(id_, who)

    async def _note(self, found: dict[str, Any], at: datetime) -> None:
        if at - found["used"] >= NOTED_EVERY:
            expires = min(at + IDLE, found["created"] + WHOLE)
            async with translated():
                await self._sessions.update_one({"_id": found["_id"]}, {"$set": {"used": at, "expires": expires}})

    async def end(self, id_: str) -> None:
        """End a session; nothing where there is none."""
        async with translated():
            await self._sessions.delete_one({"_id": digest(id_)})

"""Passwords and the invitations by which they are set, in the directory's database.

Both are kept with what their owner was to the brand when they were made. Once that is no longer so they are as good as gone,
even before ingest, which changes people, has deleted them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pymongo.read_concern import ReadConcern

from shared.directory import Principal, digest, new_token, standing
from shared.fold.mongo import MAJORITY, Client, translated

INVITED_FOR = timedelta(hours=24)
"""How long an invitation is good: it is sent by mail or chat, where it may be read later by others."""


class Invited(NamedTuple):
    """Whom an invitation is for."""

    brand: str
    name: str


class Password(NamedTuple):
    """What is stored of a password."""

    standing: Mapping[str, Any]
    """What its owner was to the brand when it was set."""
    hash: str
    set_at: datetime


class Access:
    """What lets people in. Ends with the person: `end`, `end_unlike`, `end_brand`."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._passwords, self._invitations = named["passwords"], named["invitations"]
        self._sessions, self._devices = named["sessions"], named["devices"]

    async def prepare(self) -> None:
        """Have what is over deleted; idempotent."""
        async with translated():
            await self._invitations.create_index("expires", expireAfterSeconds=0)

    async def invite(self, person: Principal, at: datetime) -> str:
        """Make an invitation and return it: the only time it is seen. Those that the person had before end."""
        token = new_token()
        document = _of(person) | {"_id": digest(token), "expires": at + INVITED_FOR}
        async with translated():
            await self._invitations.delete_many(_named(person.brand, person.name))
            await self._invitations.insert_one(document)
        return token

    async def invited(self, token: str, at: datetime) -> Invited | None:
        """Return whom an invitation is for; None where it was used or replaced, or is too old."""
        async with translated():
            found = await self._invitations.find_one({"_id": digest(token), "expires": {"$gt": at}})
        return None if found is None else Invited(found["brand"], found["name"])

    async def use(self, token: str, person: Principal, at: datetime) -> bool:
        """Take the person's invitation away; say whether there was one. Of many at once one gets it."""
        wanted = _of(person) | {"_id": digest(token), "expires": {"$gt": at}}
        async with translated():
            return await self._invitations.find_one_and_delete(wanted) is not None

    async def password(self, brand: str, name: str) -> Password | None:
        """Return what is stored of somebody's password."""
        async with translated():
            found = await self._passwords.find_one({"_id": f"{brand}/{name}"})
        if found is None:
            return None
        return Password({key: found[key] for key in ("role", "communities")}, found["hash"], found["set"])

    async def set_password(self, person: Principal, hashed: str, at: datetime) -> None:
        """Store a password. Sessions, invitations and known browsers of before end: one may be in the wrong hands."""
        document = _of(person) | {"hash": hashed, "set": at}
        async with translated():
            await self._passwords.replace_one({"_id": f"{person.brand}/{person.name}"}, document, upsert=True)
            for kept in (self._invitations, self._sessions, self._devices):
                await kept.delete_many(_named(person.brand, person.name))

    async def rehash(self, person: Principal, before: str, after: str) -> None:
        """Store another hash of the same password, unless another was set in the meantime."""
        wanted = {"_id": f"{person.brand}/{person.name}", "hash": before}
        async with translated():
            await self._passwords.update_one(wanted, {"$set": {"hash": after}})

    async def end_sessions(self, brand: str | None, name: str) -> int:
        """Sign a person out everywhere; return how many sessions there were."""
        async with translated():
            gone = await self._sessions.delete_many(_named(brand, name))
        return gone.deleted_count

    async def end(self, brand: str, name: str) -> None:
        """Delete all that lets a person in."""
        await self._delete(_named(brand, name))

    async def end_unlike(self, person: Principal) -> None:
        """Delete what lets a person in who had another role or other communities."""
        unlike = {"$or": [{key: {"$ne": value}} for key, value in standing(person).items()]}
        await self._delete(_named(person.brand, person.name) | unlike)

    async def end_brand(self, brand: str) -> None:
        """Delete all that lets people of a brand in."""
        await self._delete({"brand": brand})

    async def _delete(self, wanted: dict[str, Any]) -> None:
        async with translated():
            for kept in (self._invitations, self._passwords, self._sessions, self._devices):
                await kept.delete_many(wanted)


def _named(brand: str | None, name: str) -> dict[str, Any]:
    return {"brand": brand, "name": name}


def _of(person: Principal) -> dict[str, Any]:
    return _named(person.brand, person.name) | standing(person)

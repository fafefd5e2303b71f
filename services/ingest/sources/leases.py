"""Who follows which account of a platform, one replica at a time, and up to where."""

from __future__ import annotations

import hashlib
import secrets as randomness
from collections.abc import Mapping, Sequence
from datetime import timedelta

from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from services.ingest.sources.source import Page
from services.ingest.store import Connected
from shared.clock import Clock
from shared.fold.mongo import MAJORITY, Client, translated

LEASE = timedelta(seconds=60)
"""A poller that is dead for so long is replaced."""


def account_of(connection: Connected) -> str:
    """Return under what the place of a connection is kept: another bot or account counts anew."""
    return f"{connection.name}/{hashlib.sha256((connection.token or '').encode()).hexdigest()[:32]}"


class Leases:
    """Who follows which account (see `account_of`), up to where, and what was wrong last."""

    def __init__(self, client: Client, database: str, clock: Clock) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._leases, self._clock = named["pollers"], clock
        self._me = randomness.token_hex(8)

    async def take(self, account: str) -> str | None:
        """Take the lease; return the place to go on from, or None where somebody else has it."""
        now = self._clock.now()
        free = {"$or": [{"until": {"$lt": now}}, {"owner": self._me}]}
        mine = {"$set": {"owner": self._me, "until": now + LEASE}}
        async with translated():
            try:
                found = await self._leases.find_one_and_update(
                    {"_id": account, **free}, mine, upsert=True, return_document=True
                )
            except DuplicateKeyError:
                return None
        return "" if found is None else str(found.get("place", ""))

    async def renew(self, account: str) -> bool:
        """Keep the lease; return whether it is still ours. One that another had meanwhile is not: its place moved on."""
        async with translated():
            found = await self._leases.update_one(
                {"_id": account, "owner": self._me}, {"$set": {"until": self._clock.now() + LEASE}}
            )
        return found.matched_count == 1

    async def advance(self, account: str, page: Page) -> bool:
        """Remember what was taken in; return whether the lease is still ours."""
        now = self._clock.now()
        mine: dict[str, object] = {"place": page.place, "until": now + LEASE, "asked_at": now, "problem": None}
        if page.missing is not None:
            mine["missing"] = list(page.missing)
        async with translated():
            found = await self._leases.update_one({"_id": account, "owner": self._me}, {"$set": mine})
        return found.matched_count == 1

    async def notes(self, accounts: Sequence[str]) -> Mapping[str, Mapping[str, object]]:
        """Return what was noted of accounts: `until`, `asked_at`, `problem`, `missing`."""
        async with translated():
            found = await self._leases.find({"_id": {"$in": list(accounts)}}).to_list()
        return {document["_id"]: document for document in found}

    async def release(self, account: str) -> None:
        """Let another go on at once."""
        async with translated():
            await self._leases.update_one({"_id": account, "owner": self._me}, {"$set": {"until": self._clock.now()}})

    async def failed(self, account: str, problem: str) -> None:
        """Remember what is wrong, for whoever asks how the connection is."""
        told = {"problem": problem, "problem_at": self._clock.now()}
        async with translated():
            await self._leases.update_one({"_id": account}, {"$set": told})

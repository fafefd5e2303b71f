"""Reading what the ledger wrote: the highest balances of a brand, the history of a member."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from pymongo.read_concern import ReadConcern

from services.engagement.rules import wallets
from shared.fold.mongo import MAJORITY, Client, translated
from shared.lookup import Lookup


class Standing(NamedTuple):
    """A place among the best."""

    member: str
    balance: int


_wallet = msgspec.msgpack.Decoder(wallets.Wallet)


class Shown(NamedTuple):
    """What is told of a member's account."""

    balance: int
    is_reached: bool
    """Whether direct messages arrive, as far as platforms told."""


class Purse(NamedTuple):
    """Points of a member."""

    balance: int
    available: int
    """What can be spent; negative where the member is in debt."""


class Accounts:
    """Balances and entries, as the ledger's fold wrote them."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._states, self._entries = named["ledger.states"], named["ledger.entries"]
        self._shown = Lookup(self._found)

    async def prepare(self) -> None:
        """Make the indexes; idempotent."""
        async with translated():
            await self._states.create_index([("brand", 1), ("balance", -1), ("member", 1)])
            await self._entries.create_index([("brand", 1), ("member", 1), ("n", -1)])

    async def top(self, brand: str, limit: int) -> Sequence[Standing]:
        """Return the members with the most points; equal ones by their id, those without points not at all."""
        async with translated():
            cursor = self._states.find({"brand": brand, "balance": {"$gt": 0}}, {"member": 1, "balance": 1, "_id": 0})
            found = await cursor.sort([("balance", -1), ("member", 1)]).limit(limit).to_list()
        return [Standing(one["member"], int(one["balance"])) for one in found]

    async def account(self, brand: str, member: str) -> Shown:
        """Return what a member has; nothing, where they never earned anything."""
        return await self._shown.get(f"{brand}/{member}") or Shown(0, is_reached=True)

    async def _found(self, keys: Collection[str]) -> Mapping[str, Shown]:
        """Return what there is of many at once: as many as ask while an answer is under way."""
        async with translated():
            found = await self._states.find({"_id": {"$in": list(keys)}}, {"balance": 1, "unreached": 1}).to_list()
        return {one["_id"]: Shown(one["balance"], not one.get("unreached", False)) for one in found}

    async def purse(self, brand: str, member: str, at: datetime) -> Purse:
        """Return what a member has, and what of it can be spent at a moment."""
        async with translated():
            found = await self._states.find_one({"_id": f"{brand}/{member}"}, {"balance": 1, "wallet": 1})
        if found is None:
            return Purse(0, 0)
        wallet = wallets.EMPTY if "wallet" not in found else _wallet.decode(found["wallet"])
        wallet = wallets.with_expired(wallet, wallets.month_of(at.date()))
        expired = wallet.expired - (0 if "wallet" not in found else _wallet.decode(found["wallet"]).expired)
        return Purse(found["balance"], wallets.available(found["balance"] - expired, wallet, at))

    async def history(
        self, brand: str, member: str, limit: int, communities: Collection[str] | None = None
    ) -> Sequence[Mapping[str, Any]]:
        """Return the member's last entries, newest first; only those of the communities, where some are given."""
        query: dict[str, Any] = {"brand": brand, "member": member}
        if communities is not None:
            query["community"] = {"$in": sorted(communities)}
        async with translated():
            return await self._entries.find(query).sort("n", -1).limit(limit).to_list()

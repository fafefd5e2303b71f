"""Reading what the ledger wrote: the best of a brand, the history of a member. Redis keeps pages for some seconds."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import msgspec
from pymongo.read_concern import ReadConcern
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.engagement.rules import wallets
from shared.fold.mongo import MAJORITY, Client, translated

log = logging.getLogger(__name__)

PAGE_S = 5
"""How old a page of the best may be."""
REDIS_S = 0.2
"""Redis is asked to save time: one that answers later than this saves none."""


class Standing(NamedTuple):
    """A place among the best."""

    member: str
    balance: int


_pages = msgspec.json.Decoder(list[Standing])
_wallet = msgspec.msgpack.Decoder(wallets.Wallet)


class Pages(Protocol):
    """Where pages are kept for a while."""

    async def get(self, key: str) -> bytes | None:
        """Return a page, or None."""

    async def put(self, key: str, page: bytes) -> None:
        """Keep a page; failing to is no error."""


class RedisPages:
    """Pages in Redis, which may be lost: then every page is read from MongoDB."""

    def __init__(self, url: str) -> None:
        self._redis: Redis = Redis.from_url(url, socket_timeout=REDIS_S, socket_connect_timeout=REDIS_S)

    async def get(self, key: str) -> bytes | None:
        """Return a page, or None where there is none or Redis is away."""
        try:
            page = await self._redis.get(key)
        except (RedisError, OSError, TimeoutError) as error:
            log.info("Redis is away: %s", type(error).__name__)
            return None
        return page if isinstance(page, bytes) else None

    async def put(self, key: str, page: bytes) -> None:
        """Keep a page for some seconds."""
        try:
            await self._redis.set(key, page, ex=PAGE_S)
        except (RedisError, OSError, TimeoutError) as error:
            log.info("Redis is away: %s", type(error).__name__)

    async def close(self) -> None:
        """Disconnect."""
        await self._redis.aclose()


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

    def __init__(self, client: Client, database: str, pages: Pages) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._states, self._entries = named["ledger.states"], named["ledger.entries"]
        self._database, self._pages = database, pages

    async def prepare(self) -> None:
        """Make the indexes; idempotent."""
        async with translated():
            await self._states.create_index([("brand", 1), ("balance", -1), ("member", 1)])
            await self._entries.create_index([("brand", 1), ("member", 1), ("n", -1)])

    async def top(self, brand: str, limit: int) -> Sequence[Standing]:
        """Return the members with the most points; equal ones by their id, those without points not at all."""
        key = f"{self._database}/top/{brand}/{limit}"
        page = await self._pages.get(key)
        if page is not None:
            return _pages.decode(page)
        found = await self._top(brand, limit)
        await self._pages.put(key, msgspec.json.encode(found))
        return found

    async def _top(self, brand: str, limit: int) -> Sequence[Standing]:
        async with translated():
            cursor = self._states.find({"brand": brand, "balance": {"$gt": 0}}, {"member": 1, "balance": 1, "_id": 0})
            found = await cursor.sort([("balance", -1), ("member", 1)]).limit(limit).to_list()
        return [Standing(one["member"], int(one["balance"])) for one in found]

    async def account(self, brand: str, member: str) -> Shown:
        """Return what a member has; nothing, where they never earned anything."""
        async with translated():
            found = await self._states.find_one({"_id": f"{brand}/{member}"}, {"balance": 1, "unreached": 1})
        return Shown(0, is_reached=True) if found is None else Shown(found["balance"], not found.get("unreached", False))

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

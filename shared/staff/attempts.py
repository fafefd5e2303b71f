"""How fast anybody may guess: after some free tries each failure doubles the wait, up to a minute, and never beyond.

A wait is no block: an open session goes on, an invitation is never made to wait, and a browser in which its owner has signed
in before has a counter of its own, whatever is guessed elsewhere (`devices.py`). From a new browser, though, the owner waits
as long as guesses go on, for many addresses can take turns. What was tried while waiting is not looked at, and does not make
the wait longer. Kept in MongoDB, which every process that serves sign-in reads anyway: unlike the limits of hooks it must
hold for all of them together, and not for one Redis's absence; and its keys are what strangers type, so they are forgotten
(`RateLimit` keeps its keys for ever).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Any, NamedTuple

from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from shared.directory import digest
from shared.fold.mongo import MAJORITY, Client, translated

ACCOUNT_FREE = 5
"""Failures of a name before its wait begins: people mistype."""
ADDRESS_FREE = 20
"""Failures of an address before its wait begins: an office has one address for all its people."""
WAIT_S_MAX = 60
"""The longest wait: 1,440 guesses a day at 12 characters lead nowhere."""
DOUBLINGS_MAX = 6
"""So many make a second longer than WAIT_S_MAX."""
FORGOTTEN_AFTER = timedelta(days=1)
"""Failures this long after the last are as none."""
WAIT_S_MIN = 1.0
"""What is told where two tries of one key came at the very same time."""
HOME_BITS = 64
"""Of an IPv6 address, these are given to one household; it has all the others to itself."""


class Key(NamedTuple):
    """What failures are counted for. It is a digest: names are typed by strangers, who may type a password in its place."""

    id: str
    free: int


def account(brand: str, name: str) -> Key:
    """Return the key of a name, whether there is such a person or not."""
    return Key(digest(f"account/{brand}/{name}"), ACCOUNT_FREE)


def device(cookie: str) -> Key:
    """Return the key of a browser that is known: it is one person's, so it is as free as a name."""
    return Key(digest(f"device/{cookie}"), ACCOUNT_FREE)


def address(told: str) -> Key:
    """Return the key of whoever sends from an address."""
    return Key(digest(f"address/{_home(told)}"), ADDRESS_FREE)


def _home(told: str) -> str:
    try:
        found = ip_address(told)
    except ValueError:
        return told
    return str(int(found) >> (128 - HOME_BITS)) if isinstance(found, IPv6Address) and not found.ipv4_mapped else told


class Attempts:
    """The failures of a day, by key."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._attempts = named["attempts"]

    async def prepare(self) -> None:
        """Have old failures forgotten; idempotent."""
        async with translated():
            await self._attempts.create_index("forgotten", expireAfterSeconds=0)

    async def begin(self, keys: Sequence[Key], at: datetime) -> float:
        """Count a try as failed before it is looked at; return 0, or for how many seconds none will be.

        So of many tries at once no more are looked at than of the same one by one.
        """
        for key in keys:
            wait_s = await self._counted(key, at)
            if wait_s:
                return wait_s
        return 0.0

    async def _counted(self, key: Key, at: datetime) -> float:
        async with translated():
            try:
                await self._attempts.update_one({"_id": key.id, "until": {"$lte": at}}, _failed(key, at), upsert=True)
            except DuplicateKeyError:  # there is one whose wait is not over
                found = await self._attempts.find_one({"_id": key.id}) or {"until": at}
                until: datetime = found["until"]
                return max(WAIT_S_MIN, (until - at).total_seconds())
        return 0.0

    async def succeeded(self, who: Key, where: Key | None, at: datetime) -> None:
        """Forget the failures of a name, or of a known browser, and the one that was counted for the address."""
        async with translated():
            await self._attempts.delete_one({"_id": who.id})
            if where is not None:
                await self._attempts.update_one({"_id": where.id}, {"$inc": {"failures": -1}, "$set": {"until": at}})


def _failed(key: Key, at: datetime) -> list[Mapping[str, Any]]:
    """Return the change that counts one more failure, and says until when no other is looked at."""
    before = {"$cond": [{"$gt": ["$forgotten", at]}, {"$ifNull": ["$failures", 0]}, 0]}
    over = {"$subtract": ["$failures", key.free]}
    doubled = {"$pow": [2, {"$min": [over, DOUBLINGS_MAX]}]}
    wait_ms = {"$cond": [{"$lt": [over, 0]}, 0, {"$multiply": [1_000, {"$min": [WAIT_S_MAX, doubled]}]}]}
    return [
        {"$set": {"failures": {"$add": [before, 1]}, "forgotten": at + FORGOTTEN_AFTER}},
        {"$set": {"until": {"$add": [at, {"$toLong": wait_ms}]}}},
    ]

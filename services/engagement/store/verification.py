"""Accounts beside their entries, and what the ledger's topic told of them: for `veche engagement verify`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
from pymongo.read_concern import ReadConcern

from services.engagement.rules.accounts import Account as Kept
from services.engagement.rules.verifying import Account, Broken, Told, Traced, moved, told, traced, wrong
from shared.bus import past
from shared.bus.record import Record
from shared.errors import Unprocessable
from shared.events import decode
from shared.fold.mongo import MAJORITY, Client, translated
from shared.topics import LEDGER

_kept = msgspec.msgpack.Decoder(Kept)

WRONG_MAX = 100
"""Accounts that are named; more are counted."""

LOOKED_UP = 1_000
"""Entries that are read at once."""

REMEMBERED = 50_000
"""Ids of events that were told: a chunk that is published twice comes soon after itself."""


class Verified(NamedTuple):
    """What was compared, and what does not agree."""

    accounts: int
    entries: int
    traced: int
    """Accounts of which the bus tells."""
    since: datetime | None
    """From when on the bus tells; None where it holds nothing of the brand."""
    wrong: Mapping[str, str]
    """By member."""


async def verified(client: Client, database: str, servers: str, brand: str) -> Verified:
    """Recompute every balance of a brand from the ledger's entries, and compare these with Kafka as far as it reaches.

    The bus is read first: what is posted meanwhile is above it. What does not agree is looked at a second time, since the
    services may be running. Raises Retryable where a part is away.
    """
    checks = Checks(client, database)
    bus = await _read(checks, servers, brand)
    problems, untold, left = dict(bus.broken), dict[str, int](), set(bus.chains)
    accounts = entries = 0
    async for account in checks.accounts(brand):
        accounts, entries = accounts + 1, entries + account.counted
        left.discard(account.member)
        problem = wrong(account)
        if problem is not None:
            problem = wrong(await checks.account(brand, account.member))
        if problem is not None:
            problems.setdefault(account.member, problem)
        chain = bus.chains.get(account.member)
        if chain is not None and chain.last < account.entries:
            untold[account.member] = account.entries
    problems |= dict.fromkeys(left, "Kafka tells of an account that is not there")
    problems = await _untold(checks, servers, brand, untold) | problems
    return Verified(accounts, entries, len(bus.chains), bus.since, problems)


async def _untold(checks: Checks, servers: str, brand: str, untold: Mapping[str, int]) -> dict[str, str]:
    """Return of whom Kafka was never told all; `untold` are those of whom it was not a moment ago, and how many entries."""
    if not untold or await checks.waits():
        return {}
    bus = await _read(checks, servers, brand)
    found = {}
    for member, last in untold.items():
        count = await checks.posted(brand, member, bus.chains[member].last, last)
        if count:
            found[member] = f"{count} entries were never told to Kafka"
    return found


class _Bus:
    """What the bus told."""

    def __init__(self, checks: Checks) -> None:
        self.chains: dict[str, Traced] = {}
        self.broken: dict[str, str] = {}
        self.since: datetime | None = None
        self._checks, self._seen, self._batch = checks, dict[str, None](), list[Told]()

    async def take(self, event: Told, at: datetime) -> None:
        """Take in an event; a second telling changes nothing."""
        if event.id in self._seen:
            return
        self._seen[event.id] = None
        if len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]
        self.since = at if self.since is None else min(self.since, at)
        self._batch.append(event)
        if len(self._batch) >= LOOKED_UP:
            await self.compare()

    async def compare(self) -> None:
        """Hold what was told against the entries."""
        entries = await self._checks.entries([event.id for event in self._batch])
        for event in self._batch:
            self._compare(event, entries.get(event.id))
        self._batch.clear()

    def _compare(self, event: Told, entry: Mapping[str, Any] | None) -> None:
        member, points = event.data.member, moved(event)
        if entry is None:
            self.broken.setdefault(member, f"Kafka told of {points:+d} points, and no entry says so")
            return
        if (entry["applied"], entry["balance"]) != (points, event.data.balance):
            self.broken.setdefault(member, f"Kafka told of {points:+d} points, the entry says {entry['applied']:+d}")
        try:
            self.chains[member] = traced(self.chains.get(member), event, entry["n"])
        except Broken as error:
            self.broken.setdefault(member, str(error))
            self.chains[member] = Traced(event.data.balance or 0, entry["n"])


async def _read(checks: Checks, servers: str, brand: str) -> _Bus:
    bus = _Bus(checks)
    async for record in past.records(servers, LEDGER.name):
        event = _event(record, brand)
        if event is not None:
            await bus.take(event, datetime.fromtimestamp(record.timestamp / 1000, UTC))
    await bus.compare()
    return bus


def _event(record: Record, brand: str) -> Told | None:
    if not (record.key or b"").startswith(f"{brand}/".encode()):
        return None
    try:
        return told(decode(record.value or b""), brand)
    except Unprocessable:
        return None


class Checks:
    """Reads accounts with what their entries come to."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._states, self._entries, self._outbox = named["ledger.states"], named["ledger.entries"], named["outbox"]

    async def accounts(self, brand: str) -> AsyncIterator[Account]:
        """Yield all accounts of a brand, by member."""
        async with translated():
            sums = await self._entries.aggregate(self._summing({"brand": brand}), allowDiskUse=True)
            all_ = {"_id": {"$gte": f"{brand}/", "$lt": f"{brand}0"}}  # 0 comes after /
            states = self._states.find(all_, {"member": 1, "account": 1}).sort("_id", 1)
            found: Mapping[str, Any] | None = await anext(sums, None)
            async for state in states:
                while found is not None and found["_id"] < state["member"]:
                    yield _joined(found["_id"], None, found)
                    found = await anext(sums, None)
                mine = found if found is not None and found["_id"] == state["member"] else None
                yield _joined(state["member"], state, mine)
                found = await anext(sums, None) if mine is not None else found
            while found is not None:
                yield _joined(found["_id"], None, found)
                found = await anext(sums, None)

    async def account(self, brand: str, member: str) -> Account:
        """Return one account, from one snapshot: it may have changed between the two readings."""
        async with translated(), self._states.database.client.start_session(snapshot=True) as session:
            state = await self._states.find_one({"_id": f"{brand}/{member}"}, session=session)
            sums = await self._entries.aggregate(self._summing({"brand": brand, "member": member}), session=session)
            return _joined(member, state, await anext(sums, None))

    async def entries(self, ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """Return the entries of these ids: their points, balances and numbers."""
        async with translated():
            found = self._entries.find({"_id": {"$in": list(ids)}}, {"applied": 1, "balance": 1, "n": 1})
            return {one["_id"]: one async for one in found}

    async def posted(self, brand: str, member: str, after: int, last: int) -> int:
        """Return how many entries after a number and up to another were posted; what was refused is told to nobody."""
        query = {"brand": brand, "member": member, "n": {"$gt": after, "$lte": last}, "refused": {"$exists": False}}
        async with translated():
            return await self._entries.count_documents(query)

    async def waits(self) -> bool:
        """Say whether something still waits to be told."""
        async with translated():
            return await self._outbox.count_documents({"group": "ledger"}, limit=1) > 0

    @staticmethod
    def _summing(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        group = {
            "_id": "$member",
            "summed": {"$sum": "$applied"},
            "counted": {"$sum": 1},
            "last": {"$first": "$balance"},
        }
        return [{"$match": query}, {"$sort": {"brand": 1, "member": 1, "n": -1}}, {"$group": group}, {"$sort": {"_id": 1}}]


def _joined(member: str, state: Mapping[str, Any] | None, found: Mapping[str, Any] | None) -> Account:
    kept = Kept() if state is None else _kept.decode(state["account"])
    told_ = found or {"summed": 0, "counted": 0, "last": 0}
    return Account(member, kept.balance, kept.entries, int(told_["summed"]), told_["counted"], int(told_["last"]))

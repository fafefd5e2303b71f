"""Accounts beside their entries, and what the ledger's topic told of them: for `veche engagement verify`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
from pymongo.read_concern import ReadConcern

from services.engagement.rules.accounts import Account as Kept
from services.engagement.rules.verifying import Account, Broken, Traced, told, traced, wrong
from shared.bus import past
from shared.errors import Unprocessable
from shared.events import decode
from shared.fold.mongo import MAJORITY, Client, translated
from shared.topics import LEDGER

_kept = msgspec.msgpack.Decoder(Kept)

WRONG_MAX = 100
"""Accounts that are named; more are counted."""


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
    """Recompute every balance of a brand from the ledger's entries, and from Kafka as far as the topic reaches.

    The bus is read first: what is posted meanwhile is above it. An account that changes while it is looked at is looked at
    again. Raises Retryable where a part is away.
    """
    chains, since, broken = await _traced(servers, brand)
    problems, accounts, entries = dict(broken), 0, 0
    checks = Checks(client, database)
    async for account in checks.accounts(brand):
        accounts, entries = accounts + 1, entries + account.counted
        problem = wrong(account)
        if problem is not None:
            problem = wrong(await checks.account(brand, account.member))
        chain = chains.get(account.member)
        if problem is None and chain is not None and chain.balance != account.balance:
            again = await checks.told_last(brand, account.member, chain.balance)
            problem = None if again else f"the balance is {account.balance}, the bus told {chain.balance} last"
        if problem is not None:
            problems.setdefault(account.member, problem)
    return Verified(accounts, entries, len(chains), since, problems)


async def _traced(servers: str, brand: str) -> tuple[dict[str, Traced], datetime | None, dict[str, str]]:
    """Return what the bus told of each account, from when on, and of whom it does not go together."""
    chains, since_ms, broken, seen = dict[str, Traced](), None, dict[str, str](), set[str]()
    async for record in past.records(servers, LEDGER.name):
        if not (record.key or b"").startswith(f"{brand}/".encode()):
            continue
        try:
            event = told(decode(record.value or b""), brand)
        except Unprocessable:
            continue
        if event is None or event.id in seen:
            continue  # a chunk may be published twice
        seen.add(event.id)
        since_ms = record.timestamp if since_ms is None else min(since_ms, record.timestamp)
        member = event.data.member
        try:
            chains[member] = traced(chains.get(member), event)
        except Broken as error:
            broken.setdefault(member, str(error))
            chains[member] = Traced(0, event.data.balance or 0)
    return chains, None if since_ms is None else datetime.fromtimestamp(since_ms / 1000, UTC), broken


class Checks:
    """Reads accounts with what their entries come to."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._states, self._entries = named["ledger.states"], named["ledger.entries"]

    async def accounts(self, brand: str) -> AsyncIterator[Account]:
        """Yield all accounts of a brand, by member."""
        async with translated():
            sums = await self._entries.aggregate(self._summing({"brand": brand}), allowDiskUse=True)
            states = self._states.find({"brand": brand}).sort("member", 1)
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

    async def told_last(self, brand: str, member: str, balance: int) -> bool:
        """Say whether what the bus told last was right then: an entry has that balance, and later ones have another."""
        async with translated():
            return await self._entries.find_one({"brand": brand, "member": member, "balance": balance}) is not None

    @staticmethod
    def _summing(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        group = {
            "_id": "$member",
            "summed": {"$sum": "$applied"},
            "counted": {"$sum": 1},
            "last": {"$last": "$balance"},
        }
        return [{"$match": query}, {"$sort": {"brand": 1, "member": 1, "n": 1}}, {"$group": group}, {"$sort": {"_id": 1}}]


def _joined(member: str, state: Mapping[str, Any] | None, found: Mapping[str, Any] | None) -> Account:
    kept = Kept() if state is None else _kept.decode(state["account"])
    told_ = found or {"summed": 0, "counted": 0, "last": 0}
    return Account(member, kept.balance, kept.entries, int(told_["summed"]), told_["counted"], int(told_["last"]))

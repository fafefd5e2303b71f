"""The folds of engagement: the scorer says what is due, the ledger posts it.

The scorer keeps a state for each content (`brand/community/content`), the ledger one for each member (`brand/member`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from services.engagement.rules import accounts, contents, scoring
from services.engagement.rules.accounts import Account, Change
from services.engagement.rules.contents import Content
from services.engagement.rules.rewards import Rewards
from services.engagement.rules.scoring import Scored
from shared.bus.record import Record
from shared.events import decode, event_id
from shared.events.engagement import PointsClawedBack, PointsGranted, PointsRestored
from shared.fold.definition import Document, Item, Output, Step
from shared.policy import PolicyBook
from shared.telemetry.traces import trace_of
from shared.topics import DECISIONS, EVENTS, GRANTS, LEDGER, dead_letters, retries

KIND = "RewardsPolicy"

Grants = PointsGranted | PointsClawedBack | PointsRestored

_packer = msgspec.msgpack.Encoder()
_content = msgspec.msgpack.Decoder(Content)
_account = msgspec.msgpack.Decoder(Account)


class Scorer:
    """The fold of events and decisions into `engagement.grants.v1`."""

    group = "scorer"
    topics: Sequence[str] = (EVENTS.name, DECISIONS.name, retries("scorer").name)
    outputs: Sequence[str] = (GRANTS.name, dead_letters("scorer").name)

    def __init__(self, policies: PolicyBook[Rewards]) -> None:
        self._policies = policies

    async def prepare(self) -> None:
        """Have the policies up to date."""
        await self._policies.refresh()

    def read(self, record: Record) -> Sequence[Item[Scored]]:
        """Return what changes whether a content earns."""
        event = decode(record.value or b"")
        if not isinstance(event, Scored) or event.purpose is not None:
            return ()  # communities of others earn nothing
        content = scoring.content_of(event)
        return () if content is None else (Item(f"{event.brand}/{event.community}/{content}", event),)

    def evolve(self, state: Content | None, event: Scored) -> Step[Content]:
        """Take the event in, and give or take back what follows."""
        rewards = self._policies.at(event.brand, event.community, event.recordedtime)
        content, flipped = contents.settled(scoring.changed(state or contents.UNKNOWN, event, rewards))
        if content is contents.UNKNOWN:
            return Step(state)
        return Step(content, outputs=[_due(scoring.told(grant, event)) for grant in flipped])

    def encode(self, state: Content) -> Document:
        """Return the state as a document: one packed field, for nobody asks it anything."""
        return {"content": _packer.encode(state)}

    def decode(self, document: Document) -> Content:
        """Return the state of a document."""
        return _content.decode(document["content"])


def _due(event: Grants) -> Output:
    return Output(GRANTS.name, f"{event.brand}/{event.data.member}", event)


class Told(NamedTuple):
    """A grant and its trace."""

    event: Grants
    trace: str | None


class Held(msgspec.Struct, frozen=True, gc=False):
    """A member's account, and whose it is."""

    brand: str
    member: str
    account: Account


class Ledger:
    """The fold of `engagement.grants.v1` into `engagement.ledger.v1`."""

    group = "ledger"
    topics: Sequence[str] = (GRANTS.name, retries("ledger").name)
    outputs: Sequence[str] = (LEDGER.name, dead_letters("ledger").name)

    async def prepare(self) -> None:
        """Grants carry all that the ledger goes by."""

    def read(self, record: Record) -> Sequence[Item[Told]]:
        """Return the grant."""
        event = decode(record.value or b"")
        if not isinstance(event, Grants):
            return ()
        return (Item(f"{event.brand}/{event.data.member}", Told(event, trace_of(record))),)

    def evolve(self, state: Held | None, event: Told) -> Step[Held]:
        """Post the grant: an entry, and the same on the ledger's topic."""
        grant = event.event
        data = grant.data
        change = Change(data.uncapped, data.rule, data.day, data.cap)
        account, applied = accounts.posted(state.account if state else accounts.EMPTY, change)
        posted: Any = replace(
            grant,
            id=event_id("engagement.entry", grant.id),
            data=replace(data, applied=applied, balance=account.balance),
        )
        output = Output(LEDGER.name, f"{grant.brand}/{data.member}", posted)
        return Step(Held(grant.brand, data.member, account), (_entry(posted, account, event.trace),), (output,))

    def encode(self, state: Held) -> Document:
        """Return the state as a document: what is sorted by stands open, the account is packed."""
        return {
            "brand": state.brand,
            "member": state.member,
            "balance": state.account.balance,
            "account": _packer.encode(state.account),
        }

    def decode(self, document: Document) -> Held:
        """Return the state of a document."""
        return Held(document["brand"], document["member"], _account.decode(document["account"]))


def _entry(posted: Grants, account: Account, trace: str | None) -> Document:
    """Return the entry. Its id is derived from cause, rule, beneficiary and flip: a second one would be refused."""
    data = posted.data
    entry = {
        "_id": posted.id,
        "brand": posted.brand,
        "member": data.member,
        "n": account.entries,
        "at": posted.time,
        "cause": data.cause,
        "rule": data.rule,
        "version": data.version,
        "uncapped": data.uncapped,
        "applied": data.applied,
        "balance": account.balance,
    }
    if posted.community is not None:
        entry["community"] = posted.community
    if data.content_id is not None:
        entry["content"] = data.content_id
    if data.day is not None:
        entry["day"] = data.day.isoformat()
    if data.reason is not None:
        entry["reason"] = data.reason
    if trace is not None:
        entry["trace"] = trace
    return entry

"""The fold of what is due into what was posted: a state for each member, who asks it how they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from services.engagement.rules import accounts, commands
from services.engagement.rules.accounts import Account, Change
from services.engagement.rules.answers import AGAIN_S, answer
from services.engagement.rules.commands import Ask, Reach
from services.engagement.rules.leaves import leaf_of
from shared.bus.record import Record
from shared.events import decode, event_id
from shared.events.engagement import PointsClawedBack, PointsGranted, PointsRestored
from shared.fold.deadletter import first_topic
from shared.fold.definition import Document, Item, Output, Step
from shared.telemetry.traces import trace_of
from shared.topics import ACTIONS, ENGAGEMENT_COMMANDS, GRANTS, LEDGER, dead_letters, retries

Grants = PointsGranted | PointsClawedBack | PointsRestored

_packer = msgspec.msgpack.Encoder()
_account = msgspec.msgpack.Decoder(Account)


class Told(NamedTuple):
    """A grant and its trace."""

    event: Grants
    trace: str | None


class Held(msgspec.Struct, frozen=True, gc=False):
    """A member's account, and whose it is."""

    brand: str
    member: str
    account: Account = accounts.EMPTY
    is_reached: bool = True
    """Whether direct messages arrive, as far as platforms told; by the last one."""
    answered: float = 0
    """When the member's question was last answered (seconds since 1970)."""


class Ledger:
    """The fold of `engagement.grants.v1` into `engagement.ledger.v1`; it answers members, too."""

    group = "ledger"
    topics: Sequence[str] = (GRANTS.name, ENGAGEMENT_COMMANDS.name, retries("ledger").name)
    outputs: Sequence[str] = (LEDGER.name, ACTIONS.name, dead_letters("ledger").name)

    async def prepare(self) -> None:
        """Grants and commands carry all that the ledger goes by."""

    def read(self, record: Record) -> Sequence[Item[Told | Ask | Reach]]:
        """Return the grant or the command."""
        if first_topic(record) == ENGAGEMENT_COMMANDS.name:
            command = commands.decoded(record.value or b"")
            return (Item(f"{command.brand}/{command.member}", command),)
        event = decode(record.value or b"")
        if not isinstance(event, Grants):
            return ()
        return (Item(f"{event.brand}/{event.data.member}", Told(event, trace_of(record))),)

    def evolve(self, state: Held | None, event: Told | Ask | Reach) -> Step[Held]:
        """Post the grant, answer the member, or remember whether messages arrive."""
        if isinstance(event, Told):
            return _posted(state, event)
        held = state or Held(event.brand, event.member)
        return _answered(held, event) if isinstance(event, Ask) else Step(replace(held, is_reached=event.arrived))

    def encode(self, state: Held) -> Document:
        """Return the state as a document: what is sorted by stands open, the account is packed."""
        return {
            "brand": state.brand,
            "member": state.member,
            "balance": state.account.balance,
            "account": _packer.encode(state.account),
            **({} if state.is_reached else {"unreached": True}),
            **({"answered": state.answered} if state.answered else {}),
        }

    def decode(self, document: Document) -> Held:
        """Return the state of a document."""
        account, is_reached = _account.decode(document["account"]), not document.get("unreached", False)
        return Held(document["brand"], document["member"], account, is_reached, document.get("answered", 0))


def _posted(state: Held | None, told: Told) -> Step[Held]:
    """Post a grant: an entry, and the same on the ledger's topic."""
    grant, data = told.event, told.event.data
    held = state or Held(grant.brand, data.member)
    change = Change(data.uncapped, leaf_of(data, grant.community), data.day, data.karma or 0)
    account, applied = accounts.posted(held.account, change)
    posted: Any = replace(
        grant,
        id=event_id("engagement.entry", grant.id),
        data=replace(data, applied=applied, balance=account.balance, standing=account.karma or None),
    )
    output = Output(LEDGER.name, f"{grant.brand}/{data.member}", posted)
    after = Held(held.brand, held.member, account, held.is_reached, held.answered)
    return Step(after, (_entry(posted, account, told.trace),), (output,))


def _answered(held: Held, ask: Ask) -> Step[Held]:
    """Answer a member who asks how they stand, unless they were answered a moment ago, or nothing would reach them."""
    at = ask.at.timestamp()
    if abs(at - held.answered) < AGAIN_S:
        return Step(held)
    act = answer(ask, held.account.balance, is_reached=held.is_reached)
    if act is None:
        return Step(held)
    return Step(replace(held, answered=at), outputs=(Output(ACTIONS.name, f"{ask.brand}/{ask.community}", act),))


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
    if data.karma is not None:
        entry["karma"] = data.karma
    if trace is not None:
        entry["trace"] = trace
    return entry

"""The fold of what is due into what was posted: a state for each member, who asks it how they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from services.engagement.handlers import orders
from services.engagement.handlers.booking import Book, Booking
from services.engagement.rules import accounts, commands, wallets
from services.engagement.rules.accounts import Account, Change
from services.engagement.rules.answers import AGAIN_S, answer
from services.engagement.rules.balances import Held
from services.engagement.rules.bars import Bar, changed
from services.engagement.rules.bookings import BARRED
from services.engagement.rules.commands import Accounted, Ask, Order, Reach
from services.engagement.rules.leaves import BRAND, leaf_of
from services.engagement.rules.wallets import Wallet, hour_of, month_of, with_earned, with_held
from shared.bus.record import Record
from shared.events import decode, event_id
from shared.events.engagement import PointsClawedBack, PointsGranted, PointsRestored
from shared.events.moderation import SanctionApplied, SanctionLifted
from shared.fold.deadletter import first_topic
from shared.fold.definition import Document, Item, Output, Step
from shared.telemetry.traces import trace_of
from shared.topics import ACTIONS, ENGAGEMENT_COMMANDS, GRANTS, LEDGER, PARTICIPATION, SANCTIONS, dead_letters, retries

Grants = PointsGranted | PointsClawedBack | PointsRestored
Sanctioned = SanctionApplied | SanctionLifted

_packer = msgspec.msgpack.Encoder()
_account = msgspec.msgpack.Decoder(Account)
_wallet = msgspec.msgpack.Decoder(Wallet)
_bars = msgspec.msgpack.Decoder(dict[str, Bar])


Granted = Grants | Sanctioned
"""What is read of the topics of grants and sanctions; made once, for a union costs more than decoding."""


class Told(msgspec.Struct, frozen=True, gc=False):
    """A grant or a command, and its trace."""

    event: Grants | Sanctioned | Accounted
    trace: str | None


class Ledger:
    """The fold of `engagement.grants.v1` into `engagement.ledger.v1`; it answers members, too."""

    group = "ledger"
    topics: Sequence[str] = (GRANTS.name, ENGAGEMENT_COMMANDS.name, SANCTIONS.name, retries("ledger").name)
    outputs: Sequence[str] = (
        LEDGER.name,
        ACTIONS.name,
        ENGAGEMENT_COMMANDS.name,
        PARTICIPATION.name,
        dead_letters("ledger").name,
    )

    async def prepare(self) -> None:
        """Grants and commands carry all that the ledger goes by."""

    def read(self, record: Record) -> Sequence[Item[Told]]:
        """Return the grant or the command."""
        if first_topic(record) == ENGAGEMENT_COMMANDS.name:
            command = commands.decoded(record.value or b"")
            if isinstance(command, commands.Stood):
                return ()
            identity = f"{command.brand}/{command.member}/{command.id}" if isinstance(command, Order) else None
            return (Item(f"{command.brand}/{command.member}", Told(command, trace_of(record)), identity),)
        event = decode(record.value or b"")
        if not isinstance(event, Granted):
            return ()
        return (Item(f"{event.brand}/{event.data.member}", Told(event, trace_of(record))),)

    def evolve(self, state: Held | None, event: Told) -> Step[Held]:
        """Post the grant, do the order, answer the member, or remember whether messages arrive."""
        told = event.event
        if isinstance(told, Grants):
            return _posted(state, told, event.trace)
        if isinstance(told, Sanctioned):
            return _barred(state or Held(told.brand, told.data.member), told, event.trace)
        held = state or Held(told.brand, told.member)
        match told:
            case Ask():
                return _answered(held, told)
            case Reach():
                return Step(replace(held, is_reached=told.arrived))
            case _:
                return orders.done(held, told, event.trace)

    def encode(self, state: Held) -> Document:
        """Return the state as a document: what is sorted by stands open, the account is packed."""
        return {
            "brand": state.brand,
            "member": state.member,
            "balance": state.account.balance,
            "account": _packer.encode(state.account),
            **({} if state.wallet == wallets.EMPTY else {"wallet": _packer.encode(state.wallet)}),
            **({} if state.is_reached else {"unreached": True}),
            **({"answered": state.answered} if state.answered else {}),
            **({"bars": _packer.encode(state.bars)} if state.bars else {}),
        }

    def decode(self, document: Document) -> Held:
        """Return the state of a document."""
        account, packed = _account.decode(document["account"]), document.get("wallet")
        wallet = wallets.EMPTY if packed is None else _wallet.decode(packed)
        is_reached, answered = not document.get("unreached", False), document.get("answered", 0)
        bars = _bars.decode(document["bars"]) if "bars" in document else {}
        return Held(document["brand"], document["member"], account, wallet, is_reached, answered, bars)


def _posted(state: Held | None, grant: Grants, trace: str | None) -> Step[Held]:
    """Post a grant: an entry, and the same on the ledger's topic."""
    data = grant.data
    held = state or Held(grant.brand, data.member)
    change = Change(data.uncapped, leaf_of(data, grant.community), data.day, data.karma or 0)
    account, applied = accounts.posted(held.account, change, held.bars)
    posted: Any = replace(
        grant,
        id=event_id("engagement.entry", grant.id),
        data=replace(data, applied=applied, balance=account.balance, standing=account.karma or None),
    )
    entry, output = _entry(posted, account, trace), Output(LEDGER.name, f"{grant.brand}/{data.member}", posted)
    after = Held(held.brand, held.member, account, held.wallet, held.is_reached, held.answered, held.bars)
    if data.expires is None and data.held_until is None:
        return Step(after, (entry,), (output,))
    return _kept(after, grant, applied, entry, output)


def _barred(held: Held, event: Sanctioned, trace: str | None) -> Step[Held]:
    """Take in a sanction: what was earned on days that it bars is taken back, or given where it was lifted early."""
    bars = changed(held.bars, event)
    if bars == held.bars:
        return Step(held)
    book = Book(replace(held, bars=bars), trace)
    for day, place, points in accounts.rebarred(held.account, held.bars, bars):
        book.held = replace(book.held, wallet=wallets.with_spent(book.held.wallet, -points, event.time))
        id_, back = event_id("engagement.barred", event.id, day.isoformat(), place), points > 0
        told = Booking(id_, event.time, event.id, BARRED, points, "unbarred" if back else "barred")
        told = told._replace(day=day, community=None if place == BRAND else place)
        book.write(told, PointsRestored if back else PointsClawedBack)
    if book.entries:
        book.settle(event.id, event.time)
    return book.step()


def _kept(held: Held, grant: Grants, applied: int, entry: Document, output: Output) -> Step[Held]:
    """Take in what was earned of points that expire or are held; what has expired meanwhile may be more or less now."""
    data, wallet = grant.data, held.wallet
    if data.held_until is not None:
        wallet = with_held(wallet, applied, hour_of(data.held_until), hour_of(grant.recordedtime))
    book = Book(replace(held, wallet=wallet))
    book.entries.append(entry)
    book.outputs.append(output)
    if data.expires is not None:
        month, lot = month_of(data.day or grant.time.date()), month_of(data.expires)
        if lot > wallet.until and all(known != lot for _, known in wallet.earned):
            book.awaits(lot)
        book.held = replace(book.held, wallet=with_earned(wallet, applied, month, lot))
        if month < wallet.until:
            book.settle(grant.id, grant.time)
    return book.step()


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
    if data.thing is not None:
        entry["thing"] = data.thing
    if trace is not None:
        entry["trace"] = trace
    return entry

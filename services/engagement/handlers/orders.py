"""Orders that change an account: what is spent, given back, given by hand, given to others; and what expires."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import replace

from services.engagement.handlers.booking import SOURCE, Book, Booking
from services.engagement.rules.balances import Held
from services.engagement.rules.bookings import (
    ADJUSTED,
    OVER_LIMIT,
    RECEIVED,
    REFUNDED,
    SENT,
    SPENT,
    TOO_FEW,
    entry_id,
    receive_id,
)
from services.engagement.rules.commands import Adjust, Expire, Order, Ordered, Receive, Refund, Spend, Transfer
from services.engagement.rules.participation.commands import Settled, encoded
from services.engagement.rules.wallets import available, month_of, sent_on, with_sent, with_spent
from shared.events.engagement import (
    PointsClawedBack,
    PointsGranted,
    PointsRestored,
    PointsSpent,
    PointsTransferred,
)
from shared.events.engagement import Transfer as Transferred
from shared.fold.definition import Output, Step
from shared.topics import ENGAGEMENT_COMMANDS, PARTICIPATION

_json = msgspec.json.Encoder()


def done(held: Held, order: Ordered, trace: str | None) -> Step[Held]:
    """Do what an order says, or write why not."""
    book = Book(held, trace)
    match order:
        case Spend():
            _spend(book, order)
        case Transfer():
            _send(book, order)
        case Expire():
            book.settle(order.id, order.at, order.lot)
            return book.step((order.id,))
        case Refund():
            book.write(_booking(order, REFUNDED, order.amount, "returned", note=order.note), PointsRestored)
        case Receive():
            about = {"note": order.note, "other": order.sender}
            book.write(_booking(order, RECEIVED, order.amount, "received", **about), PointsGranted)
        case Adjust():
            _adjust(book, order)
    return book.step()


def _adjust(book: Book, order: Adjust) -> None:
    if order.amount > 0:
        book.write(_booking(order, ADJUSTED, order.amount, "adjusted", note=order.note), PointsGranted)
        return
    book.held = replace(book.held, wallet=with_spent(book.held.wallet, -order.amount, order.at))
    book.write(_booking(order, ADJUSTED, order.amount, "adjusted", note=order.note), PointsClawedBack)
    book.settle(order.id, order.at)


def _expired(book: Book, order: Order) -> Held:
    """Return the account as it is at the moment of the order: what has expired by then cannot be spent any more."""
    book.settle(f"before {order.id}", order.at, month_of(order.at.date()))
    return book.held


def _spend(book: Book, order: Spend) -> None:
    held = _expired(book, order)
    if available(held.account.balance, held.wallet, order.at) < order.amount:
        book.write(_refused(order, SPENT, "spent", TOO_FEW))
        _settled(book, order, TOO_FEW)
        return
    book.held = replace(held, wallet=with_spent(held.wallet, order.amount, order.at))
    book.write(_booking(order, SPENT, -order.amount, "spent", note=order.note), PointsSpent)
    book.settle(order.id, order.at)
    _settled(book, order)


def _settled(book: Book, order: Spend, refused: str | None = None) -> None:
    """Tell the goods that an order is for whether it was paid."""
    if order.thing is None:
        return
    told = Settled(
        id=f"settled:{order.id}",
        brand=order.brand,
        thing=order.thing,
        at=order.at,
        order=order.id,
        member=order.member,
        refused=refused,
    )
    book.outputs.append(Output(PARTICIPATION.name, f"{order.brand}/{order.thing}", encoded(told)))


def _send(book: Book, order: Transfer) -> None:
    held = _expired(book, order)
    refused = TOO_FEW if available(held.account.balance, held.wallet, order.at) < order.amount else None
    if sent_on(held.wallet, order.at) + order.amount > order.per_day:
        refused = OVER_LIMIT
    if refused is not None:
        book.write(_refused(order, SENT, "sent", refused)._replace(other=order.to))
        return
    book.held = replace(held, wallet=with_sent(held.wallet, order.amount, order.at))
    booking = _booking(order, SENT, -order.amount, "sent", note=order.note, other=order.to)
    book.write(booking)
    balance = book.held.account.balance
    data = Transferred(member=held.member, to=order.to, amount=order.amount, cause=booking.cause, balance=balance)
    about: dict[str, Any] = {
        "id": booking.id,
        "source": SOURCE,
        "time": order.at,
        "brand": held.brand,
        "recordedtime": order.at,
    }
    book.tell(PointsTransferred(**about, data=data))
    received = Receive(
        id=receive_id(held.member, order.id),
        brand=held.brand,
        member=order.to,
        at=order.at,
        by=order.by,
        sender=held.member,
        amount=order.amount,
        note=order.note,
    )
    book.outputs.append(Output(ENGAGEMENT_COMMANDS.name, f"{held.brand}/{order.to}", _json.encode(received)))
    book.settle(order.id, order.at)


def _booking(
    order: Order, rule: str, points: int, reason: str, *, note: str | None = None, other: str | None = None
) -> Booking:
    return Booking(
        entry_id(order.brand, order.member, order.id), order.at, order.id, rule, points, reason, note, order.by, other
    )


def _refused(order: Spend | Transfer, rule: str, reason: str, why: str) -> Booking:
    return _booking(order, rule, 0, reason, note=order.note)._replace(refused=why, asked=-order.amount)

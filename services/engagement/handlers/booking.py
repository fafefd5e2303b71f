"""What is written of an account: its entries, and the same on the ledger's topic."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from services.engagement.rules.accounts import Account
from services.engagement.rules.balances import Held
from services.engagement.rules.bookings import EXPIRED
from services.engagement.rules.commands import Expire
from services.engagement.rules.wallets import begin_of, with_expired
from shared.events import Envelope, event_id
from shared.events.engagement import Points, PointsExpired
from shared.fold.definition import Document, Output, Step, Timer
from shared.topics import ENGAGEMENT_COMMANDS, LEDGER

SOURCE = "engagement/ledger"

_json = msgspec.json.Encoder()


class Booking(NamedTuple):
    """A change of an account that no grant made."""

    id: str
    at: datetime
    cause: str
    rule: str
    points: int
    """What is posted; 0 where it was refused."""
    reason: str
    note: str | None = None
    by: str | None = None
    other: str | None = None
    """The other member of a transfer."""
    refused: str | None = None
    """Why nothing was done: a code."""
    asked: int | None = None
    """What was asked for, where nothing was done."""
    day: date | None = None
    """The day that it is of, where that is not the moment's."""
    community: str | None = None


class Book:
    """Writes what befalls one account, entry after entry."""

    def __init__(self, held: Held, trace: str | None = None) -> None:
        self.held, self._trace = held, trace
        self.entries: list[Document] = []
        self.outputs: list[Output] = []
        self.timers: list[Timer] = []

    def write(self, booking: Booking, make: type[Envelope] | None = None) -> None:
        """Write an entry, and tell it on the bus where an event is given."""
        account = self._moved(booking.points)
        self.entries.append(self._entry(booking, account))
        if make is not None:
            self.tell(_event(make, booking, self.held, account))

    def tell(self, event: Envelope) -> None:
        """Tell an event on the ledger's topic."""
        self.outputs.append(Output(LEDGER.name, f"{self.held.brand}/{self.held.member}", event))

    def settle(self, cause: str, at: datetime, until: int = 0) -> None:
        """Post the difference to what has expired: by now, or up to a lot that expires."""
        before = self.held.wallet
        after = with_expired(before, until)
        self.held = replace(self.held, wallet=after)
        if after.expired != before.expired:
            id_ = event_id("engagement.expired", self.held.brand, self.held.member, cause)
            self.write(Booking(id_, at, cause, EXPIRED, before.expired - after.expired, "expired"), PointsExpired)

    def awaits(self, lot: int) -> None:
        """Have the lot expire when its month begins."""
        id_, due = f"expire/{self.held.brand}/{self.held.member}/{lot}", begin_of(lot)
        command = Expire(id=id_, brand=self.held.brand, member=self.held.member, at=due, lot=lot)
        key = f"{self.held.brand}/{self.held.member}"
        self.timers.append(Timer(id_, due, ENGAGEMENT_COMMANDS.name, key, _json.encode(command)))

    def step(self, done_timers: tuple[str, ...] = ()) -> Step[Held]:
        """Return all of it."""
        return Step(self.held, self.entries, self.outputs, self.timers, done_timers)

    def _moved(self, points: int) -> Account:
        account = self.held.account
        account = replace(account, balance=account.balance + points, entries=account.entries + 1)
        self.held = replace(self.held, account=account)
        return account

    def _entry(self, booking: Booking, account: Account) -> Document:
        told: dict[str, Any] = {
            "_id": booking.id,
            "brand": self.held.brand,
            "member": self.held.member,
            "n": account.entries,
            "at": booking.at,
            "cause": booking.cause,
            "rule": booking.rule,
            "version": 0,
            "uncapped": booking.points if booking.asked is None else booking.asked,
            "applied": booking.points,
            "balance": account.balance,
            "reason": booking.reason,
        }
        more = {"note": booking.note, "by": booking.by, "other": booking.other, "refused": booking.refused}
        more |= {"community": booking.community, "day": None if booking.day is None else booking.day.isoformat()}
        return told | {name: value for name, value in (more | {"trace": self._trace}).items() if value is not None}


def _event(make: type[Envelope], booking: Booking, held: Held, account: Account) -> Envelope:
    data = Points(
        member=held.member,
        cause=booking.cause,
        rule=booking.rule,
        version=0,
        uncapped=booking.points,
        applied=booking.points,
        balance=account.balance,
        reason=booking.reason,
        day=booking.day,
    )
    about: dict[str, Any] = {"id": booking.id, "source": SOURCE, "time": booking.at, "recordedtime": booking.at}
    return make(**about, brand=held.brand, community=booking.community, data=data)  # type: ignore[call-arg] # each has data

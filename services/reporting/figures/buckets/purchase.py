"""One order of the brand's own shop: what was paid, and what was paid back, in whatever order it is told."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from services.reporting.figures.buckets.hours import HOUR_S, start_of
from shared.fold.definition import Document

KIND = "purchase"

REFUNDS_MAX = 100
"""Parts in which an order is paid back; what comes after them is not taken off."""


class Bought(NamedTuple):
    """A member bought something, at `second` since 1970; the amount in minor units of the currency."""

    brand: str
    community: str
    second: float
    member: str
    amount: int
    currency: str


class Refunded(NamedTuple):
    """An amount of it was paid back; `event` tells one such telling from another."""

    brand: str
    community: str
    event: str
    amount: int


class Purchase(Struct, frozen=True, gc=False):
    """What is known of the order."""

    brand: str
    community: str
    second: float | None = None
    """None as long as only its refund was read."""
    member: str = ""
    amount: int = 0
    currency: str = ""
    refunds: tuple[tuple[str, int], ...] = ()

    @property
    def left(self) -> int:
        """Return what was paid and not paid back; never below nothing."""
        return max(0, self.amount - sum(amount for _, amount in self.refunds))


def evolve(state: Purchase | None, told: Bought | Refunded) -> Purchase:
    """Note what was told; the same state where it is known."""
    state = state or Purchase(told.brand, told.community)
    match told:
        case Bought(second=second, member=member, amount=amount, currency=currency):
            if state.second is not None and state.second <= second:
                return state
            return replace(state, second=second, member=member, amount=amount, currency=currency)
        case Refunded(event=event, amount=amount):
            if len(state.refunds) >= REFUNDS_MAX or event in dict(state.refunds):
                return state
            return replace(state, refunds=tuple(sorted((*state.refunds, (event, amount)))))


def encode(state: Purchase) -> Document:
    """Return the document; `at` is the hour in which it was paid."""
    return {
        "kind": KIND,
        "brand": state.brand,
        "community": state.community,
        "at": None if state.second is None else start_of(int(state.second // HOUR_S)),
        "second": state.second,
        "member": state.member,
        "amount": state.amount,
        "currency": state.currency,
        "refunds": [list(refund) for refund in state.refunds],
    }


def decode(document: Document) -> Purchase:
    """Return the state."""
    return Purchase(
        document["brand"],
        document["community"],
        document["second"],
        document["member"],
        int(document["amount"]),
        document["currency"],
        tuple((event, int(amount)) for event, amount in document["refunds"]),
    )

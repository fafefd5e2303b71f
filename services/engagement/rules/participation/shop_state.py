"""What is known of goods: what is sold and reserved, orders that are not done with, who bought how much. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from shared.documents.shop import Goods
from shared.events import event_id

OPEN_MAX = 10_000
"""Orders of one thing that are not done with, up to 96 bytes each; done with, an order is an entry and a count."""

LINE_MAX = 3_000
"""Of these: who waits in line. One command may refuse all of them, with an entry, an event and a message each, 1.5 kB."""

BUYERS_MAX = 20_000
"""Members of one thing of whom it is known how much they bought or gave, up to 48 bytes each: with the orders below 2 MB."""

ORDER_CHARS = 16
"""Of an order's id, 64 bits: members type it."""

STEPS = ("waiting", "reserved", "cancelling", "paid", "fulfilled", "cancelled", "refunded", "refused")
"""The states of an order in an order in which they can follow each other."""

WAITING, RESERVED, CANCELLING, PAID, FULFILLED, CANCELLED, REFUNDED, REFUSED = range(len(STEPS))

UNSETTLED = frozenset({"waiting", "reserved"})
"""States of which the next comes by itself, and soon."""


class Open(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An order that is not done with."""

    member: str
    quantity: int
    """0: a donation."""
    amount: int
    """Points, by the price when it was made."""
    at: int
    """Seconds since 1970."""
    state: int = RESERVED
    place: str = ""
    """The community in which the member asked; empty: nobody knows."""
    language: str = ""
    """In which they asked; empty: nobody knows."""


class Buyer(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How much a member ordered and did not get back."""

    total: int = 0
    since: int = 0
    """When their period began, in seconds since 1970."""
    within: int = 0
    """What they ordered in it."""


class Stock(msgspec.Struct, frozen=True):
    """How goods, or a common goal, stand."""

    orders: Mapping[str, Open] = {}
    """Reserved, being cancelled, or paid and not fulfilled; by their ids."""
    line: Mapping[str, Open] = {}
    """Who waits for what is reserved, in their order: it comes free where somebody cannot pay."""
    buyers: Mapping[str, Buyer] = {}
    donors: Mapping[str, int] = {}
    """Points that each gave, and did not get back."""
    sold: int = 0
    """Pieces that are paid."""
    reserved: int = 0
    """Pieces of orders that are being paid."""
    raised: int = 0
    """Points donated."""
    announced: int = 0
    """The target of which it was told that it is reached."""
    returning: bool = False
    """The goal was missed, and its points go back."""
    rounds: int = 0
    """How often that began."""
    fulfilled: int = 0
    refunded: int = 0
    """Orders."""


def order_id(brand: str, thing: str, member: str, cause: str) -> str:
    """Return the id of the order that a command makes: the same however often it is told."""
    return event_id("engagement.shop.order", brand, thing, member, cause)[:ORDER_CHARS]


def spend_id(thing: str, order: str) -> str:
    """Return what the order is called in the member's account: no key of a caller can be the same, it has no `:`."""
    return f"{thing.replace('/', ':')}:{order}"


def order_of(spend: str) -> str:
    """Return the id of the order that an account paid, or could not."""
    return spend.rpartition(":")[2]


def left(spec: Goods, sold: int, reserved: int = 0) -> int | None:
    """Return how many are neither sold nor reserved; None: there is no end."""
    return None if spec.stock is None else max(0, spec.stock - sold - reserved)


def over_limit(spec: Goods, buyer: Buyer | None, quantity: int, at: int) -> str | None:
    """Return the code of the limit that so many more would be over; None where they may have them."""
    before = buyer or Buyer()
    if spec.per_member is not None and before.total + quantity > spec.per_member:
        return "per_member"
    if spec.per_period is not None:
        within = before.within if is_within(spec, before, at) else 0
        if within + quantity > spec.per_period.quantity:
            return "per_period"
    return None


def is_within(spec: Goods, buyer: Buyer, at: int) -> bool:
    """Say whether a member's period still runs at a moment."""
    return spec.per_period is not None and at < buyer.since + timedelta(days=spec.per_period.days).total_seconds()


def is_limited(spec: Goods) -> bool:
    """Say whether it matters who bought how much."""
    return spec.per_member is not None or spec.per_period is not None


def is_full(stock: Stock, member: str) -> bool:
    """Say whether a member is new, and no more can be known."""
    is_known = member in stock.buyers or member in stock.donors
    return not is_known and len(stock.buyers) + len(stock.donors) >= BUYERS_MAX

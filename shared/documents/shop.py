"""Goods that members buy with points, and common goals that they donate points to."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from shared.documents.shape import Spec
from shared.documents.standing import Words
from shared.documents.things import Thing

PRICE_MAX = 10**9
PER_ORDER_MAX = 1_000

Price = Annotated[int, Meta(ge=1, le=PRICE_MAX)]
Pieces = Annotated[int, Meta(ge=1, le=10**6)]


class Period(Spec, frozen=True, kw_only=True):
    """A limit for a while: it begins with a member's first order, and the next one after its end begins another."""

    quantity: Pieces
    days: Annotated[int, Meta(ge=1, le=366)]


class Goal(Spec, frozen=True, kw_only=True):
    """What members donate points for together."""

    target: Annotated[int, Meta(ge=1, le=10**12)]
    """So many points; with the donation that reaches it, it is over."""
    least: Price = 1
    """Points of one donation."""
    reached: Words | None = None
    """What is announced then, after the figures."""
    missed: Literal["keep", "give_back"] = "keep"
    """What becomes of the points where it is over and not reached."""


class Goods(Thing, frozen=True, kw_only=True):
    """Something to buy, which has a price, or a common goal."""

    price: Price | None = None
    """Points for one. Another one concerns orders that are made from then on."""
    stock: Annotated[int, Meta(ge=0, le=10**9)] | None = None
    """How many are sold in all, ever: raise it to have more; lowered, it takes back nothing. Absent: there is no end."""
    per_order: Annotated[int, Meta(ge=1, le=PER_ORDER_MAX)] = 10
    per_member: Pieces | None = None
    """In all; absent: as many as they want."""
    per_period: Period | None = None
    cancel_hours: Annotated[int, Meta(ge=0, le=8_760)] = 24
    """So long members may cancel an order that is not fulfilled; 0: they may not."""
    by_hand: bool = True
    """Whether staff hand it over or send it. If not, an order is fulfilled as soon as it is paid."""
    goal: Goal | None = None

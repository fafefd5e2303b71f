"""Goods with stock and limits, orders with states, and common goals: docs/shop.md. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from msgspec.structs import replace
from typing_extensions import override

from services.engagement.rules.commands import AMOUNT_MAX
from services.engagement.rules.participation import goals
from services.engagement.rules.participation import shop_words as words
from services.engagement.rules.participation.commands import Due, Order, Settled, Take
from services.engagement.rules.participation.doings import Buy, ByMember, Cancel, Donate, Fulfil, GiveBack, Look
from services.engagement.rules.participation.mechanism import Card, Mechanism, Viewer
from services.engagement.rules.participation.play import Play, filled, said
from services.engagement.rules.participation.shop_looks import buy_keys, carded, looked, may_cancel, noted, shown, what
from services.engagement.rules.participation.shop_state import (
    FULFILLED,
    LINE_MAX,
    OPEN_MAX,
    ORDER_CHARS,
    PAID,
    REFUNDED,
    STEPS,
    WAITING,
    Open,
    Stock,
    is_full,
    is_limited,
    left,
    order_of,
    over_limit,
)
from services.engagement.rules.participation.till import Till
from shared.documents.shop import PER_ORDER_MAX, Goods
from shared.errors import Misplaced
from shared.said import Said

SETTLE = timedelta(seconds=30)
"""So long after the end a goal is looked at: donations that were made before it are on their way."""


class Shop(Mechanism[Goods, Stock]):
    """`kind: Goods`."""

    kind, document, spec, state = "goods", "Goods", Goods, Stock
    private = True
    verbs = frozenset({"buy"})
    outlives = True
    settle = SETTLE

    @override
    def meant(self, spec: Goods, verb: str, words: str) -> ByMember | None:
        """`buy NAME` asks, `buy NAME 2` orders, of a goal it gives so much; `buy NAME - ORDER` cancels."""
        if not words:
            return Look()
        sign, _, order = words.partition(" ")
        if sign == "-":
            return Cancel(order=order.strip().lower()) if len(order.strip()) == ORDER_CHARS else None
        if not (words.isascii() and words.isdigit()) or len(words) > len(str(AMOUNT_MAX)):
            return None
        number, most = int(words), AMOUNT_MAX if spec.goal is not None else PER_ORDER_MAX
        if not 1 <= number <= most:
            return None
        return Donate(amount=number) if spec.goal is not None else Buy(quantity=number)

    @override
    def check(self, spec: Goods) -> None:
        """Hold it to have a price or a goal, and what belongs to it."""
        if (spec.price is None) == (spec.goal is None):
            raise Misplaced("goods have a `price`, or a `goal`", "$.spec.price")
        if spec.goal is None:
            return
        for name in ("stock", "per_member", "per_period"):
            if getattr(spec, name) is not None:
                raise Misplaced(f"a goal has no `{name}`", f"$.spec.{name}")
        if spec.goal.least > spec.goal.target:
            raise Misplaced("the least donation is above the target", "$.spec.goal.least")
        if spec.goal.missed == "give_back" and spec.until is None:
            raise Misplaced("what has no end is never missed", "$.spec.until")

    @override
    def check_change(self, before: Goods, after: Goods) -> None:
        """Hold it to stay goods, or a goal: nothing else gives donations back."""
        if (before.goal is None) == (after.goal is None):
            return
        was, at = ("a `price`", "$.spec.goal") if before.goal is None else ("a `goal`", "$.spec.price")
        raise Misplaced(f"what this name stands for has {was}, and members' points are in it: take another name", at)

    @override
    def defined(self, play: Play[Goods, Stock]) -> None:
        """Serve those in line where there is more now. A goal may be reached by its new target, or collected for again."""
        till = Till(play)
        till.advance()
        till.close()
        if play.is_open and not play.state.donors:
            play.state = replace(play.state, returning=False)
        goals.reached(play)

    @override
    def take(self, play: Play[Goods, Stock], take: Take) -> None:
        """Take in an order or a donation, cancel one, or show how it stands."""
        match take.does:
            case Look():
                looked(play, take)
            case Buy() as buy if play.spec.price is not None:
                self._buy(play, take, buy.quantity, play.spec.price)
            case Donate() as donate if play.spec.goal is not None:
                goals.donated(play, take, play.spec.goal, donate.amount)
            case Cancel() as cancel:
                self._cancel(play, take, cancel.order)
            case _:
                play.refuse(take, "misplaced")

    def _buy(self, play: Play[Goods, Stock], take: Take, quantity: int, price: int) -> None:
        code = play.ineligible(take) or _why_not(play, take.member, quantity)
        if code is not None:
            play.refuse(take, code)
            return
        amount, till = quantity * price, Till(play)
        told = till.placed(take, quantity, amount)
        till.close()
        about = {"title": said(play.spec.title), "n": quantity, "amount": words.points(amount)}
        play.done(take, words.IN_LINE if told["step"] == WAITING else filled(words.TAKEN, **about), **told)

    def _cancel(self, play: Play[Goods, Stock], take: Take, id_: str) -> None:
        order, code = _open(play.state, id_), None
        if order is None or order.member != take.member:
            code = "no_order"
        elif not may_cancel(play.spec, order, play.at):
            code = "too_late"
        if code is not None or order is None:
            play.refuse(take, code or "no_order")
            return
        if STEPS[order.state] == "cancelling":
            play.done(take, words.CANCELLING, order=id_)
            return
        till = Till(play)
        told = till.cancelled(id_, order, words.CANCELLED_NOTE, take.member)
        till.close()
        play.done(take, CANCELLED_SAID[told["state"]], **told)

    @override
    def settled(self, play: Play[Goods, Stock], settled: Settled) -> None:
        """Take in what became of an order's points."""
        till = Till(play)
        till.settled(order_of(settled.order), settled.refused)
        till.close()
        goals.reached(play)

    @override
    def order(self, play: Play[Goods, Stock], order: Order) -> None:
        """Hand an order over, or give it back."""
        match order.does:
            case Fulfil(order=id_, note=note):
                self._fulfil(play, order, id_, note)
            case GiveBack(order=id_, note=note):
                self._give_back(play, order, id_, note)
            case _:
                play.ordered(order, "misplaced")

    def _fulfil(self, play: Play[Goods, Stock], order: Order, id_: str, note: str | None) -> None:
        found = _open(play.state, id_)
        if found is None or found.state != PAID:
            play.ordered(order, "no_order" if found is None else "unpaid")
            return
        till = Till(play)
        told = till.handed_over(id_, found)
        till.tell(id_, found, noted(words.FULFILLED, play.spec, id_, note), FULFILLED)
        till.close()
        play.ordered(order, member=found.member, **told)

    def _give_back(self, play: Play[Goods, Stock], order: Order, id_: str, note: str) -> None:
        found = _open(play.state, id_)
        if found is None or STEPS[found.state] == "cancelling":
            play.ordered(order, "no_order")
            return
        till = Till(play)
        told = till.cancelled(id_, found, Said(note, note), order.by)
        till.tell(id_, found, noted(words.GIVEN_BACK, play.spec, id_, note), REFUNDED)
        till.close()
        play.ordered(order, member=found.member, **told)

    @override
    def opened(self, play: Play[Goods, Stock]) -> None:
        """Announce it."""
        if not play.is_gone:
            text = words.OPENED if play.spec.goal is None else words.OPENED_GOAL
            play.announce(filled(text, what=what(play.spec, play.state)), "opened", buy_keys(play))

    @override
    def closed(self, play: Play[Goods, Stock]) -> None:
        """Have a goal be missed that was not reached."""
        if play.spec.goal is not None:
            goals.missed(play, play.spec.goal)

    @override
    def due(self, play: Play[Goods, Stock], due: Due) -> None:
        """Give donations back."""
        if due.what == goals.RETURN and play.state.returning:
            goals.returned(play)

    @override
    def card(self, name: str, spec: Goods, state: Stock, viewer: Viewer) -> Card:
        """Show the price and what is left, or the goal, and the member's open orders."""
        return carded(name, spec, state, viewer)

    @override
    def shown(self, spec: Goods, state: Stock, viewer: Viewer) -> dict[str, Any]:
        """Return what is left, sold and reserved, or how far the goal is; and what a member has of it."""
        return shown(spec, state, viewer.member)


CANCELLED_SAID = {"cancelled": words.CANCELLED, "refunded": words.REFUNDED, "cancelling": words.CANCELLING}
"""What a member is answered, by the state of the order then."""


def _open(state: Stock, id_: str) -> Open | None:
    return state.orders.get(id_) or state.line.get(id_)


def _why_not(play: Play[Goods, Stock], member: str, quantity: int) -> str | None:
    """Return the code of why so many cannot be ordered; None where they can."""
    spec, state = play.spec, play.state
    unsold = left(spec, state.sold)
    if quantity > spec.per_order:
        return "per_order"
    if unsold is not None and quantity > unsold:
        return "few_left" if unsold else "sold_out"
    if len(state.orders) + len(state.line) >= OPEN_MAX:
        return "busy"
    if unsold is not None and len(state.line) >= LINE_MAX:
        return "try_again"
    if is_limited(spec) and is_full(state, member):
        return "full"
    return over_limit(spec, state.buyers.get(member), quantity, int(play.at.timestamp()))

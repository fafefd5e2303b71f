"""Goods with stock and limits, orders with states, and common goals: docs/shop.md. Pure."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import Any

from msgspec.structs import replace
from typing_extensions import override

from services.engagement.rules.commands import AMOUNT_MAX
from services.engagement.rules.participation import shop_words as words
from services.engagement.rules.participation.commands import Due, Order, Settled, Take
from services.engagement.rules.participation.doings import Buy, ByMember, Cancel, Donate, Fulfil, GiveBack, Look
from services.engagement.rules.participation.mechanism import Mechanism, Viewer
from services.engagement.rules.participation.play import Play, filled, lines, said
from services.engagement.rules.participation.replies import Key
from services.engagement.rules.participation.shop_state import (
    BUYERS_MAX,
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
    is_limited,
    left,
    order_of,
    over_limit,
)
from services.engagement.rules.participation.till import Till, cancel_key, key
from shared.documents.shop import PER_ORDER_MAX, Goods
from shared.errors import Misplaced
from shared.said import Said

RETURN = "return"
"""The timer by which donations go back."""

RETURNED_AT_ONCE = 1_000
"""Donors whose points go back by one command: 300 kB."""

SHOWN_MAX = 5
"""Own open orders that an answer names."""

DONATION = 10
"""Points in the example that members are told."""


class Shop(Mechanism[Goods, Stock]):
    """`kind: Goods`."""

    kind, document, spec, state = "goods", "Goods", Goods, Stock
    verbs = frozenset({"buy"})
    outlives = True

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
    def defined(self, play: Play[Goods, Stock]) -> None:
        """Serve those in line where there is more now. A goal may be reached by its new target, or collected for again."""
        till = Till(play)
        till.advance()
        till.close()
        if play.is_open and not play.state.donors:
            play.state = replace(play.state, returning=False)
        _reached(play)

    @override
    def take(self, play: Play[Goods, Stock], take: Take) -> None:
        """Take in an order or a donation, cancel one, or show how it stands."""
        match take.does:
            case Look():
                self._look(play, take)
            case Buy() as buy if play.spec.price is not None:
                self._buy(play, take, buy.quantity, play.spec.price)
            case Donate() as donate if play.spec.goal is not None:
                self._donate(play, take, donate.amount)
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
        about = {"title": said(play.spec.title), "n": quantity, "amount": amount}
        play.done(take, words.IN_LINE if told["step"] == WAITING else filled(words.TAKEN, **about), **told)

    def _donate(self, play: Play[Goods, Stock], take: Take, amount: int) -> None:
        goal, code = play.spec.goal, play.ineligible(take)
        assert goal is not None, "there is one where something can be donated"
        if code is None and play.state.raised >= goal.target:
            code = "reached"
        if code is None and amount < goal.least:
            code = "too_little"
        if code is None and len(play.state.orders) >= OPEN_MAX:
            code = "busy"
        if code is None and goal.missed == "give_back" and _is_full(play, take.member):
            code = "full"
        if code is not None:
            play.refuse(take, code)
            return
        till = Till(play)
        told = till.placed(take, 0, amount)
        till.close()
        play.done(take, filled(words.DONATING, title=said(play.spec.title), amount=amount), **told)

    def _cancel(self, play: Play[Goods, Stock], take: Take, id_: str) -> None:
        order, code = _open(play.state, id_), None
        hours = timedelta(hours=play.spec.cancel_hours).total_seconds()
        if order is None or order.member != take.member:
            code = "no_order"
        elif order.quantity == 0 or play.at.timestamp() >= order.at + hours:
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
        _reached(play)

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
        till.tell(id_, found, _noted(words.FULFILLED, play.spec, id_, note), FULFILLED)
        till.close()
        play.ordered(order, member=found.member, **told)

    def _give_back(self, play: Play[Goods, Stock], order: Order, id_: str, note: str) -> None:
        found = _open(play.state, id_)
        if found is None or STEPS[found.state] == "cancelling":
            play.ordered(order, "no_order")
            return
        till = Till(play)
        told = till.cancelled(id_, found, Said(note, note), order.by)
        till.tell(id_, found, _noted(words.GIVEN_BACK, play.spec, id_, note), REFUNDED)
        till.close()
        play.ordered(order, member=found.member, **told)

    @override
    def opened(self, play: Play[Goods, Stock]) -> None:
        """Announce it."""
        if not play.is_gone:
            text = words.OPENED if play.spec.goal is None else words.OPENED_GOAL
            play.announce(filled(text, what=_what(play.spec, play.state)), "opened", _buy_keys(play))

    @override
    def closed(self, play: Play[Goods, Stock]) -> None:
        """Tell how a goal stands that was not reached; its points go back where the document says so."""
        goal = play.spec.goal
        if goal is None or play.state.raised >= goal.target:
            return
        told = [filled(words.MISSED, title=said(play.spec.title), raised=play.state.raised, target=goal.target)]
        if goal.missed == "give_back":
            told.append(words.COMING_BACK)
            play.state = replace(play.state, returning=True, rounds=play.state.rounds + 1)
            play.timer(RETURN, play.at)
        if not play.is_gone:
            play.announce(lines(*told), f"missed {play.state.rounds}")

    @override
    def due(self, play: Play[Goods, Stock], due: Due) -> None:
        """Give the points of some donors back; the others follow."""
        if due.what != RETURN or not play.state.returning:
            return
        donors = dict(play.state.donors)
        note = filled(words.CANCELLED_NOTE, title=said(play.spec.title)).by(play.language)
        back = dict(islice(donors.items(), RETURNED_AT_ONCE))
        for member, amount in back.items():
            play.refund(member, f"{play.thing.replace('/', ':')}:all:{play.state.rounds}", amount, note, play.thing)
            del donors[member]
        raised, is_over = play.state.raised - sum(back.values()), bool(donors) or not play.is_open
        play.state = replace(play.state, donors=donors, raised=raised, returning=is_over)
        if donors:
            play.timer(RETURN, play.at + timedelta(seconds=1))

    def _look(self, play: Play[Goods, Stock], take: Take) -> None:
        own = _own(play.state, take.member)[:SHOWN_MAX]
        told = [_what(play.spec, play.state)]
        told += [] if play.spec.about is None else [said(play.spec.about)]
        if play.spec.goal is not None:
            told.append(filled(words.DONATE, name=play.name, amount=max(play.spec.goal.least, DONATION)))
            given = play.state.donors.get(take.member, 0)
            told += [filled(words.GIVEN, amount=given)] if given else []
        keys = _buy_keys(play)
        for id_, order in own:
            about = {"order": id_, "n": order.quantity, "amount": order.amount}
            told.append(filled(words.ORDER, state=words.STATES[_state(play.state, id_, order)], **about))
            made = cancel_key(play.name, id_)
            keys += [made] if made is not None and play.spec.cancel_hours else []
        play.done(take, lines(*told), keys)

    @override
    def shown(self, spec: Goods, state: Stock, viewer: Viewer) -> dict[str, Any]:
        """Return what is left, sold and reserved, or how far the goal is; and what a member has of it."""
        open_ = {"open": len(state.orders) + len(state.line), "fulfilled": state.fulfilled, "refunded": state.refunded}
        if spec.goal is not None:
            goal = {"target": spec.goal.target, "raised": state.raised, "donors": len(state.donors)}
            shown: dict[str, Any] = {"goal": goal | {"reached": state.raised >= spec.goal.target}} | open_
            own: dict[str, Any] = {} if viewer.member is None else {"donated": state.donors.get(viewer.member, 0)}
        else:
            counts = {"left": left(spec, state.sold, state.reserved), "sold": state.sold, "reserved": state.reserved}
            shown = {"price": spec.price, "stock": spec.stock} | counts | {"waiting": len(state.line)} | open_
            buyer = None if viewer.member is None else state.buyers.get(viewer.member)
            own = {} if viewer.member is None else {"has": 0 if buyer is None else buyer.total}
        if viewer.member is not None:
            orders = [{"order": id_, **open_order(state, id_, one)} for id_, one in _own(state, viewer.member)]
            shown["own"] = own | {"orders": orders}
        return shown


CANCELLED_SAID = {"cancelled": words.CANCELLED, "refunded": words.REFUNDED, "cancelling": words.CANCELLING}
"""What a member is answered, by the state of the order then."""


def open_order(state: Stock, id_: str, order: Open) -> dict[str, Any]:
    """Return an order that is not done with, as it is told."""
    return {"state": _state(state, id_, order), "quantity": order.quantity, "amount": order.amount}


def _state(state: Stock, id_: str, order: Open) -> str:
    return STEPS[WAITING] if id_ in state.line else STEPS[order.state]


def _open(state: Stock, id_: str) -> Open | None:
    return state.orders.get(id_) or state.line.get(id_)


def _own(state: Stock, member: str) -> list[tuple[str, Open]]:
    return [(id_, one) for orders in (state.orders, state.line) for id_, one in orders.items() if one.member == member]


def _why_not(play: Play[Goods, Stock], member: str, quantity: int) -> str | None:
    """Return the code of why so many cannot be ordered; None where they can."""
    spec, state = play.spec, play.state
    unsold, free = left(spec, state.sold), left(spec, state.sold, state.reserved)
    if quantity > spec.per_order:
        return "per_order"
    if unsold is not None and quantity > unsold:
        return "few_left" if unsold else "sold_out"
    if len(state.orders) + len(state.line) >= OPEN_MAX:
        return "busy"
    if free is not None and quantity > free and len(state.line) >= LINE_MAX:
        return "try_again"
    if is_limited(spec) and _is_full(play, member):
        return "full"
    return over_limit(spec, state.buyers.get(member), quantity, int(play.at.timestamp()))


def _is_full(play: Play[Goods, Stock], member: str) -> bool:
    """Say whether a member is new, and no more can be known."""
    state = play.state
    is_known = member in state.buyers or member in state.donors
    return not is_known and len(state.buyers) + len(state.donors) >= BUYERS_MAX


def _reached(play: Play[Goods, Stock]) -> None:
    """Announce that a goal is reached, once for each target."""
    goal, raised = play.spec.goal, play.state.raised
    if goal is None or raised < goal.target or play.state.announced >= goal.target:
        return
    play.state = replace(play.state, announced=goal.target)
    text = filled(words.REACHED, title=said(play.spec.title), raised=raised)
    play.announce(lines(text, *(() if goal.reached is None else (said(goal.reached),))), f"reached {goal.target}")


def _what(spec: Goods, state: Stock) -> Said:
    if spec.goal is not None:
        return filled(words.GOAL, title=said(spec.title), raised=state.raised, target=spec.goal.target)
    price, free = filled(words.PRICE, title=said(spec.title), price=spec.price), left(spec, state.sold, state.reserved)
    return price if free is None else lines(price, filled(words.LEFT, left=free))


def _buy_keys(play: Play[Goods, Stock]) -> list[Key]:
    if play.spec.goal is not None or not play.is_open or left(play.spec, play.state.sold) == 0:
        return []
    made = key(words.BUY, f"buy {play.name} 1")
    return [] if made is None else [made]


def _noted(text: Said, spec: Goods, id_: str, note: str | None) -> Said:
    told = filled(text, title=said(spec.title), order=id_)
    return told if note is None else lines(told, Said(note, note))

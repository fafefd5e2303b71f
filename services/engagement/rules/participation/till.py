"""What becomes of orders by one command to goods, as it is put together. Pure.

An order is reserved, then the member's account pays it or refuses; only then is it sold. What is reserved for somebody may
come free again, so who comes when all that is left is reserved waits in line.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from services.engagement.rules.participation import shop_words as words
from services.engagement.rules.participation.commands import Take
from services.engagement.rules.participation.play import Play, filled, said
from services.engagement.rules.participation.replies import Key
from services.engagement.rules.participation.shop_looks import cancel_key, pieces
from services.engagement.rules.participation.shop_state import (
    BUYERS_MAX,
    CANCELLED,
    CANCELLING,
    FULFILLED,
    PAID,
    REFUNDED,
    REFUSED,
    RESERVED,
    STEPS,
    WAITING,
    Buyer,
    Open,
    Stock,
    is_within,
    left,
    order_id,
    spend_id,
)
from shared.documents.shop import Goods
from shared.events.engagement import OrderChange, OrderChanged
from shared.said import Language, Said

Told = dict[str, Any]
"""What an entry says of an order."""


class Till:
    """Orders of one thing. What is done to them is noted by whoever has it done, what follows from it here."""

    def __init__(self, play: Play[Goods, Stock]) -> None:
        state = play.state
        self.play, self.spec = play, play.spec
        self.orders, self.line, self.buyers = dict(state.orders), dict(state.line), dict(state.buyers)
        self.donors, self.raised = dict(state.donors), state.raised
        self.sold, self.reserved = state.sold, state.reserved
        self.fulfilled, self.refunded = state.fulfilled, state.refunded

    def close(self) -> None:
        """Have the play's state be what it comes to."""
        self.play.state = replace(
            self.play.state,
            orders=self.orders,
            line=self.line,
            buyers=self.buyers,
            donors=self.donors,
            raised=self.raised,
            sold=self.sold,
            reserved=self.reserved,
            fulfilled=self.fulfilled,
            refunded=self.refunded,
        )

    def placed(self, take: Take, quantity: int, amount: int) -> Told:
        """Take in an order: reserve it and have it paid, or have it wait."""
        reply, at = take.reply, int(self.play.at.timestamp())
        place, language = ("", "") if reply is None else (reply.community, reply.language)
        order = Open(take.member, quantity, amount, at, RESERVED, place, language)
        id_ = order_id(self.play.brand, self.play.thing, take.member, take.id)
        self._counted(order)
        free = left(self.spec, self.sold, self.reserved)
        if free is not None and (self.line or quantity > free):
            self.line[id_] = order
            return self.changed(id_, order, WAITING)
        return self._reserved(id_, order)

    def _reserved(self, id_: str, order: Open) -> Told:
        self.orders[id_] = order
        self.reserved += order.quantity
        spend, note = spend_id(self.play.thing, id_), pieces(self.spec, order.quantity)
        self.play.spend(order.member, spend, order.amount, note, order.member)
        return self.changed(id_, order, RESERVED)

    def settled(self, id_: str, refused: str | None) -> None:
        """Take in that an order's points were taken, or could not be; one that is not being paid is left alone."""
        order = self.orders.get(id_)
        if order is None or order.state == PAID:
            return
        self.reserved -= order.quantity
        if order.state == CANCELLING:
            del self.orders[id_]
            if refused is None:
                self.refund(id_, order, words.CANCELLED_NOTE, self.play.thing)
            else:
                self._uncounted(order)
            self._came(id_, order, CANCELLED if refused is not None else REFUNDED)
        elif refused is not None:
            del self.orders[id_]
            self.refused(id_, order, refused)
        elif order.quantity == 0:
            del self.orders[id_]
            self._donated(id_, order)
        else:
            self._paid(id_, order)
        self.advance()

    def _paid(self, id_: str, order: Open) -> None:
        self.sold += order.quantity
        about = {"title": said(self.spec.title), "n": order.quantity, "amount": words.points(order.amount), "order": id_}
        if self.spec.by_hand:
            self.orders[id_] = paid = replace(order, state=PAID)
            self._came(id_, paid, PAID)
            keys = [cancel_key(self.play.name, id_)] if self.spec.cancel_hours else []
            self.tell(id_, order, filled(words.PAID, **about), PAID, *keys)
            return
        del self.orders[id_]
        self.fulfilled += 1
        self._came(id_, order, FULFILLED)
        self.tell(id_, order, filled(words.YOURS, **about), FULFILLED)

    def _donated(self, id_: str, order: Open) -> None:
        """Add a donation to the goal; where that was missed meanwhile, or cannot know one more donor, the points go back."""
        goal = self.spec.goal
        is_known = order.member in self.donors or not self.has_no_room
        if goal is None or self.play.state.returning or (goal.missed == "give_back" and not is_known):
            self.refund(id_, order, words.CANCELLED_NOTE, self.play.thing)
            self._came(id_, order, REFUNDED)
            return
        self.raised += order.amount
        self.fulfilled += 1
        if is_known:
            self.donors[order.member] = self.donors.get(order.member, 0) + order.amount
        self._came(id_, order, FULFILLED)
        about = {
            "title": said(self.spec.title),
            "amount": words.points(order.amount),
            "raised": self.raised,
            "target": goal.target,
        }
        self.tell(id_, order, filled(words.DONATED, **about), FULFILLED)

    def refused(self, id_: str, order: Open, code: str) -> None:
        """Note that nothing comes of an order, and tell the member why."""
        self._uncounted(order)
        self._came(id_, order, REFUSED, code)
        text = filled(words.NOT_PAID, title=said(self.spec.title), why=words.REFUSED.get(code, words.REFUSED["too_few"]))
        self.tell(id_, order, text, REFUSED)

    def cancelled(self, id_: str, order: Open, note: Said, by: str) -> Told:
        """Have nothing come of an order that is not fulfilled: points that are taken come back, or as soon as they are."""
        if id_ in self.line:
            del self.line[id_]
            self._uncounted(order)
            told = self.changed(id_, order, CANCELLED)
        elif order.state == PAID:
            del self.orders[id_]
            self.sold -= order.quantity
            self.refund(id_, order, note, by)
            told = self.changed(id_, order, REFUNDED)
        else:
            self.orders[id_] = replace(order, state=CANCELLING)
            return self.changed(id_, order, CANCELLING)
        self.advance()
        return told

    def refund(self, id_: str, order: Open, note: Said, by: str) -> None:
        """Have the points of an order come back."""
        text = filled(note, title=said(self.spec.title)) if note is words.CANCELLED_NOTE else note
        self.refunded += 1
        self._uncounted(order)
        spend = spend_id(self.play.thing, id_)
        self.play.refund(order.member, spend, order.amount, text.by(self.play.language), by)

    def handed_over(self, id_: str, order: Open) -> Told:
        """Be done with a paid order."""
        del self.orders[id_]
        self.fulfilled += 1
        return self.changed(id_, order, FULFILLED)

    def advance(self) -> None:
        """Reserve what is free for those in line, the first first, and refuse those for whom there will be nothing."""
        while self.line:
            id_, order = next(iter(self.line.items()))
            free, unsold = left(self.spec, self.sold, self.reserved), left(self.spec, self.sold)
            if unsold is not None and order.quantity > unsold:
                del self.line[id_]
                self.refused(id_, order, "few_left" if unsold else "sold_out")
            elif free is None or order.quantity <= free:
                del self.line[id_]
                self.play.came(f"{id_}:{STEPS[RESERVED]}", order.member, "done", **self._reserved(id_, order))
            else:
                return

    def _came(self, id_: str, order: Open, state: int, code: str | None = None) -> None:
        more = {} if code is None else {"code": code}
        outcome = "refused" if state == REFUSED else "done"
        told = self.changed(id_, order, state, code)
        self.play.came(f"{id_}:{STEPS[state]}", order.member, outcome, **told, **more)

    def changed(self, id_: str, order: Open, state: int, code: str | None = None) -> Told:
        """Tell where an order stands; return it for the entry."""
        about = self.play.about("order", id_, STEPS[state]) | {"subject": order.member}
        data = OrderChange(
            member=order.member,
            thing=self.play.thing,
            order=id_,
            state=STEPS[state],  # type: ignore[arg-type]
            quantity=order.quantity,
            amount=order.amount,
            cause=self.play.command.id,
            reason=code,
        )
        self.play.tell(OrderChanged(**about, data=data), order.member)
        return {"order": id_, "state": STEPS[state], "step": state, "quantity": order.quantity, "amount": order.amount}

    def tell(self, id_: str, order: Open, text: Said, state: int, *keys: Key | None) -> None:
        """Write to a member, where they asked, or where the thing is announced."""
        place = order.place or self.spec.community
        if place is None:
            return
        language = Language(order.language) if order.language else None
        there = [key for key in keys if key is not None]
        self.play.message(order.member, place, text, f"{id_}:{STEPS[state]}", keys=there, language=language)

    def _counted(self, order: Open) -> None:
        if order.quantity == 0 or (order.member not in self.buyers and self.has_no_room):
            return
        before = self.buyers.get(order.member, Buyer())
        since, within = 0, 0
        if self.spec.per_period is not None:
            runs = is_within(self.spec, before, order.at)
            since, within = (before.since, before.within + order.quantity) if runs else (order.at, order.quantity)
        self.buyers[order.member] = Buyer(before.total + order.quantity, since, within)

    def _uncounted(self, order: Open) -> None:
        before = self.buyers.get(order.member)
        if before is None or order.quantity == 0:
            return
        total = max(0, before.total - order.quantity)
        within = max(0, before.within - order.quantity) if order.at >= before.since else before.within
        if total:
            self.buyers[order.member] = Buyer(total, before.since, within)
        else:
            del self.buyers[order.member]

    @property
    def has_no_room(self) -> bool:
        """Say whether no more members can be known."""
        return len(self.buyers) + len(self.donors) >= BUYERS_MAX

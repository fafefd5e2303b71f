"""How goods, common goals and orders look to members and staff. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from services.engagement.rules.participation import shop_words as words
from services.engagement.rules.participation.commands import Take
from services.engagement.rules.participation.mechanism import Card, Viewer
from services.engagement.rules.participation.play import Play, filled, lines, said
from services.engagement.rules.participation.replies import Key
from services.engagement.rules.participation.shop_state import STEPS, WAITING, Open, Stock, left
from shared.documents.shop import Goods
from shared.events.actions import COMMAND_BYTES_MAX
from shared.said import Said

SHOWN_MAX = 5
"""Own open orders that an answer names."""

DONATION = 10
"""Points in the example that members are told."""


def looked(play: Play[Goods, Stock], take: Take) -> None:
    """Answer a member who asks: what it is, what they have of it, and buttons for what they can do."""
    told = [what(play.spec, play.state)]
    told += [] if play.spec.about is None else [said(play.spec.about)]
    if play.spec.goal is not None:
        amount = max(play.spec.goal.least, DONATION)
        told.append(filled(words.DONATE, name=play.name, amount=amount, points=words.points(amount)))
        given = play.state.donors.get(take.member, 0)
        told += [filled(words.GIVEN, amount=words.points(given))] if given else []
    keys = buy_keys(play)
    for id_, order in _own(play.state, take.member)[:SHOWN_MAX]:
        about = {"order": id_, "n": order.quantity, "amount": words.points(order.amount)}
        told.append(filled(words.ORDER, state=words.STATES[_state(play.state, id_, order)], **about))
        made = cancel_key(play.name, id_)
        keys += [made] if made is not None and may_cancel(play.spec, order, play.at) else []
    play.done(take, lines(*told), keys)


def shown(spec: Goods, state: Stock, member: str | None) -> dict[str, Any]:
    """Return what is left, sold and reserved, or how far the goal is; and what a member has of it, where one is named."""
    open_ = {"open": len(state.orders) + len(state.line), "fulfilled": state.fulfilled, "refunded": state.refunded}
    if spec.goal is not None:
        is_reached = state.raised >= spec.goal.target
        goal = {"target": spec.goal.target, "raised": state.raised, "donors": len(state.donors), "reached": is_reached}
        found: dict[str, Any] = {"goal": goal} | open_
    else:
        counts = {"left": left(spec, state.sold, state.reserved), "sold": state.sold, "reserved": state.reserved}
        found = {"price": spec.price, "stock": spec.stock} | counts | {"waiting": len(state.line)} | open_
    if member is not None:
        buyer = state.buyers.get(member)
        has = {"has": 0 if buyer is None else buyer.total} if spec.goal is None else {"donated": state.donors.get(member, 0)}
        orders = [{"order": id_, **open_order(state, id_, one)} for id_, one in _own(state, member)]
        found["own"] = has | {"orders": orders}
    return found


def carded(name: str, spec: Goods, state: Stock, viewer: Viewer) -> Card:
    """Return what a member's page shows: price, what is left, own orders; and buttons for what can be done now."""
    member, has_begun = viewer.member or "", spec.from_ is None or spec.from_ <= viewer.at
    is_open = has_begun and (spec.until is None or viewer.at < spec.until)
    told, keys = [what(spec, state)], list[Key]()
    if spec.goal is not None:
        given = state.donors.get(member, 0)
        told += [filled(words.GIVEN, amount=words.points(given))] if given else []
        keys += [Key(words.GIVE, f"buy {name}", words.HOW_MUCH)] if is_open and state.raised < spec.goal.target else []
    elif is_open and left(spec, state.sold) != 0:
        keys.append(Key(words.BUY, f"buy {name} 1"))
    for id_, order in _own(state, member):
        about = {"order": id_, "n": order.quantity, "amount": words.points(order.amount)}
        told.append(filled(words.ORDER, state=words.STATES[_state(state, id_, order)], **about))
        if may_cancel(spec, order, viewer.at) and STEPS[order.state] != "cancelling":
            keys.append(Key(filled(words.CANCEL_ORDER, order=id_), f"buy {name} - {id_}"))
    return Card(told, keys)


def may_cancel(spec: Goods, order: Open, at: datetime) -> bool:
    """Say whether it is early enough for a member to cancel an order; a donation never is."""
    return order.quantity > 0 and at.timestamp() < order.at + timedelta(hours=spec.cancel_hours).total_seconds()


def open_order(state: Stock, id_: str, order: Open) -> dict[str, Any]:
    """Return an order that is not done with, as it is told."""
    return {"state": _state(state, id_, order), "quantity": order.quantity, "amount": order.amount}


def _state(state: Stock, id_: str, order: Open) -> str:
    return STEPS[WAITING] if id_ in state.line else STEPS[order.state]


def _own(state: Stock, member: str) -> list[tuple[str, Open]]:
    return [(id_, one) for orders in (state.orders, state.line) for id_, one in orders.items() if one.member == member]


def what(spec: Goods, state: Stock) -> Said:
    """Return the title, the price and what is left; of a goal how far it is."""
    if spec.goal is not None:
        return filled(words.GOAL, title=said(spec.title), raised=state.raised, target=spec.goal.target)
    price = filled(words.PRICE, title=said(spec.title), price=words.points(spec.price or 0))
    free = left(spec, state.sold, state.reserved)
    return price if free is None else lines(price, filled(words.LEFT, left=free))


def noted(text: Said, spec: Goods, order: str, note: str | None) -> Said:
    """Return what is told of an order, and what staff noted."""
    told = filled(text, title=said(spec.title), order=order)
    return told if note is None else lines(told, Said(note, note))


def pieces(spec: Goods, quantity: int) -> Said:
    """Return what an account says that points were spent for."""
    title = said(spec.title)
    return title if quantity <= 1 else Said(f"{title.en} × {quantity}", f"{title.ru} × {quantity}")


def buy_keys(play: Play[Goods, Stock]) -> list[Key]:
    """Return the button that buys one, where one can be bought."""
    if play.spec.goal is not None or not play.is_open or left(play.spec, play.state.sold) == 0:
        return []
    made = _key(words.BUY, f"buy {play.name} 1")
    return [] if made is None else [made]


def cancel_key(name: str, order: str) -> Key | None:
    """Return the button that cancels an order; None where the name is too long for one."""
    return _key(words.CANCEL, f"buy {name} - {order}")


def _key(text: Said, command: str) -> Key | None:
    return Key(text, command) if len(command.encode()) <= COMMAND_BYTES_MAX else None

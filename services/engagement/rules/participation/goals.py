"""Common goals: what members donate, what becomes of it when the goal is reached or missed. Pure."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice

from msgspec.structs import replace

from services.engagement.rules.participation import shop_words as words
from services.engagement.rules.participation.commands import Take
from services.engagement.rules.participation.play import Play, filled, lines, said
from services.engagement.rules.participation.shop_state import OPEN_MAX, Stock, is_full
from services.engagement.rules.participation.till import Till
from shared.documents.shop import Goal, Goods

RETURN = "return"
"""The timer by which donations go back."""

RETURNED_AT_ONCE = 1_000
"""Donors whose points go back by one command: 300 kB."""


def donated(play: Play[Goods, Stock], take: Take, goal: Goal, amount: int) -> None:
    """Have a member's points taken for a goal, or refuse them."""
    code = play.ineligible(take) or _why_not(play.state, take.member, goal, amount)
    if code is not None:
        play.refuse(take, code)
        return
    till = Till(play)
    told = till.placed(take, 0, amount)
    till.close()
    play.done(take, filled(words.DONATING, title=said(play.spec.title), amount=words.points(amount)), **told)


def _why_not(state: Stock, member: str, goal: Goal, amount: int) -> str | None:
    if state.raised >= goal.target:
        return "reached"
    if amount < goal.least:
        return "too_little"
    if len(state.orders) >= OPEN_MAX:
        return "busy"
    return "full" if goal.missed == "give_back" and is_full(state, member) else None


def reached(play: Play[Goods, Stock]) -> None:
    """Announce that a goal is reached, once for each target."""
    goal, raised = play.spec.goal, play.state.raised
    if goal is None or raised < goal.target or play.state.announced >= goal.target:
        return
    play.state = replace(play.state, announced=goal.target)
    text = filled(words.REACHED, title=said(play.spec.title), raised=raised)
    play.announce(lines(text, *(() if goal.reached is None else (said(goal.reached),))), f"reached {goal.target}")


def missed(play: Play[Goods, Stock], goal: Goal) -> None:
    """Tell how a goal stands that is over and not reached; its points go back where the document says so."""
    if play.state.raised >= goal.target or play.state.returning:
        return
    told = [filled(words.MISSED, title=said(play.spec.title), raised=play.state.raised, target=goal.target)]
    if goal.missed == "give_back":
        told.append(words.COMING_BACK)
        play.state = replace(play.state, returning=True, rounds=play.state.rounds + 1)
        play.timer(RETURN, play.at)
    if not play.is_gone:
        play.announce(lines(*told), f"missed {play.state.rounds}")


def returned(play: Play[Goods, Stock]) -> None:
    """Give the points of some donors back; the others follow."""
    donors = dict(play.state.donors)
    note = filled(words.CANCELLED_NOTE, title=said(play.spec.title)).by(play.language)
    back = dict(islice(donors.items(), RETURNED_AT_ONCE))
    for member, amount in back.items():
        play.refund(member, f"{play.thing.replace('/', ':')}:all:{play.state.rounds}", amount, note, play.thing)
        del donors[member]
    goes_on = bool(donors) or not play.is_open
    play.state = replace(play.state, donors=donors, raised=play.state.raised - sum(back.values()), returning=goes_on)
    if donors:
        play.timer(RETURN, play.at + timedelta(seconds=1))

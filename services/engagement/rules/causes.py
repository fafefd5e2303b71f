"""Events as causes of points: what was done, by whom it may be rewarded, and what takes it back. Pure.

Bots, staff and the community itself are nobody whom points go to, and nobody earns by what they did to their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, get_args

from shared.documents.rewards import For, Played, Reached, To
from shared.events import Actor, Envelope
from shared.events.commerce import (
    KpiObserved,
    PurchaseMade,
    PurchaseRefunded,
    SubscriptionRenewed,
    SubscriptionStarted,
)
from shared.events.community import (
    ContentCreated,
    ContentShared,
    MemberJoined,
    PollRetracted,
    PollVoted,
    ReactionAdded,
    ReactionRemoved,
    SolutionAccepted,
)

UNREWARDED_ROLES = frozenset({"staff", "community"})

Single = MemberJoined | KpiObserved | SubscriptionStarted | SubscriptionRenewed
"""What nothing takes back."""

Paired = PollVoted | PollRetracted | PurchaseMade | PurchaseRefunded
"""What something else takes back, and may bring again."""

BENEFICIARIES: Mapping[For, tuple[To, ...]] = {
    "content": ("author",),
    "reaction": ("author", "reactor"),
    "downvote": ("author", "reactor"),
    "solution": ("answerer", "asker"),
    "join": ("member", "inviter"),
    "share": ("author", "sharer"),
    "vote": ("voter",),
    "purchase": ("buyer",),
    "subscription": ("subscriber",),
    "kpi": ("member",),
    **dict.fromkeys(get_args(Reached), ("member",)),
    **dict.fromkeys(get_args(Played), ("member",)),
}
"""Who can be rewarded for what; the first where a rule names nobody."""


class Cause(NamedTuple):
    """What may be rewarded."""

    for_: For
    event: Envelope
    who: Mapping[To, str]
    """Whom a rule can mean; whoever earns nothing is left out."""
    kind: str | None = None
    """Of the content that it is about."""
    amount: float | None = None
    is_known: bool = True
    """Whether it is known who did it."""

    @property
    def at(self) -> datetime:
        """Return when it was done."""
        return self.event.time


def earns(actor: Actor | None) -> bool:
    """Say whether this one's doings earn points: staff's and bots' do not."""
    return actor is not None and not actor.bot and actor.role not in UNREWARDED_ROLES


def may_earn(event: Envelope) -> bool:
    """Say whether this is of what earns points: history does where its import asked for them."""
    return event.backfillpoints or not event.imported


def written(event: ContentCreated) -> Cause:
    """Return the cause that a content is."""
    return Cause("content", event, _actor("author", event.data.actor), event.data.kind)


def reacted(event: ReactionAdded, kind: str | None) -> Cause:
    """Return the cause that a reaction is to a content of this kind."""
    who = _those(event, "author", "reactor")
    return Cause("downvote" if is_negative(event) else "reaction", event, who, kind, is_known=event.data.actor is not None)


def is_negative(event: ReactionAdded | ReactionRemoved) -> bool:
    """Say whether a reaction speaks against the content."""
    return (event.data.value or 0) < 0


def accepted(event: SolutionAccepted, kind: str | None) -> Cause:
    """Return the cause that an accepted answer of this kind is; whoever accepts their own earns nothing."""
    return Cause("solution", event, {} if _is_own(event) else _those(event, "answerer", "asker"), kind)


def shared(event: ContentShared, kind: str | None) -> Cause:
    """Return the cause that it is to share a content of this kind; whoever shares their own earns nothing."""
    who = {} if _is_own(event) else _those(event, "author", "sharer")
    return Cause("share", event, who, kind, event.data.shares, event.data.actor is not None)


def single(event: Single) -> Cause:
    """Return the cause that something is which nothing takes back."""
    data = event.data
    match event:
        case MemberJoined():
            came: dict[To, str] = {} if event.data.bot else _member("member", event)
            if event.data.by is not None and event.data.by != event.data.member and came:
                came["inviter"] = event.data.by
            return Cause("join", event, came)
        case KpiObserved():
            return Cause("kpi", event, _actor("member", data.actor), amount=event.data.value)
        case _:
            return Cause("subscription", event, _member("subscriber", event), amount=event.data.amount)


def paired(event: PollVoted | PurchaseMade) -> Cause:
    """Return the cause that a vote or a purchase is."""
    if isinstance(event, PollVoted):
        return Cause("vote", event, _actor("voter", event.data.actor))
    return Cause("purchase", event, _member("buyer", event), amount=event.data.amount)


def pair_of(event: Paired) -> str | None:
    """Return what a vote or a purchase and its end have in common; None where nobody knows whose it is."""
    if isinstance(event, PurchaseMade | PurchaseRefunded):
        return f"order:{event.data.order}"
    return None if event.data.actor is None else f"poll:{event.data.poll}:{event.data.actor.id}"


def _those(event: ReactionAdded | SolutionAccepted | ContentShared, author: To, doer: To) -> Mapping[To, str]:
    """Return the author of the content that something was done to, and who did it, by what rules call them."""
    theirs = event.data.content_author
    return {**_actor(doer, event.data.actor), **({} if theirs is None else {author: theirs})}


def _is_own(event: SolutionAccepted | ContentShared) -> bool:
    return event.data.actor is not None and event.data.actor.id == event.data.content_author


def _actor(to: To, actor: Actor | None) -> Mapping[To, str]:
    return {to: actor.id} if actor is not None and earns(actor) else {}


def _member(to: To, event: MemberJoined | SubscriptionStarted | SubscriptionRenewed | PurchaseMade) -> dict[To, str]:
    """Return the member whom an event is about, unless it says that they are staff or a bot."""
    data = event.data
    is_told = data.actor is not None and data.actor.id == data.member
    return {} if is_told and not earns(data.actor) else {to: data.member}

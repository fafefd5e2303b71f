"""What each event of a community tells of its hour, its members, its questions, decisions, sales and posts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from services.reporting.figures import ACTS, ALWAYS, MOVES, acts, content, deeds, engagement, languages, own, reactions
from services.reporting.figures.buckets import (
    membership,
    observed,
    presence,
    purchase,
    question,
    ruling,
    subscription,
    total,
)
from services.reporting.figures.buckets.hour import Counted
from services.reporting.figures.buckets.hours import HOUR_S, hour_of, month_of
from services.reporting.figures.buckets.post import Deed
from services.reporting.figures.figure import Counts
from services.reporting.figures.questions import is_question
from services.reporting.figures.toxicity import is_toxic
from shared.errors import Unprocessable
from shared.events import Envelope
from shared.events.actions import ActionDone, ActionFailed
from shared.events.commerce import (
    KpiObserved,
    PurchaseMade,
    PurchaseRefunded,
    SubscriptionEnded,
    SubscriptionRenewed,
    SubscriptionStarted,
)
from shared.events.community import (
    OWN_ROLES,
    ContentCreated,
    ContentDeleted,
    ContentEdited,
    ContentMeasured,
    ContentRestored,
    ContentShared,
    MemberBanned,
    MemberJoined,
    MemberLeft,
    ReactionAdded,
    ReactionRemoved,
    SolutionAccepted,
)
from shared.events.moderation import DecisionMade, DecisionReversed
from shared.fold.definition import Item

Items = Sequence[Item[Any]]

KEYS_CACHED = 5_000
"""Hours of communities whose keys are remembered: those of a day of two hundred."""


def _counted(event: Envelope, counts: Counts) -> Item[Counted]:
    community, at = event.community or "", hour_of(event.time)
    return Item(f"hour {event.brand}/{community}/{at}", Counted(event.brand, community, at, counts))


def _always(event: Envelope) -> Items:
    return (_counted(event, ALWAYS[type(event)]),)


@lru_cache(maxsize=KEYS_CACHED)
def _keys(brand: str, community: str, at: int) -> tuple[str, int, str, str]:
    """Return an hour's key and month, and how the keys of a member's presence and membership begin."""
    month = month_of(at)
    seen, wrote = presence.key_of(brand, community, month, ""), membership.key_of(brand, community, "")
    return f"hour {brand}/{community}/{at}", month, seen, wrote


def _content(event: ContentCreated) -> Items:
    """Read the most frequent event; what is needed more than once is made once."""
    brand, community, data, second = event.brand, event.community or "", event.data, event.time.timestamp()
    at, actor = int(second // HOUR_S), data.actor
    language = (
        None
        if actor is not None and (actor.bot or actor.role in OWN_ROLES)
        else languages.language_of(data.text or "", data.language)
    )
    hour_key, month, seen_key, wrote_key = _keys(brand, community, at)
    items: list[Item[Any]] = [Item(hour_key, Counted(brand, community, at, content.counts(data, language)))]
    if actor is not None and not actor.bot and actor.role != "community":  # people, not communities that speak
        member = actor.id
        other = None if data.replied_to == member else data.replied_to
        bit = 1 << (at - month) | (0 if language is None else languages.BITS[language])
        seen = presence.Seen(brand, community, member, month, bit, other)
        items.append(Item(seen_key + member, seen))
        if actor.role != "staff":
            wrote = membership.Wrote(brand, community, member, second, data.content_id)
            items.append(Item(wrote_key + member, wrote))
    if data.content_id is not None and is_question(data):
        asked = question.Asked(brand, community, second, None if actor is None else actor.id)
        items.append(Item(question.key_of(brand, community, data.content_id), asked))
    if data.parent is not None or data.question is not None:
        items += _answers(event, second)
    if actor is not None and actor.role in OWN_ROLES:
        items += deeds.posted(event, is_new=True) if data.is_own_post else ()
    elif data.own_post is not None and not (actor is not None and actor.bot):
        items.append(deeds.touched(event, data.own_post, Deed.REPLY))
    return items


def _answers(event: ContentCreated, second: float) -> Iterator[Item[Any]]:
    """Yield what it answers. A community that speaks itself answers as its staff does; a bot does not, nor oneself."""
    brand, community, data = event.brand, event.community or "", event.data
    actor = data.actor
    if actor is None or actor.bot or data.replied_to == actor.id:
        return
    answered = question.Answered(brand, community, second, actor.id, actor.role in {"staff", "community"})
    for content_id in {data.parent, data.question} - {None, data.content_id}:
        if content_id == data.parent or data.kind == "answer":
            yield Item(question.key_of(brand, community, str(content_id)), answered)


def _moved(event: MemberJoined | MemberLeft | MemberBanned) -> Items:
    data = event.data
    if data.bot:
        return ()
    brand, community, second = event.brand, event.community or "", event.time.timestamp()
    came = isinstance(event, MemberJoined)
    fact: Any = (
        membership.Came(brand, community, data.member, second, data.via)
        if came
        else membership.Went(brand, community, data.member, second)
    )
    return (_counted(event, MOVES[type(event)]), Item(membership.key_of(brand, community, data.member), fact))


def _reaction(event: ReactionAdded | ReactionRemoved) -> Items:
    data = event.data
    if data.count is None:
        return _always(event) if data.own_post is None else (*_always(event), *deeds.liked(event, data.own_post))
    if isinstance(event, ReactionRemoved):
        return ()
    return (_told(event, reactions.GROWN, f"{data.kind or data.emoji}/{data.content_id}", data.count),)


def _measured(event: ContentMeasured) -> Items:
    """Take the reactions of all kinds together: a platform that tells these (Telegram, of channels) tells no kinds."""
    data = event.data
    if data.content_id is None:
        return ()
    grown = (
        (reactions.GROWN, "", data.reactions),
        (engagement.VIEWS_GROWN, "views", data.views),
        (engagement.REACH_GROWN, "reach", data.reach),
        (engagement.SAVES_GROWN, "saves", data.saves),
    )
    return [_told(event, name, f"{what}/{data.content_id}", count) for name, what, count in grown if count is not None]


def _told(event: Envelope, name: str, what: str, count: int) -> Item[total.Told]:
    brand, community = event.brand, event.community or ""
    told = total.Told(brand, community, hour_of(event.time), event.time.timestamp(), count, name)
    return Item(f"total {brand}/{community}/{what}", told)


def _shared(event: ContentShared) -> Items:
    counted = _counted(event, ((engagement.SHARES_COUNT, event.data.shares),))
    content = event.data.own_post
    return (counted,) if content is None else (counted, deeds.touched(event, content, Deed.SHARE, event.data.shares))


def _solved(event: SolutionAccepted) -> Items:
    asked = event.data.question
    if asked is None:
        return _always(event)
    brand, community = event.brand, event.community or ""
    solved = question.Solved(brand, community, event.time.timestamp())
    return (*_always(event), Item(question.key_of(brand, community, asked), solved))


def _decision(event: DecisionMade) -> Items:
    data = event.data
    decided = ruling.Decided(
        event.brand,
        event.community or "",
        event.time.timestamp(),
        data.takes_away,
        data.by is not None,
        any(map(is_toxic, data.findings)),
        event.imported,
    )
    item = Item(_ruling_key(event, data.decision), decided)
    return (item, *deeds.judged(event, taken=True)) if data.takes_away and data.by is not None else (item,)


def _reversal(event: DecisionReversed) -> Items:
    taken = ruling.TakenBack(event.brand, event.community or "", event.data.replaced_by is not None)
    item = Item(_ruling_key(event, event.data.decision), taken)
    return (item, *deeds.judged(event, taken=False)) if event.data.took_away else (item,)


def _receipt(event: ActionDone | ActionFailed) -> Items:
    counts = acts.counts(event)
    items = [_counted(event, counts)] if counts else []
    if isinstance(event, ActionDone) and event.data.cause is not None and event.data.kind in CARRIES_OUT:
        done = ruling.CarriedOut(event.brand, event.community or "", event.time.timestamp())
        return (*items, Item(_ruling_key(event, event.data.cause), done))
    return items


CARRIES_OUT = frozenset({"delete", "hide", "mute", "ban"})
"""Acts by which a decision is carried out; a message about it is not."""


def _ruling_key(event: Envelope, decision: str) -> str:
    return f"ruling {event.brand}/{event.community}/{decision}"


def _bought(event: PurchaseMade | PurchaseRefunded) -> Items:
    brand, community, data = event.brand, event.community or "", event.data
    fact: Any = (
        purchase.Bought(brand, community, event.time.timestamp(), data.member, data.amount, data.currency)
        if isinstance(event, PurchaseMade)
        else purchase.Refunded(brand, community, event.id, data.amount)
    )
    return (Item(f"purchase {brand}/{community}/{data.order}", fact),)


def _subscribed(event: SubscriptionStarted | SubscriptionRenewed | SubscriptionEnded) -> Items:
    brand, community, data, second = event.brand, event.community or "", event.data, event.time.timestamp()
    until = subscription.OPEN if data.until is None else data.until.timestamp()
    until = second if isinstance(event, SubscriptionEnded) else until
    key = subscription.key_of(brand, community, data.member, data.level or "")
    return (*_always(event), Item(key, subscription.Moved(brand, community, data.member, second, until)))


def _observed(event: KpiObserved) -> Items:
    brand, community, data = event.brand, event.community or "", event.data
    if abs(data.value) > observed.VALUE_MAX:
        raise Unprocessable(f"the value of {data.name} is beyond {observed.VALUE_MAX:g}")
    at = hour_of(event.time)
    month, value = month_of(at), round(data.value * observed.MILLIONTHS)
    told = observed.Told(brand, community, data.name, month, at, value)
    counts = own.counts(data)
    counted = (_counted(event, counts),) if counts else ()
    return (*counted, Item(observed.key_of(brand, community, data.name, month), told))


READERS: Mapping[type[Envelope], Callable[[Any], Items]] = MappingProxyType(
    {
        **dict.fromkeys(ALWAYS, _always),
        **dict.fromkeys(MOVES, _moved),
        **dict.fromkeys(ACTS, _receipt),
        ContentCreated: _content,
        ContentEdited: deeds.edited,
        ContentDeleted: deeds.gone,
        ContentRestored: deeds.gone,
        ContentMeasured: _measured,
        ContentShared: _shared,
        ReactionAdded: _reaction,
        ReactionRemoved: _reaction,
        SolutionAccepted: _solved,
        DecisionMade: _decision,
        DecisionReversed: _reversal,
        PurchaseMade: _bought,
        PurchaseRefunded: _bought,
        SubscriptionStarted: _subscribed,
        SubscriptionRenewed: _subscribed,
        SubscriptionEnded: _subscribed,
        KpiObserved: _observed,
    }
)
"""What reads each type of event; the others tell reporting nothing."""

PLACELESS = frozenset({PurchaseMade, PurchaseRefunded, KpiObserved})
"""What the brand's own systems tell may belong to no community: it counts for the brand."""

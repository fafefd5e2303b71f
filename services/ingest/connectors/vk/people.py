"""What people do besides writing: come and go, like, vote, donate. VK tells no time of any of it (see actors.py)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from services.ingest.connectors.payload import Decoded
from services.ingest.connectors.vk.actors import Group, Told, instant, member_id, told, turn
from services.ingest.connectors.vk.media import poll_id
from services.ingest.connectors.vk.wire import Blocked, Donated, Joined, Left, Liked, Unblocked, Voted
from services.ingest.facts import reaction_thing, type_name
from shared.events import Envelope
from shared.events.commerce import Subscription, SubscriptionEnded, SubscriptionRenewed, SubscriptionStarted
from shared.events.community import (
    JoinRequested,
    MemberBanned,
    MemberJoined,
    MemberLeft,
    Membership,
    MemberUnbanned,
    PollVoted,
    Reaction,
    ReactionAdded,
    ReactionRemoved,
    Vote,
)

REASONS: Mapping[int, str] = {0: "other", 1: "spam", 2: "insults", 3: "obscenities", 4: "off topic"}
"""Source: https://dev.vk.com/method/groups.ban, `reason`."""

DONUTS: Mapping[str, type[Envelope]] = {
    "donut_subscription_create": SubscriptionStarted,
    "donut_subscription_prolonged": SubscriptionRenewed,
    "donut_subscription_expired": SubscriptionEnded,
    "donut_subscription_cancelled": SubscriptionEnded,
}
"""Who cancels may be told once more when the paid time is over: both are one end, and a second one later is not told."""

_liked = msgspec.json.Decoder(Liked)
_joined = msgspec.json.Decoder(Joined)
_left = msgspec.json.Decoder(Left)
_blocked = msgspec.json.Decoder(Blocked)
_unblocked = msgspec.json.Decoder(Unblocked)
_voted = msgspec.json.Decoder(Voted)
_donated = msgspec.json.Decoder(Donated)


def liked(group: Group, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return a like put or taken back."""
    found = _liked.decode(raw)
    subject = group.thing(found.object_type, found.object_owner_id, found.object_id)
    actor = group.actor(found.liker_id)
    data = Reaction(actor=actor, content_id=subject, kind="like", value=1, time_source="receipt")
    make = ReactionAdded if kind == "like_add" else ReactionRemoved
    event = told(group, make, Told(f"{type_name(make)}/{subject}/{actor.id}", subject, once=True), data)
    return turn(group, event, reaction_thing(data), on=make is ReactionAdded)


def joined(group: Group, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return that somebody came in, or asks to."""
    del kind
    found = _joined.decode(raw)
    member = member_id(found.user_id)
    via = None if found.join_type in {"join", "request"} else found.join_type
    data = Membership(actor=group.actor(found.user_id), member=member, via=via, time_source="receipt")
    if found.join_type == "request":
        what = Told(f"{type_name(JoinRequested)}/{member}", member, version="")
        return Decoded(events=(told(group, JoinRequested, what, data),))
    return membership(group, MemberJoined, data)


def left(group: Group, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return that somebody went, or was put out: by the community, for VK does not tell who."""
    del kind
    found = _left.decode(raw)
    member = member_id(found.user_id)
    actor = group.actor(found.user_id) if found.self else group.voice
    data = Membership(actor=actor, member=member, by=None if found.self else actor.id, time_source="receipt")
    return membership(group, MemberLeft, data)


def blocked(group: Group, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return a ban; until 0 is for good."""
    del kind
    found = _blocked.decode(raw)
    actor = None if found.admin_id is None else group.actor(found.admin_id)
    said = ": ".join(word for word in (REASONS.get(found.reason, REASONS[0]), found.comment) if word)
    data = Membership(
        actor=actor,
        member=member_id(found.user_id),
        by=None if actor is None else actor.id,
        until=instant(found.unblock_date) if found.unblock_date else None,
        reason=said[:REASON_CHARS_MAX],
        time_source="receipt",
    )
    return membership(group, MemberBanned, data)


REASON_CHARS_MAX = 512
"""The contract's limit for a name."""


def unblocked(group: Group, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return the end of a ban; whoever set it ends it where its time is over."""
    del kind
    found = _unblocked.decode(raw)
    actor = None if found.admin_id is None or found.by_end_date else group.actor(found.admin_id)
    data = Membership(
        actor=actor, member=member_id(found.user_id), by=None if actor is None else actor.id, time_source="receipt"
    )
    return membership(group, MemberUnbanned, data)


def membership(group: Group, make: type[Envelope], data: Membership) -> Decoded:
    """Return that a member came or went, was banned or let in again: each by turns."""
    event = told(group, make, Told(f"{type_name(make)}/{data.member}", data.member, once=True), data)
    thing = "ban" if make in {MemberBanned, MemberUnbanned} else "member"
    return turn(group, event, f"{thing}/{data.member}", on=make in {MemberBanned, MemberJoined})


def voted(group: Group, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return a vote. VK names the option by an id of its own, and the contract counts them from 0, so it is left out."""
    del kind
    found = _voted.decode(raw)
    poll, actor = poll_id(group, found.owner_id, found.poll_id), group.actor(found.user_id)
    data = Vote(actor=actor, poll=poll, time_source="receipt")
    what = Told(f"vote/{poll}/{actor.id}", poll, version=found.option_id)
    return Decoded(events=(told(group, PollVoted, what, data),))


def donated(group: Group, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return a paid subscription begun, renewed or ended; VK tells roubles, the contract counts kopecks."""
    found = _donated.decode(raw)
    member, make = member_id(found.user_id), DONUTS[kind]
    amount = None if found.amount is None else round(found.amount * 100)
    data = Subscription(
        actor=group.actor(found.user_id),
        member=member,
        amount=amount,
        currency=None if amount is None else "RUB",
        time_source="receipt",
    )
    what = Told(f"{type_name(make)}/{member}", member, once=make is SubscriptionEnded)
    return Decoded(events=(told(group, make, what, data),))

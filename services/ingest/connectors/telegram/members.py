"""Who came, went, was put out, let in again, or asks to come in.

Telegram tells a join twice: as `chat_member` (to admins) and as a service message (to everybody). Both name chat, member and
second, and the event's id is made of these, so the normaliser keeps whichever comes first. For the same reason a second join
within one second is taken for the first. A ban is `banned` alone, without `left`; a service message cannot tell a ban from a
removal, so it says `left` with `by`.
"""

from __future__ import annotations

from collections.abc import Iterator

from services.ingest.connectors.payload import Decoded, Payload, Reason, refused
from services.ingest.connectors.telegram.actors import community_id, instant, member_id, name_of, person, sender
from services.ingest.connectors.telegram.updates import InviteLink, JoinRequest, MemberUpdate
from services.ingest.connectors.telegram.updates import Membership as Standing
from services.ingest.connectors.telegram.wire import Chat, Message, User
from services.ingest.facts import Fact, Stamp, event, type_name
from shared.events import Actor, Envelope
from shared.events.community import JoinRequested, MemberBanned, MemberJoined, MemberLeft, Membership, MemberUnbanned

INSIDE = frozenset({"creator", "administrator", "member"})
"""Standings of who is in; `restricted` may be either."""


def changed(payload: Payload, update: MemberUpdate, kind: str) -> Decoded:
    """Return what a changed standing means; a new role alone is no fact of the contract."""
    types = tuple(transitions(update.old_chat_member, update.new_chat_member))
    if not types:
        return refused(Reason.NOTHING_CHANGED, kind)
    return Decoded(events=tuple(standing_event(payload, update, make) for make in types))


def transitions(old: Standing, new: Standing) -> Iterator[type[Envelope]]:
    """Yield what happened between two standings, in order."""
    if is_banned(old) and not is_banned(new):
        yield MemberUnbanned
    if is_inside(new) and not is_inside(old):
        yield MemberJoined
    if is_banned(new) and not is_banned(old):
        yield MemberBanned
    elif is_inside(old) and not is_inside(new):
        yield MemberLeft


def is_inside(standing: Standing) -> bool:
    """Return whether somebody of that standing is in the chat."""
    return standing.status in INSIDE or (standing.status == "restricted" and standing.is_member)


def is_banned(standing: Standing) -> bool:
    """Return whether somebody of that standing may not come back."""
    return standing.status == "kicked"


def standing_event(payload: Payload, update: MemberUpdate, make: type[Envelope]) -> Envelope:
    """Return one event of a changed standing."""
    until = update.new_chat_member.until_date if make is MemberBanned else None
    data = membership(
        update.new_chat_member.user,
        person(update.from_, update.chat),
        via=via(update) if make is MemberJoined else None,
        until=until,
    )
    return member_event(payload, make, update.chat, update.date, data)


def via(update: MemberUpdate) -> str | None:
    """Return where a new member came from: the link itself, or the kind of way that was told."""
    return link(update.invite_link) or ways(update)


def ways(update: MemberUpdate) -> str | None:
    """Return the kind of way where no link is named."""
    if update.via_chat_folder_invite_link:
        return "chat_folder"
    return "join_request" if update.via_join_request else None


def link(invite: InviteLink | None) -> str | None:
    """Return the address of an invite link."""
    return invite.invite_link if invite is not None else None


def arrivals(stamp: Stamp, message: Message, users: tuple[User, ...]) -> tuple[Envelope, ...]:
    """Return the joins that a service message tells of."""
    return tuple(service_event(stamp, message, user, MemberJoined) for user in users)


def departure(stamp: Stamp, message: Message, user: User) -> tuple[Envelope, ...]:
    """Return the leave that a service message tells of."""
    return (service_event(stamp, message, user, MemberLeft),)


def service_event(stamp: Stamp, message: Message, user: User, make: type[Envelope]) -> Envelope:
    """Return the event of a service message; who sent it is who did it."""
    actor = sender(message.chat, message.sender_chat, message.from_)
    return member_event(stamp, make, message.chat, message.date, membership(user, actor))


def requested(payload: Payload, request: JoinRequest) -> Decoded:
    """Return that somebody asks to be let in."""
    data = membership(request.from_, person(request.from_, request.chat), via=link(request.invite_link))
    return Decoded(events=(member_event(payload, JoinRequested, request.chat, request.date, data),))


def membership(user: User, actor: Actor | None, via: str | None = None, until: int | None = None) -> Membership:
    """Return the data; `by` only where somebody else did it. A ban until 0 is a ban for good."""
    member = member_id(user)
    return Membership(
        actor=actor,
        member=member,
        name=name_of(user),
        bot=user.is_bot,
        by=actor.id if actor is not None and actor.id != member else None,
        via=via,
        until=instant(until) if until else None,
        time_source="platform",
    )


def member_event(stamp: Stamp, make: type[Envelope], chat: Chat, second: int, data: Membership) -> Envelope:
    """Return the event; its id is made of type, chat, member and second, whoever tells it."""
    fact = Fact(
        community=community_id(chat),
        about=f"{type_name(make)}/{data.member}",
        version=second,
        at=instant(second),
        subject=data.member,
    )
    return event(make, stamp, fact, data)

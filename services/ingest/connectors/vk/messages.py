"""Messages of a community's chats, new and edited; who came and went there; reactions.

A chat's `peer_id` begins at 2,000,000,000; every other is a talk with one person or community. A chat is a channel of the
community and has its members: they come into the community and leave it as far as events tell, with the chat as `via`.
What a chat's admin cannot tell from a removal is no ban: `left`, with `by`.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from services.ingest.connectors.payload import Decoded, Reason, refused
from services.ingest.connectors.vk.actors import Group, Told, member_id, told
from services.ingest.connectors.vk.media import digest, written
from services.ingest.connectors.vk.wire import Action, Message, Place, Reacted
from services.ingest.facts import type_name, version_at
from shared.events import Envelope
from shared.events.community import (
    Content,
    ContentCreated,
    ContentEdited,
    MemberJoined,
    MemberLeft,
    Membership,
    Reaction,
    ReactionAdded,
    ReactionRemoved,
)

CHATS_FROM = 2_000_000_000
"""Source: https://dev.vk.com/reference/objects/message, `peer_id`."""

MOVES: dict[str, type[Envelope]] = {
    "chat_invite_user": MemberJoined,
    "chat_invite_user_by_link": MemberJoined,
    "chat_kick_user": MemberLeft,
}
"""Actions of a service message by which somebody comes or goes; all others are notices."""

_place = msgspec.json.Decoder(Place)
_message = msgspec.json.Decoder(Message)
_reacted = msgspec.json.Decoder(Reacted)


def message(group: Group, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return what a message tells, in either shape. What does not stand in a chat is not even read."""
    peer, raw = placed(raw)
    if peer is None:
        return refused(Reason.NO_COMMUNITY, kind)
    if peer < CHATS_FROM:
        return refused(Reason.PRIVATE_CHAT, kind)
    return _said(group, _message.decode(raw), peer, kind)


def placed(raw: msgspec.Raw) -> tuple[int | None, msgspec.Raw]:
    """Return where a message stands, and the message itself, in either shape."""
    place = _place.decode(raw)
    if place.peer_id is None and place.message:
        raw = place.message
        place = _place.decode(raw)
    return place.peer_id, raw


def _said(group: Group, found: Message, peer: int, kind: str) -> Decoded:
    if found.action is not None:
        return moved(group, found, found.action, peer, kind)
    content = content_of(group, found, peer)
    if kind == "message_edit":
        return Decoded(events=(edited(group, found, content),))
    what = Told(f"{content.content_id}", f"{content.content_id}", found.date)
    return Decoded(events=(told(group, ContentCreated, what, content),))


def edited(group: Group, found: Message, content: Content) -> Envelope:
    """Return the new version: of its second, and of what it says."""
    second = found.date if found.update_time is None else found.update_time
    version = version_at(second, digest(found.text, found.attachments))
    what = Told(f"edited/{content.content_id}", f"{content.content_id}", second, version)
    return told(group, ContentEdited, what, replace(content, edition=second))


def content_of(group: Group, found: Message, peer: int) -> Content:
    """Return the message; its number within the chat is the same for everybody in it."""
    answered = None if found.reply_message is None else found.reply_message.conversation_message_id
    return replace(
        written(group, found.text, found.attachments),
        actor=group.actor(found.from_id, chat=True),
        content_id=group.thing("message", peer, found.conversation_message_id),
        kind="message",
        channel=channel_id(group, peer),
        parent=None if answered is None else group.thing("message", peer, answered),
    )


def channel_id(group: Group, peer: int) -> str:
    """Return the channel that the chat is."""
    return f"{group.community}:{peer}"


def moved(group: Group, found: Message, action: Action, peer: int, kind: str) -> Decoded:
    """Return that somebody came into the chat or went. Who is invited by e-mail has no account to come with."""
    make = MOVES.get(action.type)
    if make is None or action.email is not None:
        return refused(Reason.NO_CONTENT, kind)
    by_link = action.type == "chat_invite_user_by_link"
    who = found.from_id if by_link or action.member_id is None else action.member_id
    actor, member = group.actor(found.from_id, chat=True), member_id(who)
    data = Membership(
        actor=actor,
        member=member,
        bot=who < 0,
        by=None if actor.id == member else actor.id,
        via=channel_id(group, peer),
        time_source="platform",
    )
    what = Told(f"{type_name(make)}/{peer}/{member}", member, found.date, found.conversation_message_id)
    return Decoded(events=(told(group, make, what, data),))


def reacted(group: Group, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return a reaction put or taken back; VK names it by a number. One that replaces another is told as put alone."""
    found = _reacted.decode(raw)
    if found.peer_id < CHATS_FROM:
        return refused(Reason.PRIVATE_CHAT, kind)
    subject = group.thing("message", found.peer_id, found.cmid)
    actor = group.actor(found.reacted_id, chat=True)
    emoji = None if found.reaction_id is None else f"{found.reaction_id}"
    data = Reaction(actor=actor, content_id=subject, kind=emoji, time_source="receipt")
    make = ReactionRemoved if emoji is None else ReactionAdded
    what = Told(f"{type_name(make)}/{subject}/{actor.id}/{emoji or ''}", subject)
    return Decoded(events=(told(group, make, what, data),))

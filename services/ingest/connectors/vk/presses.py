"""Presses of buttons that call back, and commands that a member gives the community between the two of them.

A button's payload is an object; ours has one field. VK wants an answer within a minute, to the press, the member and the
talk: the three make `press`.
Source: https://dev.vk.com/api/bots/development/keyboard, and `message_event` of https://github.com/VKCOM/vk-api-schema.
"""

from __future__ import annotations

import msgspec

from services.ingest.connectors.payload import Decoded, Reason, refused
from services.ingest.connectors.vk.actors import Group
from services.ingest.connectors.vk.messages import CHATS_FROM, channel_id, message, placed
from services.ingest.connectors.vk.wire import Message, Press
from services.ingest.rules import commands, given
from shared.platforms.buttons import VK_FIELD, command_in

_press = msgspec.json.Decoder(Press)
_message = msgspec.json.Decoder(Message)


def pressed(group: Group, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return the command of a pressed button of ours. In a talk with one person it names no message: nobody else sees it."""
    found = _press.decode(raw)
    line = command_in(carried(found.payload))
    if line is None:
        return refused(Reason.NOT_A_FACT, kind)
    number = found.conversation_message_id
    is_chat = found.peer_id > CHATS_FROM
    place = given.Pressed(
        found.event_id,
        group.community,
        group.actor(found.user_id, chat=is_chat),
        f"{found.peer_id}/{found.user_id}/{found.event_id}",
        channel=channel_id(group, found.peer_id) if is_chat else None,
        message=group.thing("message", found.peer_id, number) if is_chat and number is not None else None,
    )
    told = given.pressed(group.payload, line, place)
    return refused(Reason.UNKNOWN_KIND, kind) if told is None else Decoded(events=(told,))


def carried(payload: msgspec.Raw) -> str | None:
    """Return what a button of ours carries; older clients send the object as a string."""
    try:
        found: object = msgspec.json.decode(payload)
        if isinstance(found, str):
            found = msgspec.json.decode(found)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    mine = found.get(VK_FIELD) if isinstance(found, dict) else None
    return mine if isinstance(mine, str) else None


def new(group: Group, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return what a new message tells; of a talk with one person, the command alone that a member gives in it."""
    peer, inner = placed(raw)
    return message(group, raw, kind) if peer is None or peer >= CHATS_FROM else _privately(group, inner, kind)


def _privately(group: Group, raw: msgspec.Raw, kind: str) -> Decoded:
    try:
        found = _message.decode(raw)
    except msgspec.DecodeError:
        return refused(Reason.PRIVATE_CHAT, kind)
    actor = group.actor(found.from_id, chat=True)
    if actor.role is not None:
        return refused(Reason.PRIVATE_CHAT, kind)
    place = commands.Called(f"{found.from_id}/{found.conversation_message_id}", group.community, actor)
    told = commands.privately(group.payload, found.text, place)
    return refused(Reason.PRIVATE_CHAT, kind) if told is None else Decoded(events=(told,))

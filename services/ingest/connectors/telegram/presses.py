"""Presses of buttons below the bot's messages, and commands that a member gives the bot between the two of them.

A private chat is no community. What is done there is told of the one community that the connection lists, where it lists no
other (`Payload.community`): `/start` of a deep link, a button of a message that the bot wrote to the member.
Source: https://core.telegram.org/bots/api#callbackquery and https://core.telegram.org/bots/features#deep-linking.
"""

from __future__ import annotations

from services.ingest.connectors.payload import Decoded, Payload, Reason, refused
from services.ingest.connectors.telegram.actors import community_id, person
from services.ingest.connectors.telegram.messages import content_id, private
from services.ingest.connectors.telegram.updates import Press
from services.ingest.connectors.telegram.wire import Chat, Message
from services.ingest.rules import commands, given
from shared.platforms.buttons import command_in


def pressed(payload: Payload, press: Press, kind: str) -> Decoded:
    """Return the command of a pressed button of ours."""
    message, line = press.message, command_in(press.data)
    if line is None:
        return refused(Reason.NOT_A_FACT, kind)
    if message is None:
        return refused(Reason.NO_COMMUNITY, kind)
    is_public = not private(message.chat.type)
    community = community_id(message.chat) if is_public else home(payload, message.chat)
    if community is None:
        return refused(Reason.PRIVATE_CHAT, kind)
    place = given.Pressed(
        press.id,
        community,
        person(press.from_, message.chat),
        press.id,
        channel=content_id(message, message.message_thread_id) if message.is_topic_message else None,
        message=content_id(message, message.message_id) if is_public else None,
        language=given.russian(press.from_.language_code),
    )
    told = given.pressed(payload, line, place)
    return refused(Reason.UNKNOWN_KIND, kind) if told is None else Decoded(events=(told,))


def privately(payload: Payload, message: Message, kind: str) -> Decoded:
    """Return the command that a member gave in a private chat; all else that is said there is refused."""
    community = home(payload, message.chat)
    if community is None or message.from_ is None:
        return refused(Reason.PRIVATE_CHAT, kind)
    place = commands.Called(f"{message.chat.id}/{message.message_id}", community, person(message.from_, message.chat))
    told = commands.privately(payload, message.text, place)
    return refused(Reason.PRIVATE_CHAT, kind) if told is None else Decoded(events=(told,))


def home(payload: Payload, chat: Chat) -> str | None:
    """Return the community that a private chat is taken for; None where there are several, or none that is known."""
    return payload.community if payload.community != community_id(chat) else None

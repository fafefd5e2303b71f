"""Discord's own commands: what a member calls by a slash, or on a message, goes to the application alone.

Source: https://discord.com/developers/docs/interactions/receiving-and-responding.
"""

from __future__ import annotations

import msgspec

from services.ingest.connectors.delivery import Answer
from services.ingest.connectors.discord.guilds import Guild, actor
from services.ingest.connectors.discord.wire import Command, Outer
from services.ingest.connectors.payload import Decoded, Payload, Reason, refused
from services.ingest.rules.commands import HEARD, UNHEARD, Asked, Called, called, named
from shared.events.envelope import TEXT_CHARS_MAX

CALLED, SAID, TO_ONE = 2, 4, 64
"""Kinds and flags: an application command; an answer that is a message, which only who called it sees."""

_command = msgspec.json.Decoder(Command)


def decoded(outer: Outer, payload: Payload) -> Decoded:
    """Return what a command asks for. Raises msgspec's errors where it is not of a command's shape."""
    if outer.type != CALLED:
        return refused(Reason.NOT_A_FACT, "interaction")
    if outer.guild_id is None or outer.member is None or outer.member.user is None:
        return refused(Reason.PRIVATE_CHAT, "interaction")
    command = _command.decode(outer.data)
    found = asked(command)
    if found is None or outer.id is None:
        return refused(Reason.UNKNOWN_KIND, "interaction")
    guild = Guild(outer.guild_id, payload)
    channel = outer.channel_id
    about = guild.content(channel, command.target_id) if channel and command.target_id else None
    who = actor(outer.member.user, outer.member)
    place = Called(outer.id, guild.community, who, guild.channel(channel) if channel else None, about)
    return Decoded(events=(called(payload, found, place),))


def asked(command: Command) -> Asked | None:
    """Return what a command asks for: `report`, or `Report` on a message, with what was typed into its parameters."""
    said = " ".join(str(option.value) for option in command.options if option.value is not None)
    return named(command.name.partition(" ")[0], said[:TEXT_CHARS_MAX])


def answer(outer: Outer) -> Answer:
    """Return what the member reads, and nobody else, in their language."""
    try:
        is_known = asked(_command.decode(outer.data)) is not None
    except (msgspec.DecodeError, RecursionError):
        is_known = False
    text = (HEARD if is_known else UNHEARD)["ru" if outer.locale == "ru" else "en"]
    return Answer(msgspec.json.encode({"type": SAID, "data": {"content": text, "flags": TO_ONE}}), "application/json")

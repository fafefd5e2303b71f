"""Discord's own commands and buttons: what a member calls by a slash, or on a message, or presses goes to the app alone.

Discord wants to hear something within three seconds. Who calls a command reads that it was heard; who presses a button sees
that the bot thinks, until delivery answers by the token of the press (15 minutes at most). Nobody else sees either.
Between the two of them a member gives commands and presses buttons as well: they are told of the one community that the
connection lists, where it lists no other.

Source: https://discord.com/developers/docs/interactions/receiving-and-responding.
"""

from __future__ import annotations

import msgspec

from services.ingest.connectors.delivery import Answer
from services.ingest.connectors.discord.guilds import Guild, actor
from services.ingest.connectors.discord.wire import Below, Command, Outer
from services.ingest.connectors.payload import Decoded, Payload, Reason, refused
from services.ingest.rules import given
from services.ingest.rules.commands import HEARD, OLD, UNHEARD, Asked, Called, called, named
from shared.events import Actor
from shared.events.envelope import NAME_CHARS_MAX, TEXT_CHARS_MAX
from shared.platforms.buttons import command_in

CALLED, PRESSED = 2, 3
"""Kinds: an application command, a component of a message."""

SAID, THINKS, NOTHING, TO_ONE = 4, 5, 6, 64
"""Answers and flags: a message; that there will be one; nothing that anybody sees; only who asked sees it."""

PRIVATE = "discord:@me"
"""Stands for a talk with one person, which has no guild."""

_command = msgspec.json.Decoder(Command)
_below = msgspec.json.Decoder(Below | None)


def decoded(outer: Outer, payload: Payload) -> Decoded:
    """Return what a command or a press asks for. Raises msgspec's errors where it is not of their shape."""
    if outer.type not in {CALLED, PRESSED}:
        return refused(Reason.NOT_A_FACT, "interaction")
    guild, who = _guild(outer, payload), _actor(outer)
    if guild is None or who is None:
        return refused(Reason.PRIVATE_CHAT, "interaction")
    command = _command.decode(outer.data)
    return _called(outer, command, guild, who) if outer.type == CALLED else _pressed(outer, command, guild, who)


def _guild(outer: Outer, payload: Payload) -> Guild | None:
    """Return the guild; of a talk with one person the one that the connection is for."""
    if outer.guild_id is not None:
        return Guild(outer.guild_id, payload)
    home = payload.community
    return None if home is None or home == PRIVATE else Guild(home.partition(":")[2], payload)


def _actor(outer: Outer) -> Actor | None:
    if outer.guild_id is None:
        return None if outer.user is None else actor(outer.user)
    member = outer.member
    return None if member is None or member.user is None else actor(member.user, member)


def _called(outer: Outer, command: Command, guild: Guild, who: Actor) -> Decoded:
    found = asked(command)
    if found is None or outer.id is None:
        return refused(Reason.UNKNOWN_KIND, "interaction")
    if outer.guild_id is None:
        if found.command in OLD:
            return refused(Reason.PRIVATE_CHAT, "interaction")
        return Decoded(events=(called(guild.stamp, found, Called(outer.id, guild.community, who)),))
    channel = outer.channel_id
    about = guild.content(channel, command.target_id) if channel and command.target_id else None
    place = Called(outer.id, guild.community, who, guild.channel(channel) if channel else None, about)
    return Decoded(events=(called(guild.stamp, found, place),))


def _pressed(outer: Outer, command: Command, guild: Guild, who: Actor) -> Decoded:
    line = command_in(command.custom_id)
    if line is None:
        return refused(Reason.NOT_A_FACT, "interaction")
    press = f"{outer.application_id}/{outer.token}"
    is_answerable = outer.token is not None and outer.application_id is not None and len(press) <= NAME_CHARS_MAX
    if outer.id is None or not is_answerable:
        return refused(Reason.UNKNOWN_KIND, "interaction")
    channel, below = outer.channel_id if outer.guild_id is not None else None, _below.decode(outer.message)
    place = given.Pressed(
        outer.id,
        guild.community,
        who,
        press,
        channel=guild.channel(channel) if channel else None,
        message=guild.content(channel, below.id) if channel and below else None,
        language=given.russian(outer.locale),
    )
    told = given.pressed(guild.stamp, line, place)
    return refused(Reason.UNKNOWN_KIND, "interaction") if told is None else Decoded(events=(told,))


def is_press(outer: Outer) -> bool:
    """Return whether a button of ours was pressed."""
    if outer.type != PRESSED or outer.t is not None or outer.event is not None:
        return False
    try:
        return command_in(_command.decode(outer.data).custom_id) is not None
    except (msgspec.DecodeError, RecursionError):
        return False


def asked(command: Command) -> Asked | None:
    """Return what a command asks for: `report`, or `Report` on a message, with what was typed into its parameters."""
    said = " ".join(str(option.value) for option in command.options if option.value is not None)
    return named(command.name.partition(" ")[0], said[:TEXT_CHARS_MAX])


def answer(outer: Outer) -> Answer:
    """Return what the member reads, and nobody else, in their language."""
    if outer.type == PRESSED:
        awaited = {"type": THINKS, "data": {"flags": TO_ONE}} if is_press(outer) else {"type": NOTHING}
        return Answer(msgspec.json.encode(awaited), "application/json")
    try:
        is_known = asked(_command.decode(outer.data)) is not None
    except (msgspec.DecodeError, RecursionError):
        is_known = False
    text = (HEARD if is_known else UNHEARD)["ru" if outer.locale == "ru" else "en"]
    return Answer(msgspec.json.encode({"type": SAID, "data": {"content": text, "flags": TO_ONE}}), "application/json")

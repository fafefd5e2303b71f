"""Discord's ids: a guild, a channel in it, a message in that."""

from __future__ import annotations

import re
from typing import NamedTuple

from services.delivery.platforms.errands import unsupported
from services.delivery.platforms.platform import Errand

PLACE = re.compile(r"discord:([0-9]{1,20}|@me):([0-9]{1,20})(?::([0-9]{1,20}))?")
GUILD = re.compile(r"discord:([0-9]{1,20})")
PRESS = re.compile(r"([0-9]{1,20})/([A-Za-z0-9_.=-]{1,500})")
"""An application, and the token of a press: as ingest tells it."""

PRIVATE = "@me"
"""Stands for the guild of a private channel, as in Discord's own addresses."""


class Message(NamedTuple):
    """A message's place."""

    channel: str
    id: str


class Press(NamedTuple):
    """What an answer to a press needs."""

    application: str
    token: str


def press(errand: Errand) -> Press:
    """Return the press. Raises Impossible where there is none."""
    match = PRESS.fullmatch(errand.act.press or "")
    if match is None:
        raise unsupported("the press is none of Discord: send it as it stood in the command's event")
    return Press(match[1], match[2])


def guild(errand: Errand) -> str:
    """Return the guild. Raises Impossible where there is none."""
    return _number(errand.community, "community", "discord:123")


def member(errand: Errand) -> str:
    """Return the member. Raises Impossible where there is none."""
    return _number(errand.act.member, "member", "discord:456")


def _number(id_: str | None, what: str, example: str) -> str:
    match = GUILD.fullmatch(id_ or "")
    if match is None:
        raise unsupported(f"the {what} is none of Discord: its id looks like {example}")
    return match[1]


def target(errand: Errand) -> Message:
    """Return the message. Raises Impossible where there is none."""
    match = PLACE.fullmatch(errand.act.content_id or "")
    if match is None or match[3] is None:
        raise unsupported("the content is no message of Discord: its id looks like discord:guild:channel:message")
    return Message(match[2], match[3])


def channel(errand: Errand) -> str:
    """Return the channel: that of the content, else the one that is named. Raises Impossible where there is none."""
    match = PLACE.fullmatch(errand.act.content_id or errand.act.channel or "")
    if match is None:
        raise unsupported(f"the act names no channel: a {errand.kind} needs one, for example discord:guild:channel")
    return match[2]


def id_of(guild: str, channel: str, message: str) -> str:
    """Return the id of a message in events."""
    return f"discord:{guild}:{channel}:{message}"


def snowflake(millisecond: int) -> int:
    """Return the least id that something made then can have.

    Source: https://discord.com/developers/docs/reference#snowflakes.
    """
    return max(0, millisecond - 1_420_070_400_000) << 22

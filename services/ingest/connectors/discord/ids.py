"""Ids of Discord's facts, the same whether the gateway or an export tells them.

Snowflakes are unique over all of Discord, so a guild, a channel, a message and a user are named by theirs alone. The
community is the guild.

- A message is created once. An edit's version is `edited_timestamp` as it was sent; exports tell the last version alone, so
  they tell no edit, only that there was one (`edition`).
- A reaction has neither an id nor a time, at the gateway as in an export: it is this member's emoji on this message. One
  that is taken back and put again is lost the second time; taking it back has its receipt in the id, and is told live alone.
- A custom emoji is its id, for its name may change; any other is itself, as it was sent.
- A member joins at a second, for the gateway tells `joined_at` and an export the notice of it, milliseconds apart; where a
  second ends in between, the two are told as two.
"""

from __future__ import annotations

from datetime import datetime

from services.ingest.facts import Fact

DIRECT = "0"
"""The guild of direct messages, as DiscordChatExporter names it."""


def community_of(guild: str) -> str:
    """Return the community that the guild is."""
    return f"discord:{guild}"


def channel_of(channel: str) -> str:
    """Return the room inside that a channel or thread is."""
    return f"discord:{channel}"


def member_of(user: str) -> str:
    """Return the member that the user is."""
    return f"discord:{user}"


def content_of(message: str) -> str:
    """Return the content that the message is."""
    return f"discord:{message}"


def emoji_key(id_: str | None, name: str | None) -> str:
    """Return what tells an emoji from others; empty where nothing was sent."""
    return id_ or name or ""


def created(guild: str, message: str, at: datetime) -> Fact:
    """Return that a message was written."""
    return _of_content(guild, message, content_of(message), at)


def edited(guild: str, message: str, version: str, at: datetime) -> Fact:
    """Return that a message was edited; `version` is `edited_timestamp` as it was sent."""
    return _of_content(guild, message, f"edited/{content_of(message)}", at, version)


def deleted(guild: str, message: str, at: datetime) -> Fact:
    """Return that a message was deleted, which happens once."""
    return _of_content(guild, message, f"deleted/{content_of(message)}", at)


def reacted(guild: str, message: str, user: str, emoji: str, at: datetime) -> Fact:
    """Return that a user put the emoji of that key on a message; of reactions that name nobody the user is empty."""
    return _of_content(guild, message, f"reaction/{content_of(message)}/{user}/{emoji}", at)


def unreacted(guild: str, message: str, user: str, emoji: str, at: datetime) -> Fact:
    """Return that a user took a reaction back; `at` is the receipt, for Discord tells no time of it."""
    return _of_content(guild, message, f"unreaction/{content_of(message)}/{user}/{emoji}", at, at.isoformat())


def joined(guild: str, user: str, at: datetime) -> Fact:
    """Return that a user came into the guild."""
    member = member_of(user)
    return Fact(community=community_of(guild), about=f"joined/{member}", version=int(at.timestamp()), at=at, subject=member)


def boosted(guild: str, message: str, user: str, at: datetime) -> Fact:
    """Return that a user began to boost the guild, as the notice of that number says."""
    return Fact(community=community_of(guild), about=f"boost/{message}", at=at, subject=member_of(user))


def _of_content(guild: str, message: str, about: str, at: datetime, version: int | str = 0) -> Fact:
    return Fact(community=community_of(guild), about=about, version=version, at=at, subject=content_of(message))

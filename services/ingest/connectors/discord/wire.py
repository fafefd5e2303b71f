"""The parts of Discord's payloads that are read, as Discord spells them. Unknown fields are skipped.

Everything has a limit, so that what decodes also fits the contract. Source: https://discord.com/developers/docs (message,
user, guild member, poll and audit log objects; gateway events; webhook events).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from shared.events.envelope import NAME_CHARS_MAX, TEXT_CHARS_MAX

LIST_MAX = 200
"""Mentions (100 at most), answers of a poll (10), parts of a message."""

FILES_MAX = 50
"""The contract's limit for media; Discord allows 10 a message."""

BULK_MAX = 1_000
"""Messages deleted at once; Discord allows 100."""

Snowflake = Annotated[str, Meta(pattern=r"^[0-9]{1,20}\Z")]
"""An id: 64 bits, as decimal digits, for JavaScript has fewer."""
Name = Annotated[str, Meta(max_length=NAME_CHARS_MAX)]
Text = Annotated[str, Meta(max_length=TEXT_CHARS_MAX)]
Instant = Annotated[datetime, Meta(tz=True)]
Size = Annotated[int, Meta(ge=0, le=2**53)]


class Wire(Struct, frozen=True, gc=False):
    """A part of a payload."""


class User(Wire, frozen=True):
    """An account."""

    id: Snowflake
    username: Name | None = None
    global_name: Name | None = None
    bot: bool = False


class Member(Wire, frozen=True):
    """An account in a guild. In a message it comes without the user, who stands beside it."""

    user: User | None = None
    nick: Name | None = None
    joined_at: Instant | None = None
    premium_since: Instant | None = None


class Mention(User, frozen=True):
    """A user who is named in a text."""

    member: Member | None = None


class Attachment(Wire, frozen=True):
    """A file."""

    content_type: Name | None = None
    size: Size | None = None
    url: Text | None = None


class Embed(Wire, frozen=True):
    """What is drawn below a message: by an app its own words, else the preview of a link."""

    type: Name | None = None
    url: Text | None = None
    title: Text | None = None
    description: Text | None = None


class Reference(Wire, frozen=True):
    """The message that another one answers, forwards or follows."""

    message_id: Snowflake | None = None
    channel_id: Snowflake | None = None


class PollMedia(Wire, frozen=True):
    """A question or an answer."""

    text: Text | None = None


class PollAnswer(Wire, frozen=True):
    """One answer; the ids count from 1."""

    poll_media: PollMedia = PollMedia()


class Poll(Wire, frozen=True):
    """A poll."""

    question: PollMedia = PollMedia()
    answers: Annotated[tuple[PollAnswer, ...], Meta(max_length=LIST_MAX)] = ()


class Message(Wire, frozen=True):
    """A message. An update may leave out anything but the ids."""

    id: Snowflake
    channel_id: Snowflake
    type: int = 0
    content: Text | None = None
    timestamp: Instant | None = None
    edited_timestamp: Instant | None = None
    author: User | None = None
    member: Member | None = None
    webhook_id: Snowflake | None = None
    mentions: Annotated[tuple[Mention, ...], Meta(max_length=LIST_MAX)] = ()
    attachments: Annotated[tuple[Attachment, ...], Meta(max_length=FILES_MAX)] = ()
    embeds: Annotated[tuple[Embed, ...], Meta(max_length=LIST_MAX)] = ()
    message_reference: Reference | None = None
    poll: Poll | None = None


class Deleted(Wire, frozen=True):
    """One message that is gone, or many."""

    channel_id: Snowflake
    id: Snowflake | None = None
    ids: Annotated[tuple[Snowflake, ...], Meta(max_length=BULK_MAX)] = ()


class Emoji(Wire, frozen=True):
    """An emoji of Unicode (no id) or of a guild. A guild's that was deleted has no name any more."""

    id: Snowflake | None = None
    name: Name | None = None


class Reacted(Wire, frozen=True):
    """A reaction put or taken back."""

    user_id: Snowflake
    channel_id: Snowflake
    message_id: Snowflake
    emoji: Emoji
    message_author_id: Snowflake | None = None
    member: Member | None = None


class Voted(Wire, frozen=True):
    """A vote, or one taken back."""

    user_id: Snowflake
    channel_id: Snowflake
    message_id: Snowflake
    answer_id: Annotated[int, Meta(ge=1, le=LIST_MAX)]


class Person(Wire, frozen=True):
    """Somebody who left, was banned or is let in again."""

    user: User


class Entry(Wire, frozen=True):
    """A line of the audit log: the only place where Discord tells who did it, and why."""

    id: Snowflake
    action_type: int
    target_id: Snowflake | None = None
    user_id: Snowflake | None = None
    reason: Text | None = None


class Place(Wire, frozen=True):
    """Where something happened; talks between two or a few have no guild."""

    guild_id: Snowflake | None = None


class Told(Wire, frozen=True):
    """An event of an application's webhook."""

    type: Name = ""
    timestamp: Name | None = None
    data: msgspec.Raw = msgspec.Raw(b"{}")


class Option(Wire, frozen=True):
    """What somebody typed behind a command, for one of its parameters."""

    name: Name = ""
    value: Text | bool | int | float | None = None


class Command(Wire, frozen=True):
    """An application command: its name and parameters; used on a message, that message."""

    name: Name = ""
    options: Annotated[tuple[Option, ...], Meta(max_length=LIST_MAX)] = ()
    target_id: Snowflake | None = None
    custom_id: Name | None = None
    """Of a button: what it was made with."""


class Below(Wire, frozen=True):
    """The message that carries a button."""

    id: Snowflake


class Outer(Wire, frozen=True):
    """Whatever Discord sends: a frame, an event of a webhook, an interaction. Each has some of these."""

    t: Name | None = None
    op: int | None = None
    s: int | None = None
    d: msgspec.Raw = msgspec.Raw(b"null")
    version: int | None = None
    type: int | None = None
    event: Told | None = None
    id: Snowflake | None = None
    guild_id: Snowflake | None = None
    channel_id: Snowflake | None = None
    member: Member | None = None
    data: msgspec.Raw = msgspec.Raw(b"{}")
    locale: Name | None = None
    user: User | None = None
    """Who acts between the two of them, where there is no guild and so no member."""
    message: msgspec.Raw = msgspec.Raw(b"null")
    """Of a press: the message that carries the button."""
    application_id: Snowflake | None = None
    token: Name | None = None
    """By which a press is answered, for 15 minutes."""

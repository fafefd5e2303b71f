"""The parts of DiscordChatExporter's JSON that are read. Unknown fields are skipped.

Source: DiscordChatExporter.Core/Exporting/JsonMessageWriter.cs of Tyrrrz/DiscordChatExporter.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

from shared.events.envelope import TEXT_CHARS_MAX, Instant

LIST_MAX = 10_000
"""Members who put one reaction."""

Snowflake = Annotated[str, Meta(pattern=r"^[0-9]{1,20}\Z")]
Name = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=TEXT_CHARS_MAX)]
Count = Annotated[int, Meta(ge=0, le=2**53)]


class Wire(Struct, frozen=True, gc=False, rename="camel"):
    """A part of an export."""


class User(Wire, frozen=True):
    """An account; the nickname is the guild's."""

    id: Snowflake
    name: Name | None = None
    nickname: Name | None = None
    is_bot: bool = False


class Emoji(Wire, frozen=True):
    """An emoji; only a custom one has an id."""

    id: Annotated[str, Meta(max_length=20)] | None = None
    name: Name | None = None


class Reaction(Wire, frozen=True):
    """One emoji on a message; older exports do not tell by whom."""

    emoji: Emoji
    count: Count = 0
    users: Annotated[tuple[User, ...], Meta(max_length=LIST_MAX)] = ()


class Attachment(Wire, frozen=True):
    """A file."""

    file_name: Annotated[str, Meta(max_length=1_000)] = ""
    file_size_bytes: Count | None = None


class Sticker(Wire, frozen=True):
    """A sticker."""

    name: Name | None = None


class Embed(Wire, frozen=True):
    """What an app shows, or Discord of a link."""

    title: Text | None = None
    url: Annotated[str, Meta(max_length=8_192)] | None = None
    description: Text | None = None


class Reference(Wire, frozen=True):
    """The message that a reply answers, or that was forwarded."""

    message_id: Annotated[str, Meta(max_length=20)] | None = None
    channel_id: Annotated[str, Meta(max_length=20)] | None = None


class Row(Wire, frozen=True):
    """A message, or a notice of Discord."""

    id: Snowflake
    type: Name
    timestamp: Instant
    author: User
    edited: Instant | None = field(name="timestampEdited", default=None)
    content: Text = ""
    attachments: Annotated[tuple[Attachment, ...], Meta(max_length=50)] = ()
    stickers: Annotated[tuple[Sticker, ...], Meta(max_length=50)] = ()
    embeds: Annotated[tuple[Embed, ...], Meta(max_length=50)] = ()
    reactions: Annotated[tuple[Reaction, ...], Meta(max_length=200)] = ()
    mentions: Annotated[tuple[User, ...], Meta(max_length=LIST_MAX)] = ()
    reference: Reference | None = None

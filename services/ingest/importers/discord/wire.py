"""The parts of DiscordChatExporter's JSON that are read. Unknown fields are skipped.

Source: DiscordChatExporter.Core/Exporting/JsonMessageWriter.cs of Tyrrrz/DiscordChatExporter.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

from services.ingest.connectors.discord import wire as sent
from services.ingest.connectors.discord.wire import Instant, Name, Snowflake, Text

USERS_MAX = 10_000
"""Members who put one reaction."""

Maybe = Annotated[str, Meta(pattern=r"^[0-9]{0,20}\Z")] | None
"""An id, or nothing, which the exporter writes in two ways."""
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

    id: Maybe = None
    name: Name | None = None


class Reaction(Wire, frozen=True):
    """One emoji on a message; older exports do not tell by whom."""

    emoji: Emoji
    count: Count = 0
    users: Annotated[tuple[User, ...], Meta(max_length=USERS_MAX)] = ()

    def as_sent(self) -> sent.Emoji | None:
        """Return the emoji as the gateway has it; None where none is told."""
        id_ = self.emoji.id or None
        return sent.Emoji(id=id_, name=self.emoji.name) if id_ or self.emoji.name else None


class Attachment(Wire, frozen=True):
    """A file."""

    file_name: Annotated[str, Meta(max_length=1_000)] = ""
    file_size_bytes: Count | None = None


class Embed(Wire, frozen=True):
    """What an app shows, or Discord of a link."""

    title: Text | None = None
    url: Annotated[str, Meta(max_length=8_192)] | None = None
    description: Text | None = None


class Reference(Wire, frozen=True):
    """The message that a reply answers, or that was forwarded."""

    message_id: Maybe = None
    channel_id: Maybe = None


class Row(Wire, frozen=True):
    """A message, or a notice of Discord."""

    id: Snowflake
    type: Name
    timestamp: Instant
    author: User
    edited: Instant | None = field(name="timestampEdited", default=None)
    content: Text = ""
    attachments: Annotated[tuple[Attachment, ...], Meta(max_length=50)] = ()
    embeds: Annotated[tuple[Embed, ...], Meta(max_length=50)] = ()
    reactions: Annotated[tuple[Reaction, ...], Meta(max_length=200)] = ()
    mentions: Annotated[tuple[User, ...], Meta(max_length=sent.LIST_MAX)] = ()
    reference: Reference | None = None

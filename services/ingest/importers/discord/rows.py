"""One message of an export into events: it becomes what the gateway would have sent; the connector makes events of that.

An edited message is there in its last version only: it is created with that text, and `edition` says when it was edited.
An export tells no time of a reaction: it gets its message's, and stands right behind it; one that the gateway told is known
to the normaliser (rules/turns.py). Reactions of nobody who is named are totals, one for each emoji.

Who joined is told by a notice, milliseconds beside the time that the gateway tells: where both were heard, both count.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from types import MappingProxyType

from services.ingest.connectors.discord.guilds import Guild, What
from services.ingest.connectors.discord.messages import (
    COMMAND,
    DEFAULT,
    MENU,
    REPLY,
    custom,
    emoji_key,
    reaction,
    value_of,
    written,
)
from services.ingest.connectors.discord.people import arrival, membership
from services.ingest.connectors.discord.wire import (
    Attachment,
    Embed,
    Member,
    Mention,
    Message,
    Person,
    Reacted,
    Reference,
    User,
)
from services.ingest.importers.discord import wire as export
from shared.events import Envelope
from shared.events.community import Reaction, ReactionAdded

TYPES = MappingProxyType({"Default": DEFAULT, "Reply": REPLY, str(COMMAND): COMMAND, str(MENU): MENU})
"""Types that somebody wrote; the exporter knows no names of the newer ones."""

JOIN = "GuildMemberJoin"


def events_of(row: export.Row, channel: str, guild: Guild) -> Iterator[Envelope]:
    """Yield what a message tells; notices of no fact tell nothing."""
    if row.type in TYPES:
        message = as_sent(row, channel)
        yield written(guild, message)
        for told in row.reactions:
            yield from reactions(told, row, channel, guild)
    elif row.type == JOIN:
        yield arrival(guild, row.author.id, membership(Person(as_user(row.author))), row.timestamp)


def as_sent(row: export.Row, channel: str) -> Message:
    """Return the message as the gateway would have sent it."""
    told = row.reference
    return Message(
        id=row.id,
        channel_id=channel,
        type=TYPES[row.type],
        content=row.content,
        timestamp=row.timestamp,
        edited_timestamp=row.edited,
        author=as_user(row.author),
        mentions=tuple(Mention(id=user.id, username=user.name, global_name=user.nickname) for user in row.mentions),
        attachments=tuple(Attachment(content_type=type_of(file), size=file.file_size_bytes) for file in row.attachments),
        embeds=tuple(Embed(url=embed.url, title=embed.title, description=embed.description) for embed in row.embeds),
        message_reference=None if told is None else Reference(told.message_id or None, told.channel_id or None),
    )


def as_user(user: export.User) -> User:
    """Return the account; how it is called in the guild stands for how it is called everywhere."""
    return User(id=user.id, username=user.name, global_name=user.nickname, bot=user.is_bot)


def type_of(file: export.Attachment) -> str | None:
    """Return a file's type after the ending of its name."""
    return mimetypes.guess_type(file.file_name)[0]


def reactions(told: export.Reaction, row: export.Row, channel: str, guild: Guild) -> Iterator[Envelope]:
    """Yield each member's reaction, or how many there are where nobody is named."""
    emoji = told.as_sent()
    if emoji is None:
        return
    for user in {user.id: user for user in told.users}.values():
        put = Reacted(user.id, channel, row.id, emoji, row.author.id, Member(user=as_user(user)))
        yield reaction(guild, put, ReactionAdded, row.timestamp)
    if not told.users and told.count:
        content = guild.content(channel, row.id)
        name = None if emoji.id else emoji.name
        data = Reaction(content_id=content, emoji=name, kind=custom(emoji), value=value_of(emoji), count=told.count)
        yield guild.told(ReactionAdded, What(f"reaction/{content}/{emoji_key(emoji)}/", content, row.timestamp), data)

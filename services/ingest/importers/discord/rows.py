"""One message of an export into events.

An edited message is there in its last version only: it is created with that text, and `edition` says when it was edited.
An export tells no time of a reaction: it gets its message's, and stands right behind it. Reactions of nobody who is named
are totals, one for each emoji.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from services.ingest.connectors.discord import ids
from services.ingest.facts import Stamp, event
from services.ingest.importers.discord.wire import Attachment, Reaction, Row, User
from shared.events import Actor, Envelope
from shared.events import community as of
from shared.events.envelope import TEXT_CHARS_MAX

CONTENT = frozenset({"Default", "Reply", "20", "23"})
"""Types that somebody wrote; 20 and 23 are answers of an app to a command, which the exporter does not name."""

JOIN = "GuildMemberJoin"
BOOSTS = frozenset({"8", "9", "10", "11"})
"""Notices of who boosts the guild."""

LINK = re.compile(r"https?://[^\s<>\"')\]]+")
FOUND_MAX = 200
"""The contract's limit for links and mentions."""

VALUES = {"👍": 1, "👎": -1}
FORMATS: dict[str, of.Format] = {"image": "photo", "video": "video", "audio": "audio"}


class Room(Struct, frozen=True):
    """Where messages stand: guild, channel, and whether that is a thread."""

    guild: str
    channel: str
    thread: bool
    stamp: Stamp


def events_of(row: Row, room: Room) -> Iterator[Envelope]:
    """Yield what a message tells; notices of no fact tell nothing."""
    if row.type in CONTENT:
        yield event(of.ContentCreated, room.stamp, ids.created(room.guild, row.id, row.timestamp), content(row, room))
        for told in row.reactions:
            yield from reactions(told, row, room)
    elif row.type == JOIN:
        yield event(of.MemberJoined, room.stamp, ids.joined(room.guild, row.author.id, row.timestamp), joined(row.author))
    elif row.type in BOOSTS:
        data = of.Subscription(
            actor=actor(row.author), member=ids.member_of(row.author.id), level="boost", time_source="platform"
        )
        fact = ids.boosted(room.guild, row.id, row.author.id, row.timestamp)
        yield event(of.SubscriptionStarted, room.stamp, fact, data)


def content(row: Row, room: Room) -> of.Content:
    """Return what was written."""
    text = row.content or "\n".join(part for embed in row.embeds for part in (embed.title, embed.description) if part)
    links = some([*LINK.findall(row.content), *(embed.url for embed in row.embeds if embed.url)])
    begins = room.thread and row.id != room.channel  # the first message of a thread has the thread's own number
    answers = row.type == "Reply" and row.reference is not None and row.reference.message_id
    return of.Content(
        actor=actor(row.author),
        content_id=ids.content_of(row.id),
        kind="message",
        channel=ids.channel_of(room.channel),
        text=text[:TEXT_CHARS_MAX] or None,
        format=format_of(row, links),
        links=links,
        mentions=some([ids.member_of(user.id) for user in row.mentions]),
        media=tuple(map(media, row.attachments)) + tuple(of.Media(type="sticker") for _ in row.stickers) or None,
        parent=ids.content_of(answers) if answers else None,
        thread=ids.content_of(room.channel) if begins else None,
        edition=None if row.edited is None else int(row.edited.timestamp()),
        time_source="platform",
    )


def some(found: list[str]) -> tuple[str, ...] | None:
    """Return each once, as many as the contract takes."""
    return tuple(dict.fromkeys(found))[:FOUND_MAX] or None


def media(file: Attachment) -> of.Media:
    """Return the attachment, its type after the ending of its name."""
    return of.Media(type=mimetypes.guess_type(file.file_name)[0] or "file", size=file.file_size_bytes)


def format_of(row: Row, links: tuple[str, ...] | None) -> of.Format:
    """Return the first file's format; a text that is nothing but one link is a link."""
    if row.attachments:
        return FORMATS.get(media(row.attachments[0]).type.partition("/")[0], "file")
    if row.stickers:
        return "photo"
    return "link" if links is not None and links[0] == row.content else "text"


def actor(user: User) -> Actor:
    """Return who it was, called as in the guild."""
    return Actor(id=ids.member_of(user.id), name=user.nickname or user.name or None, bot=user.is_bot)


def joined(user: User) -> of.Membership:
    """Return that somebody came by themselves, or as a bot that was added."""
    who = actor(user)
    return of.Membership(actor=who, member=who.id, name=who.name, bot=user.is_bot, time_source="platform")


def reactions(told: Reaction, row: Row, room: Room) -> Iterator[Envelope]:
    """Yield each member's reaction, or how many there are where nobody is named."""
    key = ids.emoji_key(told.emoji.id, told.emoji.name)
    if not key:
        return
    for user in {user.id: user for user in told.users}.values():
        data = replace(_reaction(told, row, key), actor=actor(user), content_author=ids.member_of(row.author.id))
        yield event(of.ReactionAdded, room.stamp, ids.reacted(room.guild, row.id, user.id, key, row.timestamp), data)
    if not told.users and told.count:
        data = replace(_reaction(told, row, key), count=told.count)
        yield event(of.ReactionAdded, room.stamp, ids.reacted(room.guild, row.id, "", key, row.timestamp), data)


def _reaction(told: Reaction, row: Row, key: str) -> of.Reaction:
    """Discord names a custom emoji, so its name is the kind."""
    content_id = ids.content_of(row.id)
    if told.emoji.id:
        return of.Reaction(content_id=content_id, kind=told.emoji.name or key)
    return of.Reaction(content_id=content_id, emoji=key, value=VALUES.get(key))

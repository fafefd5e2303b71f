"""Messages, and what is done to them: written, edited, deleted, reacted to.

An edit tells its time, which is its version: an update for a preview or a pin repeats the time of the last edit. A deletion
tells neither who wrote nor who deleted. An export and the gateway give the same ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from services.ingest.connectors.discord.guilds import Guild, What, actor, member_id, name_of
from services.ingest.connectors.discord.text import plain
from services.ingest.connectors.discord.wire import Deleted, Embed, Emoji, Message, Reacted, Voted
from services.ingest.connectors.found import Plain, addresses, plain_format, some
from services.ingest.connectors.payload import Decoded, Reason, refused
from services.ingest.facts import reaction_thing
from shared.events import Actor, Envelope
from shared.events.community import (
    Content,
    ContentCreated,
    ContentDeleted,
    ContentEdited,
    Format,
    Media,
    PollRetracted,
    PollVoted,
    Reaction,
    ReactionAdded,
    ReactionRemoved,
    Removal,
    Vote,
)
from shared.events.envelope import TEXT_CHARS_MAX

DEFAULT, REPLY, COMMAND, MENU = 0, 19, 20, 23
WRITTEN = frozenset({DEFAULT, REPLY, COMMAND, MENU})
"""Types that somebody wrote; all others are notices of Discord. A thread's starter repeats a message of its channel."""

FORMATS: Mapping[str, Format] = {"image": "photo", "video": "video", "audio": "audio"}
VALUES = {"👍": 1, "👎": -1}
"""Emojis that are a judgement, without their skin tone."""
TONES = dict.fromkeys(range(0x1F3FB, 0x1F400))
"""The skin tones, to be taken out."""

_message = msgspec.json.Decoder(Message)
_deleted = msgspec.json.Decoder(Deleted)
_reacted = msgspec.json.Decoder(Reacted)
_voted = msgspec.json.Decoder(Voted)


def created(guild: Guild, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return a new message."""
    message = _message.decode(raw)
    if message.type not in WRITTEN:
        return refused(Reason.NO_CONTENT, kind)
    return Decoded(events=(written(guild, message),))


def updated(guild: Guild, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return an edit. Discord also tells as an update that it has drawn a preview, or that a message was pinned."""
    message = _message.decode(raw)
    if message.edited_timestamp is None or message.author is None or message.content is None:
        return refused(Reason.NOTHING_CHANGED, kind)
    if message.type not in WRITTEN:
        return refused(Reason.NO_CONTENT, kind)
    content = guild.content(message.channel_id, message.id)
    version = stamp_of(message.edited_timestamp)
    what = What(f"edited/{content}", content, message.edited_timestamp, version)
    return Decoded(events=(guild.told(ContentEdited, what, content_of(guild, message)),))


def written(guild: Guild, message: Message) -> Envelope:
    """Return a message as it was written; one from an export that was edited since, in its last version."""
    content = guild.content(message.channel_id, message.id)
    at = message.timestamp or time_of(message.id)
    return guild.told(ContentCreated, What(content, content, at), content_of(guild, message))


def stamp_of(at: datetime) -> str:
    """Return an instant in one way of writing: exports write it in the zone of whoever made them."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def time_of(id_: str) -> datetime:
    """Return when an object was made, which its id tells in its upper bits: milliseconds since 2015.

    Source: https://discord.com/developers/docs/reference#snowflakes.
    """
    return datetime.fromtimestamp(((int(id_) >> 22) + 1_420_070_400_000) / 1_000, UTC)


def content_of(guild: Guild, message: Message) -> Content:
    """Return what was written."""
    said = words(message)
    edited = message.edited_timestamp
    return Content(
        actor=author(message),
        content_id=guild.content(message.channel_id, message.id),
        kind="message",
        channel=guild.channel(message.channel_id),
        text=said.text and said.text[:TEXT_CHARS_MAX],
        format=format_of(said, message),
        links=said.links,
        mentions=said.mentions,
        media=tuple(Media(type=file.content_type or "file", size=file.size) for file in message.attachments) or None,
        parent=answered(guild, message),
        edition=None if edited is None else int(edited.timestamp()),
        poll=None if message.poll is None else guild.content(message.channel_id, message.id),
        time_source="platform",
    )


def words(message: Message) -> Plain:
    """Return the text: of a poll its question and answers, of an app that wrote none what it drew instead."""
    names = {user.id: name_of(user, user.member) or user.id for user in message.mentions}
    said = plain(message.content or "", names, tuple(names))
    if said.text is not None:
        return said
    if message.poll is not None:
        lines = (message.poll.question.text, *(answer.poll_media.text for answer in message.poll.answers))
    else:
        lines = tuple(line for embed in message.embeds for line in drawn(embed))
    text = "\n".join(line for line in lines if line)
    return Plain(text or None, some(addresses(text)), said.mentions) if text else said


def drawn(embed: Embed) -> tuple[str | None, ...]:
    """Return the words of an app; a preview's words are those of the page behind a link."""
    return (embed.title, embed.description, embed.url) if embed.type in {None, "rich"} else ()


def format_of(said: Plain, message: Message) -> Format:
    """Return a poll, the first file's format, or what the text is: nothing but one link is a link."""
    if message.poll is not None:
        return "poll"
    if message.attachments:
        return FORMATS.get((message.attachments[0].content_type or "").partition("/")[0], "file")
    return plain_format(said.text, said.links)


def author(message: Message) -> Actor | None:
    """Return who wrote: an account, or a webhook, which is an app."""
    if message.author is None:
        return None
    return actor(message.author, message.member, bot=message.webhook_id is not None)


def answered(guild: Guild, message: Message) -> str | None:
    """Return the message that this one answers. References of other types are forwards, pins and copies of news."""
    reference = message.message_reference
    if message.type != REPLY or reference is None or reference.message_id is None:
        return None
    return guild.content(reference.channel_id or message.channel_id, reference.message_id)


def deleted(guild: Guild, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return that messages are gone; a message is deleted once."""
    found = _deleted.decode(raw)
    gone = found.ids if found.id is None else (found.id, *found.ids)
    if not gone:
        return refused(Reason.NO_CONTENT, kind)
    return Decoded(events=tuple(deletion(guild, found.channel_id, id_) for id_ in some(gone) or ()))


def deletion(guild: Guild, channel: str, id_: str) -> Envelope:
    """Return that one message is gone."""
    content = guild.content(channel, id_)
    data = Removal(content_id=content, kind="message", channel=guild.channel(channel), time_source="receipt")
    return guild.told(ContentDeleted, What(f"deleted/{content}", content), data)


def reacted(guild: Guild, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return a reaction put or taken back."""
    is_on = kind == "MESSAGE_REACTION_ADD"
    told = reaction(guild, _reacted.decode(raw), ReactionAdded if is_on else ReactionRemoved)
    return Decoded(turns=(guild.turn(reaction_thing(told.data), told, on=is_on),))


def reaction(
    guild: Guild, found: Reacted, make: type[ReactionAdded | ReactionRemoved], at: datetime | None = None
) -> ReactionAdded | ReactionRemoved:
    """Return a reaction as an event; it has the time of its receipt, or of an export another one."""
    content = guild.content(found.channel_id, found.message_id)
    who = Actor(id=member_id(found.user_id))
    if found.member is not None and found.member.user is not None:
        who = actor(found.member.user, found.member)
    wrote = found.message_author_id
    data = Reaction(
        actor=who,
        content_id=content,
        content_author=None if wrote in {None, "0"} else member_id(str(wrote)),
        emoji=None if found.emoji.id else found.emoji.name,
        kind=custom(found.emoji),
        value=value_of(found.emoji),
        time_source="receipt" if at is None else None,
    )
    about = f"{'reaction' if make is ReactionAdded else 'unreaction'}/{content}/{emoji_key(found.emoji)}/{found.user_id}"
    told = guild.told(make, What(about, content, at), data)
    assert isinstance(told, ReactionAdded | ReactionRemoved)
    return told


def emoji_key(emoji: Emoji) -> str:
    """Return what tells an emoji from all others."""
    return str(emoji.id or emoji.name)


def custom(emoji: Emoji) -> str | None:
    """Return the kind of a guild's own emoji; one of Unicode stands for itself."""
    return f"custom_emoji:{emoji.id}" if emoji.id else None


def value_of(emoji: Emoji) -> int | None:
    """Return what an emoji says of the content, whatever its skin tone."""
    return None if emoji.id else VALUES.get((emoji.name or "").translate(TONES))


def voted(guild: Guild, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return a vote for one answer, or one that was taken back. Where several may be chosen, each is told by itself."""
    found = _voted.decode(raw)
    poll = guild.content(found.channel_id, found.message_id)
    thing = f"vote/{poll}/{found.answer_id}/{found.user_id}"
    is_on = kind == "MESSAGE_POLL_VOTE_ADD"
    data = Vote(
        actor=Actor(id=member_id(found.user_id)),
        content_id=poll,
        poll=poll,
        options=(found.answer_id - 1,) if is_on else None,
        time_source="receipt",
    )
    what = What(thing if is_on else f"un{thing}", poll)
    return Decoded(turns=(guild.turn(thing, guild.told(PollVoted if is_on else PollRetracted, what, data), on=is_on),))

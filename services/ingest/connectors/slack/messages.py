"""One message of a channel into events, whether an export or the Events API tells it.

An export tells no time of a reaction: it gets its message's, and stands right behind it. An edited message is there in its
last version only: it is created with that text, and `edition` says when it was edited. Taking a reaction back has the
time of it in its id; putting one has not, for an export knows none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from services.ingest.connectors.found import Plain
from services.ingest.connectors.slack.text import plain
from services.ingest.connectors.slack.wire import File, Message
from services.ingest.connectors.slack.wire import Reaction as Told
from services.ingest.facts import Fact, Stamp, event, reaction_thing
from shared.events import Actor, Envelope
from shared.events.community import (
    Content,
    ContentCreated,
    ContentDeleted,
    ContentEdited,
    Format,
    Media,
    MemberJoined,
    Membership,
    Reaction,
    ReactionAdded,
    ReactionRemoved,
    Removal,
)

CONTENT = frozenset({None, "file_share", "file_comment", "bot_message", "me_message", "thread_broadcast"})
"""Subtypes that somebody wrote; all others are notices of Slack."""

VALUES = {"+1": 1, "thumbsup": 1, "-1": -1, "thumbsdown": -1}
"""Emojis that are a judgement, without their skin tone."""

FORMATS: Mapping[str, Format] = {"image": "photo", "video": "video", "audio": "audio"}


class Room(Struct, frozen=True):
    """Where a record stands: community, channel, and how its members are called."""

    stamp: Stamp
    community: str
    channel: str
    names: Mapping[str, str]

    def content(self, ts: str) -> str:
        """Return the id of the message of that time."""
        return f"{self.community}:{self.channel}:{ts}"


def instant(ts: str) -> datetime:
    """Return the instant of a stamp, exact to the microsecond."""
    second, _, micro = ts.partition(".")
    return datetime.fromtimestamp(int(second), UTC) + timedelta(microseconds=int(micro))


def second_of(ts: str) -> int:
    """Return the second of a stamp."""
    return int(ts.partition(".")[0])


def events_of(message: Message, room: Room) -> Iterator[Envelope]:
    """Yield what a record tells, content first. A join is told for each channel: the reader keeps the first."""
    if message.type != "message":
        return
    if message.subtype in CONTENT:
        yield written(message, room, ContentCreated)
    elif message.subtype == "channel_join" and message.user:
        yield joined(message.user, message.ts, room)
    elif message.subtype == "message_changed" and message.message is not None:
        yield written(message.message, room, ContentEdited, message.ts)
    elif message.subtype == "message_deleted" and message.deleted_ts is not None:
        yield deleted(message.deleted_ts, message.ts, room)
    yield from reactions(message, room)  # of notices too: people react to a new topic or purpose


def written(message: Message, room: Room, make: type[Envelope], changed: str | None = None) -> Envelope:
    """Return the content as an event; `changed` is the stamp of an edit that is told on its own."""
    edit = changed or (message.edited.ts if message.edited is not None else None)
    data = content_of(message, room, second_of(edit) if edit else None)
    fact = Fact(
        community=room.community,
        about=f"message/{room.channel}/{message.ts}" + (f"/edited/{changed}" if changed else ""),
        at=instant(changed or message.ts),
        subject=data.content_id,
    )
    return event(make, room.stamp, fact, data)


def content_of(message: Message, room: Room, edition: int | None) -> Content:
    """Return what was written."""
    said = plain(words(message), room.names)
    files = message.files if message.files is not None else ((message.file,) if message.file is not None else ())
    threaded = message.thread_ts is not None and message.thread_ts != message.ts
    root = room.content(message.thread_ts) if threaded and message.thread_ts is not None else None
    return Content(
        actor=author(message, room.names),
        content_id=room.content(message.ts),
        kind="message",
        channel=f"{room.community}:{room.channel}",
        text=said.text,
        format=format_of(said, files),
        links=said.links,
        mentions=said.mentions,
        media=tuple(Media(type=file.mimetype or "file", size=file.size) for file in files) or None,
        parent=root,
        thread=root,
        edition=edition,
        time_source="platform",
    )


def words(message: Message) -> str:
    """Return the text in Slack's markup: of a file's comment the comment, of an app without words its attachments'."""
    if message.comment is not None and message.comment.comment:
        return message.comment.comment
    return message.text or "\n".join(part.fallback for part in message.attachments if part.fallback)


def format_of(said: Plain, files: tuple[File, ...]) -> Format:
    """Return the first file's format; a text that is nothing but one link is a link."""
    if files:
        return FORMATS.get((files[0].mimetype or "").partition("/")[0], "file")
    return "link" if said.links is not None and said.links == (said.text,) else "text"


def author(message: Message, names: Mapping[str, str]) -> Actor | None:
    """Return who wrote: a user, the user of a file's comment, or else an app."""
    user = message.user or (message.comment.user if message.comment is not None else None)
    if user:
        return Actor(id=f"slack:{user}", name=names.get(user))
    return Actor(id=f"slack:{message.bot_id}", name=message.username or None, bot=True) if message.bot_id else None


def reactions(message: Message, room: Room) -> Iterator[Envelope]:
    """Yield each member's reaction, or how many there are where nobody is named."""
    for told in message.reactions:
        for user in dict.fromkeys(told.users or ()):
            yield put(Put(message.ts, told.name, user), room)
        if not told.users and told.count:
            yield counted(message, room, told)


class Put(Struct, frozen=True):
    """A member's reaction to the message of a stamp; who wrote that, and when it was put, where it is told."""

    ts: str
    emoji: str
    user: str
    author: str | None = None
    at: str | None = None


def put(one: Put, room: Room) -> Envelope:
    """Return a reaction. An export tells no time of it, so its id has none either: both tell the same fact."""
    fact = Fact(
        community=room.community,
        about=f"reaction/{room.channel}/{one.ts}/{one.emoji}/slack:{one.user}",
        at=instant(one.at or one.ts),
        subject=room.content(one.ts),
    )
    return event(ReactionAdded, room.stamp, fact, _reaction(one, room))


def taken_back(one: Put, room: Room) -> Envelope:
    """Return that a reaction was taken back, which callbacks alone tell."""
    about = f"unreaction/{room.channel}/{one.ts}/{one.emoji}/slack:{one.user}/{one.at}"
    fact = Fact(community=room.community, about=about, at=instant(one.at or one.ts), subject=room.content(one.ts))
    return event(ReactionRemoved, room.stamp, fact, _reaction(one, room))


def thing_of(one: Put) -> str:
    """Return what is on while the reaction stands."""
    return reaction_thing(Reaction(actor=Actor(id=f"slack:{one.user}"), kind=one.emoji))


def _reaction(one: Put, room: Room) -> Reaction:
    """Slack names its emojis, so the name is the kind."""
    return Reaction(
        actor=Actor(id=f"slack:{one.user}", name=room.names.get(one.user)),
        content_id=room.content(one.ts),
        content_author=None if one.author is None else f"slack:{one.author}",
        kind=one.emoji,
        value=value_of(one.emoji),
        time_source=None if one.at is None else "platform",
    )


def counted(message: Message, room: Room, told: Told) -> Envelope:
    """Return how many reactions there are of nobody who is named."""
    content = room.content(message.ts)
    data = Reaction(content_id=content, kind=told.name, value=value_of(told.name), count=told.count)
    about = f"reaction/{room.channel}/{message.ts}/{told.name}/"
    fact = Fact(community=room.community, about=about, at=instant(message.ts), subject=content)
    return event(ReactionAdded, room.stamp, fact, data)


def value_of(emoji: str) -> int | None:
    """Return what an emoji says of the content, whatever its skin tone."""
    return VALUES.get(emoji.partition("::")[0])


def joined(user: str, ts: str, room: Room) -> Envelope:
    """Return that the user came into the workspace; the id is the same whichever channel tells it."""
    member = f"slack:{user}"
    actor = Actor(id=member, name=room.names.get(user))
    data = Membership(actor=actor, member=member, name=actor.name, time_source="platform")
    fact = Fact(community=room.community, about=f"joined/{user}", at=instant(ts), subject=member)
    return event(MemberJoined, room.stamp, fact, data)


def deleted(ts: str, at: str, room: Room) -> Envelope:
    """Return that a message was deleted."""
    content = room.content(ts)
    fact = Fact(community=room.community, about=f"deleted/{room.channel}/{ts}", at=instant(at), subject=content)
    data = Removal(content_id=content, kind="message", channel=f"{room.community}:{room.channel}", time_source="platform")
    return event(ContentDeleted, room.stamp, fact, data)

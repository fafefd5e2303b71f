"""The parts of Telegram's Bot API that are read, as the API spells them. Unknown fields are skipped.

Everything has a limit, so that what decodes also fits the contract. Source: https://core.telegram.org/bots/api (10.1).
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct, field

from shared.events.envelope import TEXT_CHARS_MAX

ID_MAX = 2**53
"""Telegram promises at most 52 significant bits."""

INSTANT_MAX = 253_402_300_799
"""The last second of the year 9999: a later one is no date."""

NAME_CHARS_MAX = 255
"""Longest part of a name, title or file id; two parts and a blank fit the contract's 512."""

SHORT_TEXT_CHARS_MAX = 8_192
"""A poll's question, a task, a title: Telegram allows 4,096 at most."""

ENTITIES_MAX = 1_000
"""Telegram sends at most 100 a message."""

LIST_MAX = 200
"""Members added at once, reactions of one person, tasks, options: all are far below it."""

Id = Annotated[int, Meta(ge=-ID_MAX, le=ID_MAX)]
Second = Annotated[int, Meta(ge=0, le=INSTANT_MAX)]
Count = Annotated[int, Meta(ge=0, le=2**62)]
Offset = Annotated[int, Meta(ge=0, le=TEXT_CHARS_MAX)]
Name = Annotated[str, Meta(max_length=NAME_CHARS_MAX)]
Short = Annotated[str, Meta(max_length=SHORT_TEXT_CHARS_MAX)]
Body = Annotated[str, Meta(max_length=TEXT_CHARS_MAX)]


class Wire(Struct, frozen=True, gc=False):
    """A part of an update."""


class User(Wire, frozen=True):
    """A person or a bot."""

    id: Id
    first_name: Name = ""
    last_name: Name | None = None
    is_bot: bool = False
    language_code: Name | None = None


class Chat(Wire, frozen=True):
    """A private talk, group, supergroup or channel."""

    id: Id
    type: Name = ""
    title: Name | None = None


class Entity(Wire, frozen=True):
    """A marked piece of a text; offset and length count UTF-16 code units."""

    type: Name
    offset: Offset
    length: Offset
    url: Short | None = None
    user: User | None = None


Entities = Annotated[tuple[Entity, ...], Meta(max_length=ENTITIES_MAX)]


class File(Wire, frozen=True):
    """Any attachment that is a file; `emoji` for stickers."""

    file_unique_id: Name | None = None
    file_size: Count | None = None
    emoji: Name | None = None


class Mark(Wire, frozen=True):
    """Something of which only the presence counts."""


class Titled(Wire, frozen=True):
    """What has a title and perhaps more words: a game, an invoice, a venue, a checklist."""

    title: Short = ""
    description: Short | None = None
    address: Short | None = None
    tasks: Annotated[tuple[Line, ...], Meta(max_length=LIST_MAX)] = ()


class Line(Wire, frozen=True):
    """An option of a poll, a task of a checklist."""

    text: Short = ""


class Dice(Wire, frozen=True):
    """A thrown dice."""

    emoji: Name | None = None


class Poll(Wire, frozen=True):
    """A poll; its votes arrive apart from it."""

    id: Name
    question: Short = ""
    options: Annotated[tuple[Line, ...], Meta(max_length=LIST_MAX)] = ()


class Rich(Wire, frozen=True):
    """A message of blocks; they nest freely, so they are walked, not typed."""

    blocks: list[Any] = field(default_factory=list)


class Replied(Wire, frozen=True):
    """As much of the answered message as is needed."""

    message_id: Id
    is_automatic_forward: bool = False


class Message(Wire, frozen=True):
    """A message or channel post: content, or a notice of the platform."""

    message_id: Id
    date: Second
    chat: Chat
    from_: User | None = field(name="from", default=None)
    sender_chat: Chat | None = None
    message_thread_id: Id | None = None
    is_topic_message: bool = False
    is_automatic_forward: bool = False
    reply_to_message: Replied | None = None
    forward_origin: Mark | None = None
    edit_date: Second | None = None
    text: Body | None = None
    entities: Entities = ()
    caption: Body | None = None
    caption_entities: Entities = ()
    rich_message: Rich | None = None
    animation: File | None = None
    audio: File | None = None
    document: File | None = None
    live_photo: File | None = None
    paid_media: Mark | None = None
    photo: Annotated[tuple[File, ...], Meta(max_length=LIST_MAX)] | None = None
    sticker: File | None = None
    story: Mark | None = None
    video: File | None = None
    video_note: File | None = None
    voice: File | None = None
    checklist: Titled | None = None
    contact: Mark | None = None
    dice: Dice | None = None
    game: Titled | None = None
    poll: Poll | None = None
    venue: Titled | None = None
    location: Mark | None = None
    invoice: Titled | None = None
    giveaway: Mark | None = None
    giveaway_winners: Mark | None = None
    new_chat_members: Annotated[tuple[User, ...], Meta(max_length=LIST_MAX)] | None = None
    left_chat_member: User | None = None
    migrate_to_chat_id: Id | None = None

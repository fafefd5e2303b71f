"""The parts of Telegram Desktop's export that are read, as it spells them. Unknown fields are skipped.

Source: `SerializeMessage` in Telegram/SourceFiles/export/output/export_output_json.cpp of telegramdesktop/tdesktop. Its
strings are as long as the Bot API's, so the limits are those.
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct, field

from services.ingest.connectors.telegram.wire import ENTITIES_MAX, LIST_MAX, Body, Count, Id, Line, Name, Short

Seconds = Annotated[str, Meta(pattern=r"^[0-9]{1,12}\Z")]
"""A Unix time in a string."""

Date = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\Z")]
"""The same by the clock of the computer that exported, without its zone."""

Peer = Annotated[str, Meta(pattern=r"^(user|chat|channel)[0-9]{1,16}\Z")] | Annotated[int, Meta(ge=0, le=2**53)]
"""Who: `user12`, `channel34`; in exports of before 2021 a number, see as_sent.py."""


class Wire(Struct, frozen=True, gc=False):
    """A part of an export."""


class Part(Wire, frozen=True):
    """A marked piece of a text."""

    type: Name
    text: Body = ""
    href: Short | None = None
    user_id: Id | None = None


class Option(Wire, frozen=True):
    """An answer of a poll."""

    text: Any = ""


class Poll(Wire, frozen=True):
    """A poll, without its id and without who voted."""

    question: Any = ""
    answers: Annotated[tuple[Option, ...], Meta(max_length=LIST_MAX)] = ()


class Reaction(Wire, frozen=True):
    """How many there are of one reaction; a few of those who put it may be named, never all."""

    type: Name = ""
    count: Count = 0
    emoji: Name | None = None
    document_id: Name | None = None


class Tasks(Wire, frozen=True):
    """A checklist."""

    title: Any = ""
    answers: Annotated[tuple[Line, ...], Meta(max_length=LIST_MAX)] = ()


class Row(Wire, frozen=True):
    """A message, or a notice (`service`)."""

    id: Id
    type: Name
    date: Date | None = None
    date_unixtime: Seconds | None = None
    edited: Date | None = None
    edited_unixtime: Seconds | None = None
    from_: Name | None = field(name="from", default=None)
    from_id: Peer | None = None
    actor: Name | None = None
    actor_id: Peer | None = None
    action: Name | None = None
    members: Annotated[tuple[Name | None, ...], Meta(max_length=10_000)] = ()
    reply_to_message_id: Id | None = None
    reply_to_peer_id: Peer | None = None
    forwarded_from: Name | None = None
    forwarded_from_id: Peer | None = None
    text: Body | Annotated[tuple[Body | Part, ...], Meta(max_length=2 * ENTITIES_MAX)] = ""
    photo: str | None = None
    photo_file_size: Count | None = None
    file: str | None = None
    file_size: Count | None = None
    media_type: Name | None = None
    sticker_emoji: Name | None = None
    contact_information: Any = None
    location_information: Any = None
    place_name: Short | None = None
    address: Short | None = None
    game_title: Short | None = None
    game_description: Short | None = None
    invoice_information: Any = None
    giveaway_information: Any = None
    poll: Poll | None = None
    todo_list: Tasks | None = None
    paid_stars_amount: Count | None = None
    reactions: Annotated[tuple[Reaction, ...], Meta(max_length=LIST_MAX)] = ()

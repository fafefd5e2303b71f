"""A row of the export as the Bot API would have sent it: what becomes of it then is the connector's business alone.

So an import and a bot tell the same facts under the same ids. What the export does not tell is absent: who is a bot, ids of
polls and files, members who were invited (by name alone), and which message copied a channel's post into its group (the
forward of a channel's post by the channel itself is taken for one).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Any

from services.ingest.connectors.telegram.wire import (
    Chat,
    Entity,
    File,
    Line,
    Mark,
    Message,
    Poll,
    Replied,
    Titled,
    User,
)
from services.ingest.importers.telegram_desktop.chats import SHIFT
from services.ingest.importers.telegram_desktop.wire import Part, Peer, Row

TYPES = {"link": "url", "mention_name": "text_mention"}
"""Marks that the Bot API calls otherwise."""

FIELDS = {
    "sticker": "sticker",
    "video_message": "video_note",
    "voice_message": "voice",
    "animation": "animation",
    "video_file": "video",
    "audio_file": "audio",
}
"""Types of media by the Bot API's field; any other file is a document."""

OLD_SHIFT, OLD_CHANNEL = 1 << 32, 2
"""In exports of before 2021 a user is the shift and the number, a channel twice the shift and the number."""


def second(date: str | None, unixtime: str | None, zone: tzinfo) -> int | None:
    """Return the Unix time; of old exports, which tell the computer's clock, by its zone. Raises ValueError."""
    if unixtime is not None:
        return int(unixtime)
    return None if date is None else int(datetime.fromisoformat(date).replace(tzinfo=zone).timestamp())


def peer(told: Peer | None) -> tuple[str, int] | None:
    """Return whether it is a user, chat or channel, and its number as the Bot API has it."""
    if told is None:
        return None
    if isinstance(told, int):
        kind, bare = divmod(told, OLD_SHIFT)
        return ("channel", -SHIFT - bare) if kind == OLD_CHANNEL else ("user", bare)
    name = told.rstrip("0123456789")
    bare = int(told[len(name) :])
    return name, {"user": bare, "chat": -bare}.get(name, -SHIFT - bare)


def member(told: Peer | None, name: str | None) -> User | None:
    """Return the account, None where it is none or nobody is named."""
    found = peer(told)
    return User(id=found[1], first_name=name or "") if found is not None and found[0] == "user" else None


def as_sent(row: Row, chat: Chat, at: int, topic: int | None = None) -> Message:
    """Return the message of that second; `topic` is the forum's topic that it stands in."""
    who = peer(row.from_id)
    text, entities = marked(row.text)
    media = attachment(row)
    own = row.reply_to_peer_id is None and row.reply_to_message_id is not None
    words = {"caption": text, "caption_entities": entities} if media else {"text": text, "entities": entities}
    return Message(
        message_id=row.id,
        date=at,
        chat=chat,
        from_=member(row.from_id, row.from_),
        sender_chat=None if who is None or who[0] == "user" else Chat(id=who[1], type=who[0], title=row.from_ or None),
        message_thread_id=topic,
        is_topic_message=topic is not None,
        is_automatic_forward=chat.type == "supergroup" and who is not None and who == peer(row.forwarded_from_id),
        reply_to_message=Replied(message_id=row.reply_to_message_id or 0) if own else None,
        forward_origin=Mark() if row.forwarded_from or row.forwarded_from_id is not None else None,
        **words,  # type: ignore[arg-type] # one of two pairs
        **media,
    )


def marked(told: str | Iterable[str | Part]) -> tuple[str, tuple[Entity, ...]]:
    """Return the text and its marks, which the Bot API counts in UTF-16 code units."""
    if isinstance(told, str):
        return told, ()
    pieces, entities, offset = [], [], 0
    for part in told:
        piece = part if isinstance(part, str) else part.text
        length = len(piece.encode("utf-16-le", "surrogatepass")) // 2
        if not isinstance(part, str):
            user = None if part.user_id is None else User(id=part.user_id)
            kind = TYPES.get(part.type, part.type)
            entities.append(Entity(type=kind, offset=offset, length=length, url=part.href, user=user))
        pieces.append(piece)
        offset += length
    return "".join(pieces), tuple(entities)


def attachment(row: Row) -> dict[str, Any]:
    """Return the field of what the message is besides text, empty where it is text alone."""
    return _file(row) or _words(row) or _mark(row)


def _file(row: Row) -> dict[str, Any]:
    if row.photo is not None:
        return {"photo": (File(file_size=row.photo_file_size),)}
    if row.file is not None or row.media_type is not None:
        file = File(file_size=row.file_size, emoji=row.sticker_emoji)
        return {FIELDS.get(row.media_type or "", "document"): file}
    return {}


def _words(row: Row) -> dict[str, Any]:
    if row.poll is not None:
        options = tuple(Line(text=plain(answer.text)) for answer in row.poll.answers)
        return {"poll": Poll(id="", question=plain(row.poll.question), options=options)}
    if row.todo_list is not None:
        return {"checklist": Titled(title=plain(row.todo_list.title), tasks=row.todo_list.answers)}
    if row.place_name is not None:
        return {"venue": Titled(title=row.place_name, address=row.address)}
    if row.game_title is not None:
        return {"game": Titled(title=row.game_title, description=row.game_description)}
    return {}


def _mark(row: Row) -> dict[str, Any]:
    if row.contact_information is not None:
        return {"contact": Mark()}
    if row.location_information is not None:
        return {"location": Mark()}
    if row.invoice_information is not None:
        return {"invoice": Titled()}
    if row.giveaway_information is not None:
        return {"giveaway": Mark()}
    if row.paid_stars_amount is not None:
        return {"paid_media": Mark()}
    return {}


def plain(told: Any) -> str:  # noqa: ANN401 - a text, or in newer exports a list of its parts
    """Return the words of a text that may be marked."""
    if isinstance(told, str):
        return told
    parts = told if isinstance(told, list) else []
    return "".join(
        part if isinstance(part, str) else str(part.get("text", "")) for part in parts if isinstance(part, str | dict)
    )

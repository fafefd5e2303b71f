"""What a message is besides text: files, polls, places, games."""

from __future__ import annotations

from typing import NamedTuple

from services.ingest.connectors.telegram.wire import Dice, File, Message, Poll, Titled
from shared.events.community import Format, Media
from shared.events.envelope import TEXT_CHARS_MAX


class Kind(NamedTuple):
    """A field of a message, the contract's format for it, and whether it is an attachment."""

    field: str
    format: Format | None
    attached: bool = True


KINDS: tuple[Kind, ...] = (
    Kind("photo", "photo"),
    Kind("video", "video"),
    Kind("animation", "video"),  # before document, which Telegram sends along for old clients
    Kind("live_photo", "photo"),
    Kind("document", "file"),
    Kind("sticker", "photo"),
    Kind("voice", "audio"),
    Kind("audio", "audio"),
    Kind("video_note", "video"),
    Kind("poll", "poll", attached=False),
    Kind("paid_media", None),
    Kind("story", None),
    Kind("venue", "text"),  # before location, which Telegram sends along
    Kind("location", None),
    Kind("contact", None),
    Kind("checklist", "text", attached=False),
    Kind("dice", "text", attached=False),
    Kind("game", "text"),
    Kind("invoice", "text"),
    Kind("giveaway", None),
    Kind("giveaway_winners", None),
)
"""The first that is present counts."""


class Attachment(NamedTuple):
    """What was found: format, media and words, where there are any."""

    format: Format | None
    media: tuple[Media, ...] | None
    text: str | None


def attachment(message: Message) -> Attachment | None:
    """Return what the message is besides text, or None where it is a notice of the platform."""
    for kind in KINDS:
        part = getattr(message, kind.field)
        if part is not None:
            return Attachment(kind.format, (media(kind.field, part),) if kind.attached else None, words(part))
    return None


def media(type_: str, part: object) -> Media:
    """Return the attachment; of a photo the largest of its sizes."""
    if isinstance(part, tuple):
        part = max(part, key=lambda size: size.file_size or 0, default=None)
    if not isinstance(part, File):
        return Media(type=type_)
    return Media(type=type_, size=part.file_size, hash=part.file_unique_id or None)


def words(part: object) -> str | None:
    """Return the words that an attachment brings along, for whoever judges the message. Never a phone number."""
    match part:
        case Poll():
            lines = [part.question, *(option.text for option in part.options)]
        case Titled():
            lines = [part.title, part.description or "", part.address or "", *(task.text for task in part.tasks)]
        case Dice() | File():
            lines = [part.emoji or ""]
        case _:
            lines = []
    return "\n".join(line for line in lines if line)[:TEXT_CHARS_MAX] or None

"""Messages and channel posts, new and edited.

Content is `telegram:<chat>:<message_id>`. A topic of a forum is a channel; what is answered in a thread, outside of topics,
carries the thread. An edit's version is its second and what it says, as it was sent: two edits within one second are two
facts. One that brings back what an earlier edit of the same second said is lost, for nothing tells it from that one
delivered again.
"""

from __future__ import annotations

from collections.abc import Callable

from services.ingest.connectors.payload import Decoded, Payload, PollPlace, Reason, refused
from services.ingest.connectors.telegram import sent
from services.ingest.connectors.telegram.actors import community_id, instant, sender
from services.ingest.connectors.telegram.entities import NOTHING, Found, distinct, find
from services.ingest.connectors.telegram.media import attachment
from services.ingest.connectors.telegram.members import arrivals, departure
from services.ingest.connectors.telegram.rich import links_of, text_of
from services.ingest.connectors.telegram.wire import Message
from services.ingest.facts import Fact, Stamp, event, version_at
from shared.events import Envelope
from shared.events.community import Content, ContentCreated, ContentEdited, Format, Kind, Media

GROUPS_AND_CHANNELS = frozenset({"group", "supergroup", "channel"})
"""The chats that are communities; everything else is private."""

SAID = (
    *("text", "entities", "caption", "caption_entities", "rich_message"),
    *("animation", "audio", "document", "live_photo", "paid_media", "photo", "sticker", "story", "video", "video_note"),
    *("voice", "checklist", "contact", "dice", "game", "venue", "location", "invoice", "giveaway", "giveaway_winners"),
)
"""What an edit can change. Ids are made of it: a field may be added only where a message with it was no content before."""


def created(payload: Payload, message: Message, kind: str) -> Decoded:
    """Return what a new message tells: content, who came or went, where a poll lives."""
    if message.new_chat_members:
        return Decoded(events=arrivals(payload, message, message.new_chat_members))
    if message.left_chat_member is not None:
        return Decoded(events=departure(payload, message, message.left_chat_member))
    content = content_of(message)
    if content is None:
        return refused(Reason.NO_CONTENT if message.migrate_to_chat_id is None else Reason.MIGRATED, kind)
    return told(message, written(payload, message, ContentCreated, content, version=0))


def edited(payload: Payload, message: Message, kind: str) -> Decoded:
    """Return the new version of a message."""
    second = edition(message)
    content = content_of(message, second)
    if content is None:
        return refused(Reason.NO_CONTENT, kind)
    version = version_at(second, *said(payload, message, kind))
    return told(message, written(payload, message, ContentEdited, content, version))


def edition(message: Message) -> int:
    """Return the second of the edit; Telegram always tells it, but its date stands in."""
    return message.date if message.edit_date is None else message.edit_date


def told(message: Message, fact: Envelope) -> Decoded:
    """Return the content and, of a poll, where it lives. A forwarded poll lives where it came from."""
    if message.poll is None or message.forward_origin is not None:
        return Decoded(events=(fact,))
    place = PollPlace(f"telegram:{message.poll.id}", community_id(message.chat))
    return Decoded(events=(fact,), poll_places=(place,))


def written(stamp: Stamp, message: Message, make: Callable[..., Envelope], content: Content, version: int | str) -> Envelope:
    """Return the event about that version of the content."""
    edition = content.edition if make is ContentEdited else None
    fact = Fact(
        community=community_id(message.chat),
        about=f"{'message' if make is ContentCreated else 'message.edited'}/{message.message_id}",
        version=version,
        at=instant(message.date if edition is None else edition),
        subject=content.content_id,
    )
    return event(make, stamp, fact, content)


def said(payload: Payload, message: Message, kind: str) -> tuple[str, ...]:
    """Return what an edit can change, as it was sent; of a poll its id, for its votes are no edit."""
    words = sent.some(sent.fields(payload.body, kind), SAID)
    return (words,) if message.poll is None else (words, message.poll.id)


def content_of(message: Message, version: int | None = None) -> Content | None:
    """Return what was written, or None where nobody wrote anything."""
    shape = text_shape(message) or rich_shape(message) or attached_shape(message)
    if shape is None:
        return None
    text, found, format_, media = shape
    linked = message.is_automatic_forward
    return Content(
        actor=sender(message.chat, message.sender_chat, message.from_, linked=linked),
        content_id=content_id(message, message.message_id),
        kind=kind_of(message),
        channel=content_id(message, message.message_thread_id) if message.is_topic_message else None,
        text=text,
        format=format_,
        links=found.links,
        mentions=found.mentions,
        tags=found.tags,
        media=media,
        parent=content_id(message, parent(message)),
        thread=None if message.is_topic_message else content_id(message, message.message_thread_id),
        edition=version,
        poll=f"telegram:{message.poll.id}" if message.poll is not None else None,
        time_source="platform",
    )


Shape = tuple[str | None, Found, Format | None, tuple[Media, ...] | None]
"""Text, what it points to, format, media."""


def text_shape(message: Message) -> Shape | None:
    """Return a plain text's shape; a text that is nothing but one link is a link."""
    if not message.text:
        return None
    found = find(message.text, message.entities)
    return message.text, found, "link" if found.links == (message.text,) else "text", None


def rich_shape(message: Message) -> Shape | None:
    """Return the shape of a message of blocks."""
    if message.rich_message is None:
        return None
    return text_of(message.rich_message), Found(links=distinct(links_of(message.rich_message))), "text", None


def attached_shape(message: Message) -> Shape | None:
    """Return the shape of anything else that is content; a caption is its text."""
    part = attachment(message)
    if part is None:
        return None
    if not message.caption:
        return part.text, NOTHING, part.format, part.media
    return message.caption, find(message.caption, message.caption_entities), part.format, part.media


def content_id(message: Message, number: int | None) -> str | None:
    """Return the content with that number in the message's chat."""
    return None if number is None else f"telegram:{message.chat.id}:{number}"


def parent(message: Message) -> int | None:
    """Return the answered message; in a topic, the notice that opened it is no message that anybody answers."""
    replied = message.reply_to_message
    if replied is None or (message.is_topic_message and replied.message_id == message.message_thread_id):
        return None
    return replied.message_id


def kind_of(message: Message) -> Kind:
    """Return post for what a channel publishes, comment for an answer to its copy in the linked group, else message."""
    if message.chat.type == "channel" or message.is_automatic_forward:
        return "post"
    replied = message.reply_to_message
    return "comment" if replied is not None and replied.is_automatic_forward else "message"


def private(chat_type: str) -> bool:
    """Return whether the chat is no community."""
    return chat_type not in GROUPS_AND_CHANNELS

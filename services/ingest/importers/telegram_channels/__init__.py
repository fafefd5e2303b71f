"""Posts of Telegram channels as collectors keep them: a file for each channel, one JSON list of posts, newest first.

A post is `{"message_id", "sender_id", "text", "date", "channel"}`, and perhaps `views`: with the channel's number as the Bot
API has it, its title, and the text in Telethon's Markdown. Posts become the channel posts that a bot would have got, with
their ids. How often a post was forwarded is not imported: the contract knows shares one by one, not their total so far.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Annotated

import ijson
import msgspec
from msgspec import Meta

from services.ingest.connectors.telegram.actors import community_id, instant
from services.ingest.connectors.telegram.messages import content_of, written
from services.ingest.connectors.telegram.wire import ID_MAX, INSTANT_MAX, Body, Chat, Count, Id, Message, Name, Wire
from services.ingest.facts import Fact, event
from services.ingest.importers.files import files_of, occurrences
from services.ingest.importers.importer import Broken, Where, as_text
from services.ingest.importers.ordering import Placed, in_order
from services.ingest.importers.stream import BREAKS_OFF, UNREADABLE, packed
from services.ingest.importers.telegram_channels.markdown import marked
from shared.errors import Unprocessable
from shared.events import Envelope
from shared.events.codec import reason
from shared.events.community import ContentCreated, ContentMeasured, Measures
from shared.events.envelope import Instant

ENDING = "_messages.json"
MARK = b'"message_id"'
LAST = float("inf")
"""The time of what has none: it stands last."""


class Post(Wire, frozen=True):
    """A post of a channel."""

    message_id: Id
    sender_id: Annotated[int, Meta(ge=-(2**53), lt=0)]
    date: Instant
    text: Body = ""
    channel: Name | None = None
    views: Count | None = None


_post = msgspec.json.Decoder(Post)


class TelegramChannels:
    """The importer."""

    format = "telegram-channels"

    def count(self, path: Path) -> int:
        """Return how many posts the files hold."""
        return sum(occurrences(file, MARK) for file in files_of(path, ENDING))

    def read(self, path: Path, where: Where) -> Iterator[Envelope | Broken]:
        """Yield the posts, channels merged by time."""
        streams = [_posts(file, where) for file in files_of(path, ENDING)]
        return (item for _, item in heapq.merge(*streams, key=itemgetter(0)))


def _posts(file: Path, where: Where) -> Iterator[tuple[float, Envelope | Broken]]:
    for (second, _, number), raw in in_order(partial(_placed, file)):
        if not raw:
            yield second, Broken(file.name, number, BREAKS_OFF)
            continue
        try:
            yield from ((second, found) for found in events_of(_post.decode(raw), where))
        except msgspec.DecodeError as error:
            yield second, Broken(file.name, number, reason(error), as_text(raw))
        except Unprocessable as error:
            yield second, Broken(file.name, number, str(error), as_text(raw))


def events_of(post: Post, where: Where) -> Iterator[Envelope]:
    """Yield the post, and how often it was seen; nothing of it where another channel was chosen.

    Raises Unprocessable where nothing is in it.
    """
    chat = Chat(id=post.sender_id, type="channel", title=post.channel)
    if where.community not in {None, community_id(chat)}:
        return
    text, entities = marked(post.text)
    second = int(post.date.timestamp())
    if not 0 <= second <= INSTANT_MAX:
        raise Unprocessable("its date is beyond the calendar")
    message = Message(message_id=post.message_id, date=second, chat=chat, sender_chat=chat, text=text, entities=entities)
    content = content_of(message)
    if content is None:
        raise Unprocessable("it has no text")
    yield written(where, message, ContentCreated, content, version=0)
    if post.views:
        yield _seen(post, content.content_id, chat, where)


def _seen(post: Post, content: str | None, chat: Chat, where: Where) -> Envelope:
    """Return how often a post was seen when it was collected; it stands at the time of the post, for nobody told another."""
    fact = Fact(
        community=community_id(chat),
        about=f"views/{post.message_id}",
        version=post.views or 0,
        at=instant(int(post.date.timestamp())),
        subject=content,
    )
    return event(ContentMeasured, where, fact, Measures(content_id=content, views=post.views))


def _placed(file: Path) -> Iterator[Placed]:
    """Yield the posts as far as the file can be read; where it breaks off, one without anything in it."""
    number = 0
    with file.open("rb") as source:
        try:
            for post in ijson.items(source, "item", use_float=True):
                yield Placed((_time(post), _id(post), number), packed(post))
                number += 1
        except UNREADABLE:
            yield Placed((LAST, 0, number), b"")


def _time(post: object) -> float:
    try:
        return datetime.fromisoformat(post["date"]).timestamp()  # type: ignore[index] # an object, or it is broken
    except (TypeError, KeyError, ValueError, OverflowError):
        return LAST


def _id(post: object) -> int:
    number = post.get("message_id") if isinstance(post, dict) else None
    return number if isinstance(number, int) and abs(number) < ID_MAX else 0

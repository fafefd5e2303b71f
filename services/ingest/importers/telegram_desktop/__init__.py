"""Telegram Desktop's export in JSON, `result.json`: of one chat, or of a whole account.

Groups and channels are imported one after the other, each in the order of the file, which is that of time; with a community,
that one alone. Talks of one or two and saved messages are no community, and not even looked at. What the Bot API would have
sent is made of each row (as_sent.py), so content, joins and leaves have the ids under which a bot tells them. Messages of a
group from before it became a supergroup have numbers of their own (below nought), which no bot knows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import tzinfo
from pathlib import Path
from typing import Any

import msgspec

from services.ingest.connectors.telegram.actors import community_id
from services.ingest.connectors.telegram.wire import Chat
from services.ingest.importers.files import occurrences
from services.ingest.importers.importer import Broken, Where
from services.ingest.importers.telegram_desktop.chats import messages
from services.ingest.importers.telegram_desktop.rows import events_of
from services.ingest.importers.telegram_desktop.topics import Topics
from services.ingest.importers.telegram_desktop.wire import Row
from shared.errors import Unprocessable
from shared.events import Envelope
from shared.events.codec import reason

NAME = "result.json"

MARKS = (b'"type": "message"', b'"type": "service"')
"""How a row begins, as Telegram Desktop writes it; within a text the quotes would be escaped."""


class TelegramDesktop:
    """The importer."""

    format = "telegram-desktop"

    def count(self, path: Path) -> int:
        """Return how many messages and notices the file holds, private ones included."""
        return sum(occurrences(_file(path), mark) for mark in MARKS)

    def read(self, path: Path, where: Where) -> Iterator[Envelope | Broken]:
        """Yield the events of the chats, one after the other."""
        file = _file(path)
        if not file.is_file():
            raise Unprocessable(f"not an export of Telegram Desktop: {NAME} is missing; choose JSON as the format to export")
        yield from _Export(where).read(file)


def _file(path: Path) -> Path:
    return path / NAME if path.is_dir() else path


class _Export:
    """One reading: which chats were met."""

    def __init__(self, where: Where) -> None:
        self._where = where
        self._met: dict[int, tuple[str, Topics]] = {}

    def read(self, file: Path) -> Iterator[Envelope | Broken]:
        broken = False
        for chat, at, found in messages(file):
            if isinstance(found, Broken):
                broken = True
                yield found
            elif chat is not None:
                community, topics = self._meet(chat)
                if self._where.community in {None, community}:
                    yield from self._told(file, at, found, chat, topics)
        if not broken:
            self._check()

    def _meet(self, chat: Chat) -> tuple[str, Topics]:
        if chat.id not in self._met:
            self._met[chat.id] = (community_id(chat), Topics())
        return self._met[chat.id]

    def _told(
        self, file: Path, at: int, found: Mapping[str, Any], chat: Chat, topics: Topics
    ) -> Iterator[Envelope | Broken]:
        try:
            row = msgspec.convert(found, Row)
            yield from events_of(row, chat, self._where, self._zone, topics)
        except msgspec.ValidationError as error:
            yield Broken(file.name, at, reason(error), json.dumps(found, ensure_ascii=False))
        except Unprocessable as error:
            yield Broken(file.name, at, str(error), json.dumps(found, ensure_ascii=False))

    @property
    def _zone(self) -> tzinfo:
        return self._where.zone

    def _check(self) -> None:
        """Raise Unprocessable where nothing was there to import."""
        there = sorted(community for community, _ in self._met.values())
        if not there:
            raise Unprocessable("the export holds no group or channel; talks of one or two are no community")
        if self._where.community not in {None, *there}:
            raise Unprocessable(f"the export does not hold {self._where.community}; it holds {', '.join(there)}")

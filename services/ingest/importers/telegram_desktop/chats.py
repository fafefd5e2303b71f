"""The messages of an export as a stream, each with its chat, whether one chat was exported or a whole account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from services.ingest.connectors.telegram.wire import Chat
from services.ingest.importers.importer import Broken
from services.ingest.importers.stream import BREAKS_OFF, UNREADABLE, built, skip, tokens
from services.ingest.importers.telegram_desktop.mended import Mended

CHATS = ("", "chats.list.item", "left_chats.list.item")
"""Where a chat may stand in the file: it is the file, or one of many."""

SHIFT = 1_000_000_000_000
"""The Bot API puts -100 before the number of a supergroup or channel, which Telegram Desktop tells bare."""

TYPES = {
    "private_group": "group",
    "private_supergroup": "supergroup",
    "public_supergroup": "supergroup",
    "private_channel": "channel",
    "public_channel": "channel",
}
"""The chats that are communities, in the Bot API's words; all others are talks of one or two."""


class Head(Struct):
    """What stands before the messages of a chat."""

    name: str | None = None
    type: str | None = None
    id: int | None = None

    def chat(self) -> Chat | None:
        """Return the chat as the Bot API tells it; None where it is no community."""
        kind = TYPES.get(self.type or "")
        if kind is None or self.id is None:
            return None
        number = -self.id if kind == "group" else -SHIFT - self.id
        return Chat(id=number, type=kind, title=(self.name or "")[:255] or None)


Found = tuple[Chat | None, int, dict[str, Any] | Broken]
"""The chat, None where it is no community; the number of the message in the file; the message, empty where it is private."""


def messages(file: Path) -> Iterator[Found]:
    """Yield the messages in the order of the file; where it breaks off, what came before and the break."""
    at = 0
    try:
        with file.open("rb") as source:
            for chat, message in _messages(Mended(source)):
                yield chat, at, message
                at += 1
    except UNREADABLE:
        yield None, at, Broken(file.name, at, BREAKS_OFF)


def _messages(source: Mended) -> Iterator[tuple[Chat | None, dict[str, Any]]]:
    heads = {f"{place}.{name}".lstrip("."): name for place in CHATS for name in Head.__struct_fields__}
    items = {f"{place}.messages.item".lstrip(".") for place in CHATS}
    starts = set(CHATS)
    head, chat = Head(), None
    events = tokens(source)
    for prefix, event, value in events:
        if event == "start_map" and prefix in items:
            chat = chat or head.chat()
            if chat is None:
                skip(events)
            yield chat, {} if chat is None else built(events)
        elif event == "start_map" and prefix in starts:
            head, chat = Head(), None
        elif prefix in heads and isinstance(value, int if heads[prefix] == "id" else str):
            setattr(head, heads[prefix], value)

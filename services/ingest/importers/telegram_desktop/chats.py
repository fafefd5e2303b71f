"""The messages of an export as a stream, each with its chat, whether one chat was exported or a whole account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ijson
from msgspec import Struct

from services.ingest.connectors.telegram.wire import Chat
from services.ingest.importers.importer import Broken
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

READ_BYTES = 1 << 16


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
    except ijson.JSONError as error:
        yield None, at, Broken(file.name, at, f"the file breaks off: {type(error).__name__}")
    except UnicodeDecodeError:
        yield None, at, Broken(file.name, at, "the file breaks off: not UTF-8")


def _messages(source: Mended) -> Iterator[tuple[Chat | None, dict[str, Any]]]:
    heads = {f"{place}.{name}".lstrip("."): name for place in CHATS for name in Head.__struct_fields__}
    items = {f"{place}.messages.item".lstrip(".") for place in CHATS}
    starts = set(CHATS)
    head, chat = Head(), None
    events = iter(ijson.parse(source, buf_size=READ_BYTES, use_float=True))
    for prefix, event, value in events:
        if event == "start_map" and prefix in items:
            chat = chat or head.chat()
            yield chat, _built(events) if chat is not None else _skipped(events)
        elif event == "start_map" and prefix in starts:
            head, chat = Head(), None
        elif prefix in heads and isinstance(value, int if heads[prefix] == "id" else str):
            setattr(head, heads[prefix], value)


def _built(events: Iterator[tuple[str, str, Any]]) -> dict[str, Any]:
    """Return the object whose beginning was read."""
    whole: dict[str, Any] = {}
    around: list[Any] = [whole]
    names: list[str] = [""]
    for _, event, value in events:
        if event == "map_key":
            names[-1] = value
            continue
        if event in {"end_map", "end_array"}:
            around.pop()
            names.pop()
            if not around:
                break
            continue
        found: Any = {} if event == "start_map" else [] if event == "start_array" else value
        if isinstance(around[-1], list):
            around[-1].append(found)
        else:
            around[-1][names[-1]] = found
        if event in {"start_map", "start_array"}:
            around.append(found)
            names.append("")
    return whole


def _skipped(events: Iterator[tuple[str, str, Any]]) -> dict[str, Any]:
    """Read to the end of the object whose beginning was read; nobody's business."""
    depth = 1
    for _, event, _ in events:
        depth += (event == "start_map") - (event == "end_map")
        if not depth:
            break
    return {}

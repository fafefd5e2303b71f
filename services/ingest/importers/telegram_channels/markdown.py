"""Telethon's Markdown (`**bold**`, `__italic__`, `[label](address)`, `code`) into text and marks as the Bot API has them."""

from __future__ import annotations

import re

from services.ingest.connectors.telegram.wire import Entity

MARK = re.compile(r"\[([^\[\]]*)\]\(([^()\s]*)\)|(https?://[^\s\[\]()<>*]+)|#(\w+)|@(\w{4,32})|\*\*|__|~~|`+")
"""One mark: a link, an address, a tag, a handle, or the beginning or end of a style."""


def marked(told: str) -> tuple[str, tuple[Entity, ...]]:
    """Return the text as people see it, and its links, tags and mentions, which the Bot API counts in UTF-16 code units."""
    pieces: list[str] = []
    entities: list[Entity] = []
    offset = end = 0
    for match in MARK.finditer(told):
        before, shown = told[end : match.start()], _shown(match)
        offset += _units(before)
        length = _units(shown)
        if (kind := _kind(match)) is not None:
            entities.append(Entity(type=kind, offset=offset, length=length, url=match[2]))
        pieces += (before, shown)
        offset += length
        end = match.end()
    return "".join((*pieces, told[end:])).rstrip("\n "), tuple(entities)


def _shown(match: re.Match[str]) -> str:
    if match[2] is not None:
        return match[1] or ""
    return match[0] if match[3] or match[4] or match[5] else ""


def _kind(match: re.Match[str]) -> str | None:
    if match[2]:
        return "text_link"
    if match[3]:
        return "url"
    if match[4]:
        return "hashtag"
    return "mention" if match[5] else None


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2

"""The words of a rich message: blocks and styled texts that nest freely."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.ingest.connectors.telegram.wire import Rich
from shared.events.envelope import TEXT_CHARS_MAX

WORDS = frozenset({"text", "blocks", "cells", "items", "summary", "caption", "credit", "expression", "alternative_text"})
"""Fields that hold what a reader sees."""

BLOCKS = frozenset({"paragraph", "heading", "pre", "footer", "list", "blockquote", "pullquote", "table", "details"})
"""Types that begin a new line."""

LINK_CHARS_MAX = 8_192
"""A longer one is no link."""


def walk(rich: Rich) -> Iterator[Any]:
    """Yield every node that a reader sees, in reading order; iterative, because the nesting is the sender's choice."""
    waiting: list[Any] = [rich.blocks]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, list):
            waiting.extend(reversed(node))
        elif isinstance(node, dict):
            waiting.extend(reversed([part for name, part in node.items() if name in WORDS]))


def text_of(rich: Rich) -> str | None:
    """Return the words, a line for each block, a blank between the cells of a table."""
    return "".join(map(piece, walk(rich))).strip()[:TEXT_CHARS_MAX] or None


def piece(node: object) -> str:
    """Return what the node itself adds to the text."""
    if isinstance(node, str):
        return node
    if not isinstance(node, dict):
        return ""
    kind = node.get("type", "cell")
    if kind == "cell":
        return " "
    return "\n" if isinstance(kind, str) and kind in BLOCKS else ""


def links_of(rich: Rich) -> Iterator[str]:
    """Yield where its links lead."""
    for node in walk(rich):
        url = node.get("url") if isinstance(node, dict) else None
        if isinstance(url, str) and 0 < len(url) <= LINK_CHARS_MAX:
            yield url

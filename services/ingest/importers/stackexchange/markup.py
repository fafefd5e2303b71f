"""What a post's tags and a comment's Markdown point to."""

from __future__ import annotations

import re

from services.ingest.connectors.found import some
from services.ingest.connectors.html import LINK_CHARS_MAX

LINK = re.compile(r"https?://[^\s<>\"')\]]+")
MENTION = re.compile(r"(?<![\w@])@[\w.-]{2,64}")
TAG = re.compile(r"[^<>|]{1,512}")


def links(text: str) -> tuple[str, ...] | None:
    """Return the addresses in a comment."""
    return some(link for link in LINK.findall(text) if len(link) <= LINK_CHARS_MAX)


def mentions(text: str) -> tuple[str, ...] | None:
    """Return who a comment speaks to, as written: `@name`."""
    return some(found.rstrip(".-") for found in MENTION.findall(text))


def tags(joined: str) -> tuple[str, ...] | None:
    """Return a question's tags, from `<a><b>` or, in newer dumps, `|a|b|`."""
    return some(TAG.findall(joined))

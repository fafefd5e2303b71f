"""What a plain text points to, for platforms that mark nothing in it or leave the marks to us."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from shared.events.community import Format

FOUND_MAX = 200
"""The contract's limit for links, mentions and tags."""

URL_CHARS_MAX = 10_000
"""Of a link; browsers end before."""

ADDRESS = re.compile(r"https?://[^\s\[\]|<>\"]+")
TAG = re.compile(r"(?<![\w#])#(\w{1,100})")


class Plain(NamedTuple):
    """A text as people see it, and what it points to."""

    text: str | None
    links: tuple[str, ...] | None
    mentions: tuple[str, ...] | None
    tags: tuple[str, ...] | None = None


def some(found: Iterable[str]) -> tuple[str, ...] | None:
    """Return each once, as many as the contract takes."""
    return tuple(dict.fromkeys(found))[:FOUND_MAX] or None


def addresses(text: str) -> list[str]:
    """Return the web addresses in a text, in order."""
    return [link.rstrip(".,;:!?") for link in ADDRESS.findall(text) if len(link) <= URL_CHARS_MAX]


def tags(text: str) -> tuple[str, ...] | None:
    """Return the hashtags of a text without their # and their case."""
    return some(tag.casefold() for tag in TAG.findall(text))


def plain_format(text: str | None, links: tuple[str, ...] | None) -> Format:
    """Return the format of what nothing is attached to: a text that is nothing but one link is a link."""
    return "link" if links is not None and links == (text,) else "text"

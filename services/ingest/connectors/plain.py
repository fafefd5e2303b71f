"""What a plain text points to, on whichever platform: addresses, tags."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

ADDRESS = re.compile(r"https?://[^\s\[\]|<>\"]+")
TAG = re.compile(r"(?<![\w#])#(\w{1,100})")

URL_CHARS_MAX = 10_000
"""Browsers end before."""

FOUND_MAX = 200
"""The contract's limit for links, mentions and tags."""


class Plain(NamedTuple):
    """A text as people see it, and what it points to."""

    text: str | None
    links: tuple[str, ...] | None
    mentions: tuple[str, ...] | None
    tags: tuple[str, ...] | None = None


def some(found: Iterable[str]) -> tuple[str, ...] | None:
    """Return each once, as many as the contract takes."""
    return tuple(dict.fromkeys(found))[:FOUND_MAX] or None


def links(text: str) -> tuple[str, ...] | None:
    """Return the web addresses in a text, without the punctuation of the sentence around them."""
    return some(link.rstrip(".,;:!?") for link in ADDRESS.findall(text) if len(link) <= URL_CHARS_MAX)


def tags(text: str) -> tuple[str, ...] | None:
    """Return the tags in a text, whatever their case."""
    return some(tag.casefold() for tag in TAG.findall(text))

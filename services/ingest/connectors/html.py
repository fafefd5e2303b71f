"""HTML into plain text and what it leads to and shows, wherever it comes from."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import NamedTuple

from typing_extensions import override

from services.ingest.connectors.found import some
from shared.events.community import Media
from shared.events.envelope import TEXT_CHARS_MAX

BLOCKS = frozenset({"p", "pre", "blockquote", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "br", "hr", "div", "tr"})
"""Tags that begin a new line."""

LINK_CHARS_MAX = 8_192
"""A longer one is no link."""

MEDIA_MAX = 50
"""The contract's limit for media."""


class Page(NamedTuple):
    """What a post says, leads to and shows."""

    text: str
    links: tuple[str, ...] | None
    media: tuple[Media, ...] | None


class _Reader(HTMLParser):
    """Collects text, links and images."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.links: list[str] = []
        self.images = 0
        self.verbatim = 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.verbatim += tag == "pre"
        self.images += tag == "img"
        if tag in BLOCKS:
            self.pieces.append("\n")
        if tag == "a" and (target := dict(attrs).get("href")):
            self.links.append(target)

    @override
    def handle_endtag(self, tag: str) -> None:
        self.verbatim -= tag == "pre"
        if tag in BLOCKS:
            self.pieces.append("\n")

    @override
    def handle_data(self, data: str) -> None:
        self.pieces.append(data if self.verbatim > 0 else re.sub(r"\s+", " ", data))


def page(html: str) -> Page:
    """Return the post as plain text: a line for each block, code as it stands."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    media = (Media(type="photo"),) * min(reader.images, MEDIA_MAX)
    return Page(
        tidy("".join(reader.pieces))[:TEXT_CHARS_MAX],
        some(link for link in reader.links if len(link) <= LINK_CHARS_MAX),
        media or None,
    )


def tidy(text: str) -> str:
    """Return the text without blanks at the ends of lines and without empty lines."""
    return "\n".join(line for line in map(str.rstrip, text.splitlines()) if line).strip()

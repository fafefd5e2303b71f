"""What a post's Markdown points to and shows. The text itself stays as it was written."""

from __future__ import annotations

import re

from services.ingest.connectors.found import addresses, some
from shared.events.community import Media

MENTION = re.compile(r"(?<![\w@/.`])@[\w.-]{2,60}")
"""A name that is spoken to; Discourse's names have 60 characters at most."""

IMAGE = re.compile(r"!\[[^\]\n]{0,200}\]\(")
MEDIA_MAX = 50
"""The contract's limit for media."""


def links(raw: str) -> tuple[str, ...] | None:
    """Return the addresses in a text, also those of Markdown's links."""
    return some(link if "(" in link else link.rstrip(").,") for link in addresses(raw))


def mentions(raw: str) -> tuple[str, ...] | None:
    """Return who is spoken to, as written: `@name`."""
    return some(found.rstrip(".-") for found in MENTION.findall(raw))


def images(raw: str) -> tuple[Media, ...] | None:
    """Return the pictures that are shown."""
    return (Media(type="photo"),) * min(len(IMAGE.findall(raw)), MEDIA_MAX) or None

"""Links, mentions and tags of a text. Telegram counts in UTF-16 code units, Python in code points."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from services.ingest.connectors.telegram.wire import Entity

FOUND_MAX = 200
"""The contract's limit for links, mentions and tags; Telegram sends at most 100 entities."""

MENTION_CHARS_MAX = 512
"""The contract's limit for a name; a longer mention or tag is none."""

Cut = Callable[[int, int], str]


class Found(NamedTuple):
    """What a text points to; None where it does not."""

    links: tuple[str, ...] | None = None
    mentions: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None


NOTHING = Found()


def cutter(text: str) -> Cut:
    """Return what cuts (offset, length) in UTF-16 code units out of the text; half a character becomes U+FFFD."""
    if text.isascii():
        return lambda offset, length: text[offset : offset + length]
    units = text.encode("utf-16-le")
    return lambda offset, length: units[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")


def distinct(found: Iterable[str]) -> tuple[str, ...] | None:
    """Return each once, in order, as many as the contract takes; None for none."""
    return tuple(dict.fromkeys(found))[:FOUND_MAX] or None


def names(found: Iterable[str]) -> tuple[str, ...] | None:
    """Return each that may be a name, once."""
    return distinct(name for name in found if 0 < len(name) <= MENTION_CHARS_MAX)


def link(entity: Entity, cut: Cut) -> str | None:
    """Return where the entity leads, if it is a link."""
    match entity.type:
        case "url":
            return cut(entity.offset, entity.length) or None
        case "text_link":
            return entity.url or None
        case _:
            return None


def mention(entity: Entity, cut: Cut) -> str | None:
    """Return who is mentioned: `@handle`, or the member's id where the account has no handle."""
    match entity.type:
        case "mention":
            return cut(entity.offset, entity.length)
        case "text_mention" if entity.user is not None:
            return f"telegram:{entity.user.id}"
        case _:
            return None


def find(text: str, entities: tuple[Entity, ...]) -> Found:
    """Return what the entities of the text point to. Tags lose their # and their case."""
    if not entities:
        return NOTHING
    cut = cutter(text)
    tags = (cut(e.offset, e.length).removeprefix("#").casefold() for e in entities if e.type == "hashtag")
    return Found(
        links=distinct(target for e in entities if (target := link(e, cut))),
        mentions=names(who for e in entities if (who := mention(e, cut))),
        tags=names(tags),
    )

"""What a member's entry of the ledger was for, in their language: the thing's title stands in both. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.engagement.rules.bookings import OWN, refund_id
from services.engagement.rules.participation import shop_words as words
from services.engagement.rules.participation.play import filled
from services.engagement.rules.reasons import in_words
from shared.said import Language, Said

GOODS = "goods"


def thing_of(entry: Mapping[str, Any]) -> str | None:
    """Return what the points are of, kind and name: what was taken part in, or goods; None: of nothing of the kind."""
    told: str | None = entry.get("thing")
    if told is not None or not entry.get("rule", "").startswith(OWN):
        return told
    kind, _, rest = entry["cause"].removeprefix(refund_id("")).partition(":")
    return f"{GOODS}/{rest.partition(':')[0]}" if kind == GOODS and rest else None


def in_short(entry: Mapping[str, Any], title: Said | None, language: Language) -> str:
    """Return why points came or went, and what for; `title` is that of the thing, where it is of one."""
    reason, note = in_words(entry.get("reason"))[language.value], entry.get("note")
    if title is not None:
        note = title.by(language) if note is None else _translated(note, title, language)
    return reason if note is None else f"{reason}: {note}"


def _translated(note: str, title: Said, language: Language) -> str:
    """Return a note of the shop's, which is in the brand's language, in the member's; what staff wrote stays as it is."""
    for text in (filled(words.CANCELLED_NOTE, title=title), title):
        for other in Language:
            if note.startswith(text.by(other)):
                return text.by(language) + note.removeprefix(text.by(other))
    return f"{title.by(language)}: {note}"

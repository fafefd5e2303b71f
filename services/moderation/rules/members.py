"""What is remembered of a member: when they came, how much they wrote, and the last messages by time and digest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zlib import crc32

from services.moderation.rules.case import Case, Member, Said
from shared.documents.moderation import RECENT_MAX

COUNTED_MAX = 1_000
"""No rule asks whether a member wrote more; a state that no longer changes need not grow."""


def milliseconds(at: datetime) -> int:
    """Return a point in time as a state holds it."""
    return round(at.timestamp() * 1000)


def digest(plain: str) -> str:
    """Return what tells a text from others among a member's last ones. It is no member's text and cannot be turned back."""
    return f"{crc32(plain.encode('utf-8', 'surrogatepass')):08x}" if plain else ""


def within(case: Case, seconds: int) -> Sequence[Said]:
    """Return the earlier records of the member whose time lies in the window that ends with this content."""
    recent, last_ms = case.member.recent, case.at_ms
    if not recent:
        return ()
    first_ms = last_ms - seconds * 1000
    return [said for said in recent if first_ms < said.at_ms <= last_ms]


def same_text(case: Case, seconds: int) -> int:
    """Return how many of these had the same text, whatever disguise it wore."""
    return [said.digest for said in within(case, seconds)].count(case.digest) if case.digest else 0


def wrote(member: Member, case: Case) -> Member:
    """Remember one more message."""
    recent = (*member.recent[1 - RECENT_MAX :], Said(case.at_ms, case.digest))
    return member._replace(messages=min(member.messages + 1, COUNTED_MAX), recent=recent)


def joined(member: Member, at: datetime) -> Member:
    """Remember when the member came; who comes again is new again only in time, not in messages."""
    return member._replace(joined_ms=milliseconds(at))

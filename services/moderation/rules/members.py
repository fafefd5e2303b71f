"""What is remembered of a member: when they came, how much they wrote, the last messages by time and digest, labels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zlib import crc32

from services.moderation.rules.case import Case, Label, Member, Said
from shared.documents.moderation import RECENT_MAX

LABELS_MAX = 20
"""Labels of one member; the oldest goes."""

SETTLED_MAX = 20
"""Contents of one member that a person let stand: people edit what they wrote lately."""

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


def labelled(member: Member, labels: Sequence[Label]) -> Member:
    """Mark a member; a label that is there already lasts as long as the later of both says."""
    if not labels:
        return member
    names = {label.name for label in labels}
    kept = [label for label in member.labels if label.name not in names or label.until_ms > labels[0].until_ms]
    return member._replace(labels=(*kept, *labels)[-LABELS_MAX:])


def labels_at(member: Member, at_ms: int) -> Sequence[str]:
    """Return what a member is marked with at that moment."""
    return sorted({label.name for label in member.labels if at_ms < label.until_ms})


def unlabelled(member: Member, decision: str) -> Member:
    """Take away what a decision marked a member with."""
    return member._replace(labels=tuple(label for label in member.labels if label.decision != decision))


def settled(member: Member, content: str) -> Member:
    """Remember that a person let a content stand."""
    others = [one for one in member.settled if one != content]
    return member._replace(settled=(*others, content)[-SETTLED_MAX:])

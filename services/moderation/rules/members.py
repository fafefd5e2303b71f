"""What is remembered of a member: when they came, how much they wrote, the last messages by time and digest, labels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zlib import crc32

from msgspec.structs import replace

from services.moderation.rules.case import Case, Label, Member
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


def within(case: Case, seconds: int) -> int:
    """Return how many earlier records of the member have a time in the window that ends with this content."""
    last_ms = case.at_ms
    first_ms = last_ms - seconds * 1000
    return len([at_ms for at_ms in case.member.at_ms if first_ms < at_ms <= last_ms])


def same_text(case: Case, seconds: int) -> int:
    """Return how many of these had the same text, whatever disguise it wore."""
    member, last_ms, digest = case.member, case.at_ms, case.digest
    if not digest or digest not in member.digests:
        return 0
    first_ms = last_ms - seconds * 1000
    same = [at_ms for at_ms, other in zip(member.at_ms, member.digests, strict=True) if other == digest]
    return len([at_ms for at_ms in same if first_ms < at_ms <= last_ms])


def wrote(member: Member, case: Case) -> Member:
    """Remember one more message."""
    return replace(
        member,
        messages=min(member.messages + 1, COUNTED_MAX),
        at_ms=(*member.at_ms[1 - RECENT_MAX :], case.at_ms),
        digests=(*member.digests[1 - RECENT_MAX :], case.digest),
    )


def joined(member: Member, at: datetime) -> Member:
    """Remember when the member came; who comes again is new again only in time, not in messages."""
    return replace(member, joined_ms=milliseconds(at))


def labelled(member: Member, labels: Sequence[Label]) -> Member:
    """Mark a member; a label that is there already lasts as long as the later of both says."""
    if not labels:
        return member
    names = {label.name for label in labels}
    kept = [label for label in member.labels if label.name not in names or label.until_ms > labels[0].until_ms]
    return replace(member, labels=(*kept, *labels)[-LABELS_MAX:])


def labels_at(member: Member, at_ms: int) -> Sequence[str]:
    """Return what a member is marked with at that moment."""
    return sorted({label.name for label in member.labels if at_ms < label.until_ms})


def unlabelled(member: Member, decision: str) -> Member:
    """Take away what a decision marked a member with."""
    return replace(member, labels=tuple(label for label in member.labels if label.decision != decision))


def settled(member: Member, content: str) -> Member:
    """Remember that a person let a content stand."""
    others = [one for one in member.settled if one != content]
    return replace(member, settled=(*others, content)[-SETTLED_MAX:])

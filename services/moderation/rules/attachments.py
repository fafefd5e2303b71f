"""What is attached: by its type, by its hash where the platform tells one, by its size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.moderation.rules.case import Case, Found, Policy
from shared.documents.detectors import Attachments
from shared.events.community import Media

RULE = "attachments"

BYTES_MAX = 2**63 - 1
"""The largest number that conditions know."""


def bytes_of(media: Sequence[Media]) -> int:
    """Return the bytes of all that is attached, as far as they are told."""
    return min(sum(max(0, one.size or 0) for one in media), BYTES_MAX)


def attachments(case: Case, policy: Policy) -> Found | None:
    """Find what is not wanted; facts name types, hashes and sizes, of which none is the member's text."""
    media = case.content.media
    facts = _facts(media, policy.spec.attachments, policy.hashes) if media else None
    return Found(RULE, policy.spec.attachments.then, (), facts) if facts else None


def _facts(media: Sequence[Media], rule: Attachments, hashes: frozenset[str]) -> Mapping[str, str]:
    unwanted = {type_.lower() for type_ in rule.types}
    types = sorted({one.type for one in media if one.type.lower() in unwanted})
    known = sorted({one.hash.lower() for one in media if one.hash and one.hash.lower() in hashes})
    largest = max((one.size or 0 for one in media), default=0)
    found = {"types": " ".join(types[:5]), "hashes": " ".join(known[:5])}
    if rule.bytes is not None and largest > rule.bytes:
        found["bytes"] = str(largest)
    return {name: value for name, value in found.items() if value}


def hashes_of(rule: Attachments) -> frozenset[str]:
    """Return the hashes in the form in which they are compared."""
    return frozenset(map(str.lower, rule.hashes))

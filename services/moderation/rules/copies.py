"""Nearly the same text by several members: copied appeals, and raids.

A text is known by a few pieces of it: the smallest digests of its pairs of words (a bottom-k sketch, after A. Broder,
"On the resemblance and containment of documents", 1997). Two texts that share most of them share most of their words in
the same order, whatever stands around them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from zlib import crc32

from services.moderation.rules.case import Case, Found, Policy
from services.moderation.rules.community import MINUTE_MS, Community, Shared

RULE = "copies"

PIECES = 4
"""Pieces by which a text is known."""

ALIKE = 3
"""So many of them in common make two texts nearly the same."""

WORDS_MAX = 100
"""Words of a text that are looked at."""

REMEMBERED_MAX = 1_200
"""Pieces of one community that are remembered: those of 300 texts."""

AUTHORS_MAX = 50
"""Members that are remembered of one piece: a raid of more is one all the same."""


def copies(case: Case, policy: Policy) -> Found | None:
    """Count the members who wrote nearly the same."""
    rule = policy.spec.copies
    if case.edited or not case.text.plain:
        return None
    members = 1 + len(copiers(case, rule.minutes, rule.words))
    if members < rule.members:
        return None
    whole = (0, case.text.span(0, len(case.text.plain))[1])
    return Found(RULE, rule.then, (whole,), {"members": str(members), "minutes": str(rule.minutes)})


def copiers(case: Case, minutes: int, words: int) -> Sequence[str]:
    """Return the other members who wrote nearly the same in so many minutes before."""
    author = _author(case)
    first_ms = case.at_ms - minutes * MINUTE_MS
    alike: Counter[str] = Counter()
    for piece in pieces_of(case, words):
        shared = case.community.pieces.get(piece, ())
        alike.update({one.author for one in shared if first_ms < one.at_ms <= case.at_ms and one.author != author})
    return [member for member, count in alike.items() if count >= ALIKE]


def pieces_of(case: Case, words: int) -> Sequence[int]:
    """Return by what a text is known; nothing of a short one."""
    told = case.text.plain.split()[:WORDS_MAX]
    if len(told) < words:
        return ()
    digests = {crc32(f"{one} {other}".encode("utf-8", "surrogatepass")) for one, other in pairwise(told)}
    return sorted(digests)[:PIECES]


def remembered(community: Community, case: Case, policy: Policy) -> Community:
    """Return the community with the text remembered."""
    rule = policy.spec.copies
    pieces = () if rule.status == "off" or case.edited else pieces_of(case, rule.words)
    author = _author(case)
    if not pieces or not author:
        return community
    known = dict(community.pieces)
    for piece in pieces:
        before = [one for one in known.pop(piece, ()) if one.author != author]
        known[piece] = (*before[1 - AUTHORS_MAX :], Shared(case.at_ms, author))
    return community._replace(pieces=_bounded(known))


def _bounded(known: dict[int, tuple[Shared, ...]]) -> Mapping[int, tuple[Shared, ...]]:
    """Forget what was written longest ago; a piece that is written again stands last."""
    while len(known) > REMEMBERED_MAX:
        del known[next(iter(known))]
    return known


def _author(case: Case) -> str:
    actor = case.content.actor
    return actor.id if actor else ""

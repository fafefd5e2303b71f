"""Nearly the same text by several members: copied appeals, and raids.

A text is known by a few pieces of it: the smallest digests of its pairs of words (a bottom-k sketch, after A. Broder,
"On the resemblance and containment of documents", 1997). Two texts that share most of them share most of their words in
the same order, whatever stands around them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from zlib import crc32

from services.moderation.rules.case import Case, Found, Policy
from services.moderation.rules.community import MINUTE_MS, NO_PIECES, Community, Pieces, Shared
from services.moderation.rules.text import Text

RULE = "copies"

PIECES = 4
"""Pieces by which a text is known."""

ALIKE = 3
"""So many of them in common make two texts nearly the same."""

WORDS_MAX = 100
"""Words of a text that are looked at."""

REMEMBERED_MAX = 1_200
"""Pieces of one community that are remembered: those of 300 texts."""

FRESH_MAX = 160
"""Pieces that stand apart, so that each text copies few: those of 40 texts."""

AUTHORS_MAX = 50
"""Members that are remembered of one piece: a raid of more is one all the same."""


def copies(case: Case, policy: Policy) -> Found | None:
    """Count the members who wrote nearly the same."""
    rule = policy.spec.copies
    members = 1 + len(copiers(case, rule.minutes)) if case.pieces else 0
    if members < rule.members:
        return None
    whole = (0, case.text.span(0, len(case.text.plain))[1])
    return Found(RULE, rule.then, (whole,), {"members": str(members), "minutes": str(rule.minutes)})


def copiers(case: Case, minutes: int) -> Sequence[str]:
    """Return the other members who wrote nearly the same in so many minutes before."""
    community, author, first_ms = case.community, author_of(case), case.at_ms - minutes * MINUTE_MS
    told = [(*community.pieces.get(piece, ()), *community.fresh.get(piece, ())) for piece in case.pieces]
    if sum(map(bool, told)) < ALIKE:
        return ()
    alike: Counter[str] = Counter()
    for shared in told:
        alike.update({one.author for one in shared if first_ms < one.at_ms <= case.at_ms and one.author != author})
    return [member for member, count in alike.items() if count >= ALIKE]


def pieces_of(text: Text, words: int) -> Sequence[int]:
    """Return by what a text is known; nothing of a short one."""
    told = text.plain.encode("utf-8", "surrogatepass").split()[:WORDS_MAX]
    if len(told) < words:
        return ()
    return sorted({crc32(other, crc32(one)) for one, other in pairwise(told)})[:PIECES]


def remembered(community: Community, case: Case) -> Community:
    """Return the community with the text remembered."""
    author = author_of(case)
    if not case.pieces or not author:
        return community
    fresh = dict(community.fresh)
    for piece in case.pieces:
        before = [one for one in fresh.get(piece, ()) if one.author != author]
        fresh[piece] = (*before[1 - AUTHORS_MAX :], Shared(case.at_ms, author))
    if len(fresh) < FRESH_MAX:
        return community._replace(fresh=fresh)
    return community._replace(pieces=_aged(community.pieces, fresh), fresh=NO_PIECES)


def _aged(old: Pieces, fresh: Pieces) -> Pieces:
    """Put the fresh ones behind the old, and forget what was written longest ago."""
    known = dict(old)
    for piece, shared in fresh.items():
        authors = {one.author for one in shared}
        before = [one for one in known.pop(piece, ()) if one.author not in authors]
        known[piece] = (*before, *shared)[-AUTHORS_MAX:]
    while len(known) > REMEMBERED_MAX:
        del known[next(iter(known))]
    return known


def author_of(case: Case) -> str:
    """Return the author's id; empty where nobody told."""
    actor = case.content.actor
    return actor.id if actor else ""

"""Nearly the same text by several members: copied appeals, and raids.

A text is known by its sketch: the smallest digests of its pairs of words (bottom-k, after A. Broder, "On the resemblance
and containment of documents", 1997). Two texts whose sketches share most pieces share most of their words in the same
order, whatever stands around them. A text that is nearly one of those remembered counts as that one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from zlib import crc32

from services.moderation.rules.case import Case, Found, Policy
from services.moderation.rules.community import MINUTE_MS, Community, Sketch
from services.moderation.rules.text import Text

RULE = "copies"

PIECES = 4
"""Pieces of a sketch."""

ALIKE = 3
"""So many of them in common make two texts nearly the same."""

WORDS_MAX = 100
"""Words of a text that are looked at."""

TEXTS_MAX = 300
"""Texts of one community that are remembered; the one written longest ago goes."""

AUTHORS_MAX = 50
"""Members that are remembered of one text: a raid of more is one all the same."""

NOBODY: Mapping[str, int] = MappingProxyType({})


def copies(case: Case, policy: Policy) -> Found | None:
    """Count the members who wrote nearly the same."""
    rule = policy.spec.copies
    members = 1 + len(copiers(case, rule.minutes)) if case.sketch else 0
    if members < rule.members:
        return None
    whole = (0, case.text.span(0, len(case.text.plain))[1])
    return Found(RULE, rule.then, (whole,), {"members": str(members), "minutes": str(rule.minutes)})


def copiers(case: Case, minutes: int) -> Sequence[str]:
    """Return the other members who wrote nearly the same in so many minutes before."""
    author, last_ms, first_ms = author_of(case), case.at_ms, case.at_ms - minutes * MINUTE_MS
    authors = case.community.texts.get(known_as(case.community, case.sketch), NOBODY)
    return [member for member, at_ms in authors.items() if first_ms < at_ms <= last_ms and member != author]


def sketch_of(text: Text, words: int) -> Sketch:
    """Return by what a text is known; nothing of a short one."""
    told = text.plain.encode("utf-8", "surrogatepass").split()[:WORDS_MAX]
    if len(told) < words:
        return ()
    return tuple(sorted({crc32(other, crc32(one)) for one, other in pairwise(told)})[:PIECES])


def known_as(community: Community, sketch: Sketch) -> Sketch:
    """Return the sketch of the remembered text that is nearly this one; its own where there is none."""
    if sketch in community.texts:
        return sketch
    met = [community.pieces[piece] for piece in sketch if piece in community.pieces]
    if len(met) < ALIKE:
        return sketch
    pieces = set(sketch)
    shared, nearest = max((len(pieces.intersection(other)), other) for other in met)
    return nearest if shared >= ALIKE else sketch


def remembered(community: Community, case: Case) -> Community:
    """Return the community with the text remembered as the one written last."""
    author = author_of(case)
    if not case.sketch or not author:
        return community
    sketch = known_as(community, case.sketch)
    texts = dict(community.texts)
    authors = {member: at_ms for member, at_ms in texts.pop(sketch, NOBODY).items() if member != author}
    if len(authors) == AUTHORS_MAX:
        del authors[next(iter(authors))]
    texts[sketch] = authors | {author: case.at_ms}
    if len(texts) <= TEXTS_MAX:
        return community._replace(texts=texts, pieces=_met(community.pieces, sketch))
    oldest = next(iter(texts))
    del texts[oldest]
    return community._replace(texts=texts, pieces=_met(community.pieces, sketch, oldest))


def _met(pieces: Mapping[int, Sketch], sketch: Sketch, gone: Sketch = ()) -> Mapping[int, Sketch]:
    """Have the pieces lead to this text, and those of one that is forgotten nowhere."""
    known = dict(pieces)
    for piece in gone:
        if known.get(piece) == gone:
            del known[piece]
    known.update(dict.fromkeys(sketch, sketch))
    return known


def author_of(case: Case) -> str:
    """Return the author's id; empty where nobody told."""
    actor = case.content.actor
    return actor.id if actor else ""

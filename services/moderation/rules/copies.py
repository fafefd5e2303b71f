"""Nearly the same text by several members: copied appeals, and raids.

A text is known by its sketch: the smallest digests of its pairs of words (bottom-k, after A. Broder, "On the resemblance
and containment of documents", 1997). Two texts whose sketches share most pieces share most of their words in the same
order, whatever stands around them. A text that is nearly one of those remembered counts as that one.

Digests have no key. Who computes words to add needs two a copy not to be found; of words at random as many as the text has
(one of six is found still). A secret would cost no time, and had to be the same for all processes, every replay and each
backtest: lost or changed, they would decide otherwise. It would not help against who writes the text anew. So there is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from zlib import crc32

from msgspec.structs import replace

from services.moderation.rules.case import Case, Found, Policy
from services.moderation.rules.community import MINUTE_MS, NO_TEXTS, Community, Sketch, Texts
from shared.documents.detectors import COPIERS_MAX
from shared.terms.text import Text

RULE = "copies"

PIECES = 4
"""Pieces of a sketch."""

ALIKE = 3
"""So many of them in common make two texts nearly the same."""

WORDS_MAX = 100
"""Words of a text that are looked at."""

TEXTS_MAX = 300
"""Texts of one community that are remembered; the one written longest ago goes."""

FRESH_MAX = 30
"""Of them those that stand apart, so that each new one copies few."""

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
    authors = authors_of(case.community, case.sketch)
    return [member for member, at_ms in authors.items() if first_ms < at_ms <= last_ms and member != author]


def authors_of(community: Community, sketch: Sketch) -> Mapping[str, int]:
    """Return who wrote a text that is remembered, and when last."""
    lately, before = community.fresh.authors.get(sketch), community.texts.authors.get(sketch)
    if lately is None or before is None:
        return lately or before or NOBODY
    return _written(before, lately)


def sketch_of(text: Text, words: int, community: Community) -> Sketch:
    """Return by what a text is known, be it as one that is nearly the same; nothing of a short one."""
    told = text.plain.encode("utf-8", "surrogatepass").split()[:WORDS_MAX]
    if len(told) < words:
        return ()
    return _known_as(community, tuple(sorted({crc32(other, crc32(one)) for one, other in pairwise(told)})[:PIECES]))


def _known_as(community: Community, sketch: Sketch) -> Sketch:
    """Return the sketch of the remembered text that is nearly this one; its own where there is none."""
    fresh, texts = community.fresh, community.texts
    if sketch in fresh.authors or sketch in texts.authors:
        return sketch
    met = [found for piece in sketch if (found := fresh.pieces.get(piece) or texts.pieces.get(piece))]
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
    sketch, fresh = case.sketch, dict(community.fresh.authors)
    fresh[sketch] = _written(fresh.pop(sketch, NOBODY), {author: case.at_ms})
    lately = Texts(fresh, {**community.fresh.pieces, **dict.fromkeys(sketch, sketch)})
    if len(fresh) <= FRESH_MAX:
        return replace(community, fresh=lately)
    return replace(community, texts=_aged(community.texts, lately), fresh=NO_TEXTS)


def _written(before: Mapping[str, int], lately: Mapping[str, int]) -> Mapping[str, int]:
    """Put those who wrote a text lately behind the others, and forget who wrote it longest ago."""
    authors = {**{member: at_ms for member, at_ms in before.items() if member not in lately}, **lately}
    return authors if len(authors) <= COPIERS_MAX else dict(list(authors.items())[-COPIERS_MAX:])


def _aged(old: Texts, fresh: Texts) -> Texts:
    """Put the fresh texts behind the old ones, and forget those written longest ago."""
    known, pieces = dict(old.authors), {**old.pieces, **fresh.pieces}
    for sketch, authors in fresh.authors.items():
        known[sketch] = _written(known.pop(sketch, NOBODY), authors)
    for sketch in list(known)[:-TEXTS_MAX]:
        del known[sketch]
        for piece in sketch:
            if pieces.get(piece) == sketch:
                del pieces[piece]
    return Texts(known, pieces)


def texts_of(authors: Mapping[Sketch, Mapping[str, int]]) -> Texts:
    """Return texts that are remembered, given in the order in which they were written last."""
    return Texts(authors, {piece: sketch for sketch in authors for piece in sketch})


def author_of(case: Case) -> str:
    """Return the author's id; empty where nobody told."""
    actor = case.content.actor
    return actor.id if actor else ""

"""Two members who answer one another again and again, and not kindly."""

from __future__ import annotations

from itertools import islice
from zlib import crc32

from msgspec.structs import replace

from services.moderation.rules.case import Case, Found, Policy
from services.moderation.rules.community import MINUTE_MS, Community, Turn
from services.moderation.rules.words import RULE as WORDS

RULE = "conflicts"

AUTHORS_MAX = 500
"""Contents of a community whose authors are remembered: people answer what was written lately."""

TURNS_MAX = 200
"""Answers of a community that are remembered."""

SHOUTED, LETTERS_MIN = 0.7, 10
"""The share of capitals from which a text of so many letters is shouted."""


def conflicts(case: Case, policy: Policy) -> Found | None:
    """Count what the two said to one another, this answer with it."""
    rule = policy.spec.conflicts
    turn = None if case.edited else _turn(case)
    if turn is None:
        return None
    first_ms, pair = case.at_ms - rule.minutes * MINUTE_MS, {turn.author, turn.to}
    turns = [one for one in case.community.turns if first_ms < one.at_ms <= case.at_ms and {one.author, one.to} == pair]
    turns.append(turn)
    heated = sum(one.is_heated for one in turns)
    if len(turns) < rule.turns or heated < rule.heated or len({one.author for one in turns}) == 1:
        return None
    return Found(RULE, rule.then, (), {"turns": str(len(turns)), "heated": str(heated), "with": turn.to})


def _turn(case: Case) -> Turn | None:
    """Return whom it answers; None where that is nobody known, or the author."""
    actor, parent = case.content.actor, case.content.parent
    to = None if parent is None else case.community.authors.get(_key(parent))
    if actor is None or to is None or to == actor.id:
        return None
    return Turn(case.at_ms, actor.id, to, is_heated(case))


def is_heated(case: Case) -> bool:
    """Say whether a text holds words of the lists, or is shouted."""
    if any(hit.term.rule == WORDS for hit in case.hits):
        return True
    letters = sum(map(str.isalpha, case.told))
    return letters >= LETTERS_MIN and sum(map(str.isupper, case.told)) >= SHOUTED * letters


def remembered(community: Community, case: Case, policy: Policy) -> Community:
    """Return the community with the author of the content, and whom it answers, remembered."""
    actor, content = case.content.actor, case.content.content_id
    if policy.spec.conflicts.status == "off" or case.edited or actor is None or content is None:
        return community
    authors = {**community.authors, _key(content): actor.id}
    if len(authors) > AUTHORS_MAX:
        authors = dict(islice(authors.items(), len(authors) - AUTHORS_MAX, None))
    turn = _turn(case)
    turns = community.turns if turn is None else (*community.turns[1 - TURNS_MAX :], turn)
    return replace(community, authors=authors, turns=turns)


def _key(content: str) -> int:
    return crc32(content.encode("utf-8", "surrogatepass"))

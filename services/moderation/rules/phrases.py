"""Scam and spam by their signs: what is offered, to whom, how to get in touch, and how it hides itself."""

from __future__ import annotations

from collections.abc import Mapping

from services.moderation.rules.case import Case, Found, Policy
from shared.terms.patterns import SPANS_MAX

RULE = "phrases"
OWN = "own"

ENOUGH = 50
"""The weight of a brand's own phrase: above every threshold."""

WEAK_SIGNS = frozenset({"money", "handle", "urgency", "link", "contact", "remote work"})
"""Everybody's words: without a stronger sign beside them they prove nothing."""

MIXED_WORDS = 2
"""So many words written in two scripts are no slip of the keyboard."""

REGULAR_MESSAGES = 20
"""Who has written so much is known here, and gets the benefit of a doubt."""


def phrases(case: Case, policy: Policy) -> Found | None:
    """Add up the signs. At the threshold the rule's verdict follows; one below it, a moderator's look."""
    rule = policy.spec.phrases
    signs = signs_of(case)
    score = sum(signs.values())
    if score < rule.threshold - 1 or not signs.keys() - WEAK_SIGNS:
        return None
    spans = sorted({(hit.start, hit.end) for hit in case.hits if hit.term.rule == RULE})[:SPANS_MAX]
    facts = {"score": str(score), "signs": " ".join(f"{sign.replace(' ', '-')}:{w}" for sign, w in sorted(signs.items()))}
    return Found(RULE, rule.then if score >= rule.threshold else "flag", spans, facts)


def signs_of(case: Case) -> Mapping[str, int]:
    """Return the weight of each sign; each counts once."""
    signs: dict[str, int] = {}
    for hit in case.hits:
        if hit.term.rule == RULE:
            signs[hit.term.sign] = max(hit.term.weight, signs.get(hit.term.sign, 0))
    if case.links:
        signs["link"] = 2 if any(link.risky for link in case.links) else 1
    if case.text.mixed >= MIXED_WORDS:
        signs["disguise"] = 3 if signs else 2
    if signs and case.member.messages >= REGULAR_MESSAGES:
        signs["known here"] = -1
    return signs

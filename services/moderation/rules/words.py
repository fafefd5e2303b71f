"""Words of the built-in lists and of the brand's own."""

from __future__ import annotations

from services.moderation.rules.case import Case, Found, Policy
from shared.terms.patterns import SPANS_MAX

RULE = "words"


def words(case: Case, policy: Policy) -> Found | None:
    """Find words that are not wanted; facts name the lists they stand in, never the words."""
    rule = policy.spec.words
    hits = [hit for hit in case.hits if hit.term.rule == RULE]
    if not hits:
        return None
    spans = sorted({(hit.start, hit.end) for hit in hits})[:SPANS_MAX]
    return Found(RULE, rule.then, spans, {"lists": " ".join(sorted({hit.term.sign for hit in hits}))})

"""Members who ask to be let in, and whose name gives them away."""

from __future__ import annotations

from services.moderation.rules.case import Found, Policy
from services.moderation.rules.phrases import RULE as PHRASES
from services.moderation.rules.phrases import WEAK_SIGNS
from services.moderation.rules.words import RULE as WORDS
from shared.terms.text import plain

RULE = "join-requests"

NAME_CHARS_MAX = 512
"""Characters of a name that are looked at."""


def join_request(name: str | None, policy: Policy) -> Found | None:
    """Look for words of the lists and signs of spam in a name; facts say which, never the name."""
    rule = policy.spec.join_requests
    if rule.status == "off" or not name:
        return None
    hits = policy.matcher.hits(plain(name[:NAME_CHARS_MAX]))
    lists = {hit.term.sign for hit in hits if hit.term.rule == WORDS}
    signs = {hit.term.sign for hit in hits if hit.term.rule == PHRASES} - WEAK_SIGNS
    if not lists and not signs:
        return None
    told = {"lists": " ".join(sorted(lists)), "signs": " ".join(sign.replace(" ", "-") for sign in sorted(signs))}
    return Found(RULE, rule.then, (), {name: value for name, value in told.items() if value})

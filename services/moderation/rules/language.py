"""Texts in none of a community's languages."""

from __future__ import annotations

from services.moderation.rules.case import Case, Found, Policy
from services.moderation.rules.languages import language_of, letters_of, words_of

RULE = "language"


def language(case: Case, policy: Policy) -> Found | None:
    """Find a text that is surely in another language; short ones and doubtful ones are let be."""
    rule = policy.spec.language
    if len(case.told) < rule.letters or letters_of(words_of(case.told)) < rule.letters:
        return None
    told = language_of(case.told)
    if not told or told in rule.languages:
        return None
    return Found(RULE, rule.then, (), {"language": told})

"""Texts that shout."""

from __future__ import annotations

from services.moderation.rules.case import Case, Found, Policy

RULE = "capitals"


def share_of_capitals(told: str) -> float:
    """Return the share of capitals among the letters, 0 to 1."""
    capitals = 0 if told.islower() else sum(map(str.isupper, told))
    letters = sum(map(str.isalpha, told)) if capitals else 0  # a Roman numeral is a capital and no letter
    return capitals / letters if letters else 0.0


def capitals(case: Case, policy: Policy) -> Found | None:
    """Find texts whose letters are mostly capitals; short ones are names and abbreviations."""
    rule = policy.spec.capitals
    share = share_of_capitals(case.told)
    if share < rule.share or sum(map(str.isalpha, case.told)) < rule.letters:
        return None
    return Found(RULE, rule.then, (), {"share": f"{share:.2f}"})

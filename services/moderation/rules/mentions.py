"""Contents that call too many people at once."""

from __future__ import annotations

from services.moderation.rules.case import Case, Found, Policy

RULE = "mentions"


def mentions(case: Case, policy: Policy) -> Found | None:
    """Count the people that the platform says are mentioned."""
    rule = policy.spec.mentions
    count = len(case.content.mentions or ())
    return Found(RULE, rule.then, (), {"mentions": str(count)}) if count > rule.count else None

"""Too many messages of one member in too short a time."""

from __future__ import annotations

from services.moderation.rules.case import Case, Found, Policy
from services.moderation.rules.members import within

RULE = "flood"


def flood(case: Case, policy: Policy) -> Found | None:
    """Count what the member wrote before it, by the time it was written; an edit is no further message."""
    rule = policy.spec.flood
    if case.edited:
        return None
    count = 1 + within(case, rule.seconds)
    if count <= rule.messages:
        return None
    return Found(RULE, rule.then, (), {"messages": str(count), "seconds": str(rule.seconds)})

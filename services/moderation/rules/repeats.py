"""The same text again by the same member."""

from __future__ import annotations

from services.moderation.rules.case import Case, Found, Policy
from services.moderation.rules.members import within

RULE = "repeats"


def repeats(case: Case, policy: Policy) -> Found | None:
    """Count equal texts, whatever disguise they wear; short ones are everybody's."""
    rule = policy.spec.repeats
    if rule.status == "off" or case.edited or len(case.text.plain) < rule.chars:
        return None
    times = 1 + sum(1 for said in within(case, rule.seconds) if said.digest == case.digest)
    if times < rule.times:
        return None
    return Found(RULE, rule.then, ((0, case.text.span(0, len(case.text.plain))[1]),), {"times": str(times)})

"""The same text again by the same member."""

from __future__ import annotations

from services.moderation.rules.case import Case, Found, Policy
from services.moderation.rules.members import same_text
from services.moderation.rules.phrases import RULE as PHRASES

RULE = "repeats"


STUBBORN = 2
"""So many copies more are asked for where nothing is advertised: people do say the same thing again."""

EVERYDAY = frozenset({"money", "urgency", "remote work"})
"""Signs that advertise nothing by themselves: everybody asks for prices."""


def repeats(case: Case, policy: Policy) -> Found | None:
    """Count equal texts, whatever disguise they wear; short ones are everybody's."""
    rule = policy.spec.repeats
    if case.edited or len(case.text.plain) < rule.chars:
        return None
    times = 1 + same_text(case, rule.seconds)
    advertises = bool(case.links) or any(h.term.rule == PHRASES and h.term.sign not in EVERYDAY for h in case.hits)
    if times < (rule.times if advertises else rule.times + STUBBORN):
        return None
    whole = (0, case.text.span(0, len(case.text.plain))[1])
    facts = {"times": str(times), "advertises": str(advertises).lower()}
    return Found(RULE, rule.then if advertises else "flag", (whole,), facts)

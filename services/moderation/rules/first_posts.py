"""What members write first, for a moderator to see."""

from __future__ import annotations

from services.moderation.rules.case import Case, Found, Policy

RULE = "first-posts"


def first_posts(case: Case, policy: Policy) -> Found | None:
    """Find the first contents of a member who is not known here yet; an edit is no further content, and is let be."""
    rule = policy.spec.first_posts
    if case.edited or case.member.messages >= rule.messages:
        return None
    return Found(RULE, rule.then, (), {"messages": str(case.member.messages)})

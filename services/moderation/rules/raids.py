"""Many members who join at once. What is found concerns the community; conditions ask for `community.raid_minutes`."""

from __future__ import annotations

from services.moderation.rules.case import Found, Policy
from services.moderation.rules.community import MINUTE_MS, Community, within

RULE = "raids"

UNKNOWN = -1
"""Minutes since a raid, where there was none."""


def raid(community: Community, at_ms: int, policy: Policy) -> Found | None:
    """Look at how many joined in the minutes before, this one with them. One raid is found once within its window."""
    rule = policy.spec.raids
    if rule.status == "off" or is_under_way(community, at_ms, rule.minutes):
        return None
    joins = 1 + within(community, at_ms, rule.minutes).joins
    if joins < rule.joins:
        return None
    return Found(RULE, rule.then, (), {"joins": str(joins), "minutes": str(rule.minutes)})


def is_under_way(community: Community, at_ms: int, minutes: int) -> bool:
    """Say whether a raid was seen so shortly before."""
    return community.raided_ms is not None and community.raided_ms <= at_ms < community.raided_ms + minutes * MINUTE_MS


def minutes_since(community: Community, at_ms: int) -> int:
    """Return the minutes since a raid was seen; -1 where none was."""
    if community.raided_ms is None or community.raided_ms > at_ms:
        return UNKNOWN
    return (at_ms - community.raided_ms) // MINUTE_MS

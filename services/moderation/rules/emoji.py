"""Texts that are more pictures than words. A family, a flag or a thumb with its colour is one emoji."""

from __future__ import annotations

import re

from emoji import emoji_count

from services.moderation.rules.case import Case, Found, Policy

RULE = "emoji"

LOOKED_CHARS_MAX = 2_000
"""Characters of emoji that are counted: no policy asks for more, and the library needs 2.5 microseconds for each."""

_PICTURED = re.compile(
    "(?:[#*0-9]\ufe0f?\u20e3|[\u00a9\u00ae]\ufe0f|[\u200d\u203c\u2049\u20e3\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff\U000e0020-\U000e007f])+"
)
"""Runs of characters of which emoji are made: the library, which knows each, then looks at these alone."""


def count_of_emoji(told: str) -> int:
    """Return how many emoji the text shows; arrows and copyright signs are emoji only where they are shown as such."""
    return emoji_count(" ".join(_PICTURED.findall(told))[:LOOKED_CHARS_MAX])


def emoji(case: Case, policy: Policy) -> Found | None:
    """Count what the text shows."""
    rule = policy.spec.emoji
    count = count_of_emoji(case.told)
    return Found(RULE, rule.then, (), {"emoji": str(count)}) if count > rule.count else None

"""The brake: beyond so many automatic acts in so short a time, further ones wait for a person."""

from __future__ import annotations

from services.moderation.rules.community import MINUTE_MS, Community, within
from shared.documents.discipline import Brakes

RULE = "brakes"


def is_open(community: Community, at_ms: int, brakes: Brakes) -> bool:
    """Say whether one act more would be one too many."""
    if brakes.status == "off":
        return False
    lately = within(community, at_ms, brakes.minutes)
    return lately.acts >= limit(brakes, lately.messages)


def limit(brakes: Brakes, messages: int) -> int:
    """Return how many acts are let through beside so many messages."""
    return max(brakes.acts, messages * brakes.share // 100)


def is_new(community: Community, at_ms: int, brakes: Brakes) -> bool:
    """Say whether the brake was not open in the window before: it is told once."""
    return community.braked_ms is None or not 0 <= at_ms - community.braked_ms < brakes.minutes * MINUTE_MS

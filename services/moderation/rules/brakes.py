"""The brake: beyond so many automatic acts in so short a time, further ones wait for a person."""

from __future__ import annotations

from services.moderation.rules.community import MINUTE_MS, Community, within
from services.moderation.rules.consequences import following
from shared.documents.discipline import Brakes
from shared.events import event_id
from shared.events.moderation import Brake, BrakeOpened, DecisionMade

RULE = "brakes"


def is_open(community: Community, at_ms: int, brakes: Brakes) -> bool:
    """Say whether one act more would be one too many."""
    if brakes.status == "off":
        return False
    return within(community, at_ms, brakes.minutes).acts >= limit(community, at_ms, brakes)


def limit(community: Community, at_ms: int, brakes: Brakes) -> int:
    """Return how many acts are let through beside the messages of that time."""
    return max(brakes.acts, within(community, at_ms, brakes.minutes).messages * brakes.share // 100)


def is_new(community: Community, at_ms: int, brakes: Brakes) -> bool:
    """Say whether the brake was not open in the window before: it is told once."""
    return community.braked_ms is None or not 0 <= at_ms - community.braked_ms < brakes.minutes * MINUTE_MS


def brake_opened(made: DecisionMade, rule: str, limit: int, brakes: Brakes) -> BrakeOpened:
    """Return that the brake opened with a decision which it holds back. `rule` tells whose acts it counts."""
    data = Brake(rule=rule, limit=limit, window_s=brakes.minutes * 60)
    attributes = following(made, event_id("moderation.brake", made.id)) | {"subject": made.community}
    return BrakeOpened(**attributes, data=data)

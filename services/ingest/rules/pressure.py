"""Who is asked to come again when Kafka is slower than what comes in: likes first, complaints last.

Nothing is lost by it where the platform sends again what was not taken in. Telegram, Facebook, Instagram, VK and YouTube's
hub do for hours, by their own clocks; Slack three times within an hour or so. Discourse does where an admin has turned
`retry_web_hook_events` on (off by default), and Discord never repeats an interaction: so these are urgent, or nearly.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from services.ingest.connectors.urgency import Urgency


class Bound(NamedTuple):
    """Up to which share of the buffer a class is taken in, and after how many seconds it may come again."""

    fill_max: float
    wait_s: int


BOUNDS: Mapping[Urgency, Bound] = MappingProxyType(
    {
        Urgency.LOWEST: Bound(0.50, 60),
        Urgency.LOW: Bound(0.75, 30),
        Urgency.NORMAL: Bound(0.90, 10),
        Urgency.HIGH: Bound(1.00, 5),
    }
)
"""Whoever can wait leaves room early, and stays away for longer, so that those who come back do not meet the next wave."""


EASE = min(bound.fill_max for bound in BOUNDS.values())
"""Up to here everybody is taken in, and nobody need be asked how urgent it is."""


def wait_s(fill: float, urgency: Urgency) -> int:
    """Return 0 where something of this class is taken in, else after how many seconds it may come again.

    `fill` is the share of the buffer that waits for Kafka already, from 0 to 1.
    """
    bound = BOUNDS[urgency]
    return bound.wait_s if fill > bound.fill_max or fill >= 1 else 0

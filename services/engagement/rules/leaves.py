"""What a grant on the bus is added up with in its account. Pure."""

from __future__ import annotations

from datetime import date

from services.engagement.rules.days import EXEMPT, UNCAPPED, Leaf
from shared.events.engagement import Points

BRAND = "-"
"""Stands for the community of what concerns the brand as a whole."""


def leaf_of(data: Points, community: str | None) -> Leaf:
    """Return what a grant is added up with: what is paid once for good is the same wherever it was earned."""
    place, cap = community or BRAND, _cap(data.cap)
    slot, slot_cap = (0, UNCAPPED) if data.slot is None else (data.slot, abs(data.uncapped))
    if data.exempt:
        place = EXEMPT if data.day == date.min else f"{EXEMPT}{place}"
        return Leaf(place, data.rule, cap, UNCAPPED, UNCAPPED, slot_cap, slot)
    return Leaf(place, data.rule, cap, _cap(data.community_cap), _cap(data.brand_cap), slot_cap, slot)


def _cap(told: int | None) -> int:
    return UNCAPPED if told is None else told

"""What a grant on the bus is added up with in its account. Pure."""

from __future__ import annotations

from datetime import date

from services.engagement.rules.days import EXEMPT, UNCAPPED, Leaf
from shared.events.engagement import Points

BRAND = "-"
"""Stands for the community of what concerns the brand as a whole."""


def leaf_of(data: Points, community: str | None) -> Leaf:
    """Return what a grant is added up with: what is paid once for good is the same wherever it was earned."""
    place = community or BRAND
    cap = UNCAPPED if data.cap is None else data.cap
    slot, slot_cap = (0, UNCAPPED) if data.slot is None else (data.slot, abs(data.uncapped))
    if data.exempt:
        place = EXEMPT if data.day == date.min else f"{EXEMPT}{place}"
        return Leaf(place, data.rule, cap, UNCAPPED, UNCAPPED, slot_cap, slot)
    community_cap = UNCAPPED if data.community_cap is None else data.community_cap
    brand_cap = UNCAPPED if data.brand_cap is None else data.brand_cap
    return Leaf(place, data.rule, cap, community_cap, brand_cap, slot_cap, slot)

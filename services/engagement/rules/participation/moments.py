"""How a moment is told to members. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from shared.said import Said


def when(at: datetime, zone: ZoneInfo | None) -> Said:
    """Return a moment as it stands on the wall there; without a time zone as pages tell times, in UTC."""
    if zone is None:
        told = f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        return Said(told, told)
    there = at.astimezone(zone)
    return Said(f"{there:%Y-%m-%d %H:%M} ({zone.key})", f"{there:%d.%m.%Y %H:%M} ({zone.key})")

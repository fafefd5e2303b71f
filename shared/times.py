"""Times as people read them, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from shared.documents.discipline import SECONDS, Duration
from shared.said import Said, plural

SHORT: Mapping[str, tuple[str, str]] = MappingProxyType({"m": ("min", "мин"), "h": ("h", "ч"), "d": ("d", "дн.")})
"""Units beside a number: English, Russian."""

LONG: Mapping[str, tuple[tuple[str, str], tuple[str, str, str]]] = MappingProxyType(
    {
        "m": (("minute", "minutes"), ("минуту", "минуты", "минут")),
        "h": (("hour", "hours"), ("час", "часа", "часов")),
        "d": (("day", "days"), ("день", "дня", "дней")),
    }
)
"""Units of a duration: one and many in English; one, few and many in Russian, as the object of a sentence."""


def age(since: datetime, now: datetime) -> Said:
    """Return how long ago that was: minutes, from two hours on hours, from two days on days."""
    passed_s = max(0, (now - since) // timedelta(seconds=1))
    unit = next((unit for unit in ("d", "h") if passed_s >= 2 * SECONDS[unit]), "m")
    number, (en, ru) = passed_s // SECONDS[unit], SHORT[unit]
    return Said(f"{number} {en}", f"{number} {ru}")


def lasting(duration: Duration) -> Said:
    """Return a duration of a policy in words: `7d` is seven days."""
    number, (english, russian) = int(duration[:-1]), LONG[duration[-1]]
    return Said(f"{number} {english[number != 1]}", f"{number} {russian[plural(number)]}")


def clock(at: str) -> str:
    """Return a moment of the API (ISO 8601, UTC) as people read it."""
    return f"{at[:10]} {at[11:16]} UTC"

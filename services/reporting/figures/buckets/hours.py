"""Hours since 1970 (UTC): the grain in which everything is kept.

A zone that is not a whole number of hours from UTC (India, Nepal) is served too: an hour belongs to the day in which it
begins, so up to 45 minutes at midnight count for the day before.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

HOUR_S = 3_600
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MONTHS_CACHED = 20_000
"""Hours whose month is remembered: more than two years of them."""


def hour_of(instant: datetime) -> int:
    """Return the hour in which an instant lies."""
    return int(instant.timestamp() // HOUR_S)


def start_of(hour: int) -> datetime:
    """Return when an hour begins."""
    return _EPOCH + timedelta(hours=hour)


@lru_cache(maxsize=MONTHS_CACHED)
def month_of(hour: int) -> int:
    """Return the first hour of the hour's month, in UTC."""
    return hour_of(start_of(hour).replace(day=1, hour=0))


@lru_cache(maxsize=MONTHS_CACHED)
def hour_at(stored: datetime) -> int:
    """Return the hour of a stored instant: in UTC, whether it says so or not; of no other zone."""
    return hour_of(stored.replace(tzinfo=UTC))

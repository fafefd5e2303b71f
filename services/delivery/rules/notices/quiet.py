"""Quiet hours: whether it is one, and when it ends, by the clock on the wall, whatever summer time does to it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.delivery.rules.declared import minutes
from shared.documents.outward import Quiet


def quiet_until(at: datetime, quiet: Quiet | None, brand_zone: str) -> datetime | None:
    """Return when the quiet hours end that `at` is in; None where it is in none."""
    if quiet is None:
        return None
    local = at.astimezone(ZoneInfo(quiet.timezone or brand_zone))
    if not _is_quiet(local, quiet):
        return None
    return _next(local, minutes(quiet.to))


def _is_quiet(local: datetime, quiet: Quiet) -> bool:
    now, begin, end = local.hour * 60 + local.minute, minutes(quiet.from_), minutes(quiet.to)
    return begin <= now < end if begin < end else now >= begin or now < end


def _next(local: datetime, end: int) -> datetime:
    """Return the next moment at which the clock on the wall shows that time, or would, where it is left out."""
    clock = time(end // 60, end % 60)
    for days in (0, 1):
        for fold in (0, 1):  # an hour that comes twice ends the second time, for who is in the second one
            found = datetime.combine(local.date() + timedelta(days), clock, local.tzinfo).replace(fold=fold)
            if found.astimezone(UTC) > local.astimezone(UTC):
                return found.astimezone(UTC)
    return local.astimezone(UTC) + timedelta(days=1)  # no zone leaves out two days

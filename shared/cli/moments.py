"""The moments that people name in commands: so long ago, a date, an instant."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from shared.cli.client import fail
from shared.documents.discipline import seconds

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Before it no bus held anything."""

_AGO = re.compile(r"[1-9][0-9]{0,3}[mhd]", re.ASCII)
"""A duration of policies."""


def moment(told: str, now: datetime) -> datetime:
    """Return the moment that a person means: so long ago, or a date or instant. Ends the command where it is none."""
    if _AGO.fullmatch(told):
        return now - timedelta(seconds=seconds(told))
    try:
        found = datetime.fromisoformat(told)
        found = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    except ValueError:
        fail(f"{told} is no time; write 30d, 12h, 2026-03-01 or 2026-03-01T09:30:00+03:00")
    return max(found, EARLIEST)

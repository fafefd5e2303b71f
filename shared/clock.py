"""The one clock. Rules take time from events; only edges, schedulers and metrics ask here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the one place


class SetClock:
    """A clock that stands where it is put: for tests and simulations."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the instant it was put at."""
        return self.at

    def forward(self, by: timedelta) -> None:
        """Move it on."""
        self.at += by

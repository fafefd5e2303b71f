"""What is planned to be published waits in a crisis: until when, for each cause. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec

HOLDS_MAX = 100
"""Causes that hold one community: of more the latest ends are kept."""


class Hold(NamedTuple):
    """Something asks that nothing planned is published in a community up to `until`; what is over lets it go on."""

    brand: str
    community: str
    cause: str
    until: datetime
    at: datetime


class HoldState(msgspec.Struct, frozen=True):
    """Who holds a community, and until when."""

    brand: str
    community: str
    holds: Mapping[str, datetime]

    @property
    def until(self) -> datetime:
        """When the last of them is over."""
        return max(self.holds.values())


def held(state: HoldState | None, told: Hold) -> HoldState | None:
    """Return who holds it now; None where nobody does. What was over when this was asked is forgotten."""
    before = {} if state is None else dict(state.holds)
    before[told.cause] = told.until
    running = {cause: until for cause, until in before.items() if until > told.at}
    if not running:
        return None
    latest = sorted(running.items(), key=lambda one: (one[1], one[0]))[-HOLDS_MAX:]
    return HoldState(told.brand, told.community, dict(latest))

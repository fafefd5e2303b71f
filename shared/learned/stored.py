"""Models of brands as they are stored and in force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal, NamedTuple

from shared.learned.model import Model
from shared.policy import InForce

ModelStatus = Literal["off", "shadow", "live"]
"""In shadow it is noted what would follow from its scores, and nothing follows."""

PLACES = 6
"""Decimal places of a score: sums of thousands of products differ between machines in the sixteenth."""


class Stored(NamedTuple):
    """A version of a model."""

    version: str
    """Of its file: the beginning of its digest."""
    status: ModelStatus
    read: Callable[[], Model] | None
    """Returns the model, which may have to be read from its file first; None where it is off."""


Models = InForce[Stored | None]
"""Asked as policies are, with a model's name in the place of a community; None where there is none at that time."""


class NoModels:
    """No brand has any."""

    async def refresh(self) -> None:
        """Do nothing."""

    def at(self, brand: str, community: str | None, moment: datetime) -> Stored | None:
        """Return none."""
        del brand, community, moment
        return None

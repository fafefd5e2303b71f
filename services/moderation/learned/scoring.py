"""Models of brands as they are stored and in force, and asking them about a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from services.moderation.learned.model import Model, probabilities
from services.moderation.rules.scores import Scored, Scoring
from shared.policy import InForce
from shared.terms.text import Text

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


def scoring(models: Models, brand: str, moment: datetime) -> Scoring:
    """Return what asks a brand's models as they were in force at that moment. Each costs about 110 µs a text.

    Raises Unprocessable where the file of a version is lost, Retryable where it cannot be read now.
    """

    def asked(text: Text, names: Sequence[str]) -> Sequence[Scored]:
        return list(_scored(models, brand, moment, text, names))

    return asked


def _scored(models: Models, brand: str, moment: datetime, text: Text, names: Sequence[str]) -> Iterator[Scored]:
    for name in names:
        stored = models.at(brand, name, moment)
        if stored is not None and stored.read is not None:
            found = {label: round(share, PLACES) for label, share in probabilities(stored.read(), text).items()}
            yield Scored(name, stored.version, stored.status == "shadow", found)

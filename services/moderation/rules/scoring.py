"""Asking a brand's models about a text, for rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from services.moderation.rules.scores import Scored, Scoring
from shared.learned.model import probabilities
from shared.learned.stored import PLACES, Models
from shared.terms.text import Text


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

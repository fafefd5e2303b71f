"""How a rule fared by what people decided, and what days come to."""

from __future__ import annotations

from collections.abc import Sequence

from services.moderation.backtest.report import Day, Measure
from services.moderation.cases.truth import Content


def measured(hits: int, decided: set[Content], broke: set[Content]) -> Measure:
    """Return precision and recall (van Rijsbergen, Information Retrieval, 1979) over contents that people decided of."""
    right = len(decided & broke)
    return Measure(
        hits=hits,
        right=right,
        wrong=len(decided) - right,
        precision=_share(right, len(decided)),
        recall=_share(right, len(broke)),
    )


def _share(part: int, of: int) -> float | None:
    return round(part / of, PLACES) if of else None


PLACES = 4
"""Decimal places of a share: thousands of decisions tell no more."""


def days_between(days: Sequence[Day]) -> tuple[int, int]:
    """Return how many more decisions wait for a person in all, and how many more contents are taken away."""
    queue = sum(day.candidate.queue - day.live.queue for day in days)
    return queue, sum(day.candidate.removed - day.live.removed for day in days)

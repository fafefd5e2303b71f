"""How what members earn is spread among them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from services.engagement.simulating.report import Spread

PLACES = 4
"""Decimal places of a share: more is noise."""


def gini(amounts: Sequence[int]) -> float | None:
    """Return Gini's coefficient of amounts above 0: 0 where all have the same, towards 1 where one has all.

    It is half of the relative mean difference, `sum |x_i - x_j| / (2 n**2 mean)` (C. Gini, Variabilita e mutabilita, 1912),
    added up over the ordered amounts: `2 sum i x_i / (n sum x_i) - (n + 1) / n` (A. Sen, On Economic Inequality, 1973,
    section 2.2). In whole numbers up to one division. None where there are no amounts.
    """
    count, total = len(amounts), sum(amounts)
    if not count:
        return None
    ranked = sum(place * amount for place, amount in enumerate(sorted(amounts), 1))
    return (2 * ranked - (count + 1) * total) / (count * total)


def top_share(amounts: Sequence[int], percent: int) -> float | None:
    """Return what part of all amounts the highest `percent` of them are, at least one; None where there are no amounts."""
    if not amounts:
        return None
    best = sorted(amounts, reverse=True)[: max(1, -(-len(amounts) * percent // 100))]
    return sum(best) / sum(amounts)


def spread(amounts: Sequence[int]) -> Spread:
    """Return how amounts are spread; those of 0 and less are nobody's earnings."""
    earned = [amount for amount in amounts if amount > 0]
    return Spread(
        earners=len(earned),
        below=sum(amount < 0 for amount in amounts),
        gini=_rounded(gini(earned)),
        top_1_percent=_rounded(top_share(earned, 1)),
        top_10_percent=_rounded(top_share(earned, 10)),
        median=float(median(earned)) if earned else None,
    )


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, PLACES)

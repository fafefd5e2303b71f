"""The bar: what is stronger than the strongest moment of ordinary days.

How strong a community's own bursts are is not computed from a distribution but taken from its past: each day's highest
strength is kept, and the bar stands some standard deviations above their mean.
"""

from __future__ import annotations

from math import fsum, sqrt

from msgspec import Struct

DAYS = 28
"""So many daily maxima are kept; after that a crisis is forgotten."""

DAYS_MIN = 14
"""With fewer of them there is no bar, and no alarm."""

DEVIATIONS = 2.3
"""How far the bar stands above the mean; chosen on the even weeks of a real history (docs/crisis-quality.md)."""

ABOVE_MAX = 1.0
"""A moment counts at most so far above the bar: a crisis raises the next bar a little, however big it was."""


class Record(Struct, frozen=True, gc=False):
    """The maxima of the last whole days, the oldest first, and of the day that runs."""

    past: tuple[float, ...] = ()
    today: float = 0.0
    """A day on which nothing happens counts 0."""
    bar: float | None = None
    """The strength above which it is an alarm today; None where too few days are known."""

    @property
    def strength_max(self) -> float | None:
        """Return how strong a moment may count; None where there is no bar."""
        return None if self.bar is None else self.bar + ABOVE_MAX


def noted(record: Record, strength: float) -> Record:
    """Return it with one more moment of the day that runs."""
    return Record(record.past, strength, record.bar) if strength > record.today else record


def next_day(record: Record) -> Record:
    """Return it when the day has ended."""
    past = (*record.past, record.today)[-DAYS:]
    return Record(past, bar=_bar(past))


def _bar(past: tuple[float, ...]) -> float | None:
    if len(past) < DAYS_MIN:
        return None
    mean = fsum(past) / len(past)
    return mean + DEVIATIONS * sqrt(fsum((one - mean) ** 2 for one in past) / len(past))

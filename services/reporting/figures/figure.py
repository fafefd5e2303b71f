"""What a figure is: an id, words in two languages, and how it is computed from what a period adds up to. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from services.reporting.figures.buckets.purchase import Purchase
from services.reporting.figures.buckets.ruling import Ruling
from shared.platforms import Fact, tells
from shared.said import Said
from shared.topics import DECISIONS, EVENTS, LEDGER, RECEIPTS

Counts = tuple[tuple[str, int], ...]
"""What an event adds to its hour: names, and how much of each."""

Value = float | None
"""Of a figure; None where nothing tells it, or where there is nothing to divide by."""


Seconds = NDArray[np.float64]
"""How long was waited for something, a number for each; NaN where it has not come yet."""

NONE: Seconds = np.zeros(0)


class Asked(NamedTuple):
    """The questions of a period, a number for each: until the first answer, until the brand's, until one was accepted."""

    answered: Seconds = NONE
    staff: Seconds = NONE
    solved: Seconds = NONE


class Sums(Struct, frozen=True, kw_only=True):
    """What a period adds up to."""

    counts: Mapping[str, int]
    """Of the period, by name."""
    ever: Mapping[str, int] = {}
    """Of all that was before its end, by name."""
    active: int = 0
    """Distinct members who wrote something."""
    active_days: int = 0
    """The same of each day, added up."""
    days: int = 0
    """Whole days of the period; 0 where it is shorter than one."""
    questions: Asked = Asked()
    newcomers: Seconds = NONE
    """Of each who wrote for the first time, until somebody else answered."""
    rulings: Sequence[Ruling] = ()
    purchases: Sequence[Purchase] = ()
    """Those of the period."""
    earlier: Mapping[str, int] = {}
    """How often each buyer of the period had bought before it."""
    subscribers: int = 0
    """Members who have a paid subscription at its end."""


class Form(StrEnum):
    """How a value is written."""

    COUNT = "count"
    SHARE = "share"
    """A part of the whole, from 0 to 1: written in per cent."""
    RATE = "rate"
    """So many for each of something."""
    SECONDS = "seconds"
    """Written as minutes, hours or days."""


class Figure(Struct, frozen=True, kw_only=True):
    """One figure of the reports."""

    id: str
    name: Said
    definition: Said
    unit: Said
    compute: Callable[[Sums], Value]
    form: Form = Form.COUNT
    needs: tuple[Fact, ...] = ()
    """Of these a platform must tell one; none: it is made of what every platform tells, or of our own decisions."""
    topics: tuple[str, ...] = (EVENTS.name,)
    """Where on the bus the facts stand that it is made of."""
    group: str | None = None
    """The fold that counts it, where it is another than those of figures and points."""

    def is_told_by(self, platform: str) -> bool:
        """Return whether the platform can tell it: where it cannot, it is unknown, which is not zero."""
        return not self.needs or any(tells(platform, fact) for fact in self.needs)

    def of(self, sums: Sums, platforms: frozenset[str]) -> Value:
        """Return the value, or None where none of the platforms tells it.

        What was counted all the same stands: the export of a history may tell more than the platform does.
        """
        value = self.compute(sums)
        untold = platforms and not any(map(self.is_told_by, platforms))
        return None if untold and not value else value


def counted(*names: str) -> Callable[[Sums], Value]:
    """Return how a figure is computed that is one count, or several together."""
    return lambda sums: sum(sums.counts.get(name, 0) for name in names)


def less(name: str, *taken_back: str) -> Callable[[Sums], Value]:
    """Return how a figure is computed that is one count less others."""
    return lambda sums: sums.counts.get(name, 0) - sum(sums.counts.get(other, 0) for other in taken_back)


def per(numerator: float | None, denominator: float | None, scale: float = 1.0) -> Value:
    """Return how many of the one there are for so many of the other; None where there is none of the other."""
    return None if not denominator or numerator is None else numerator / denominator * scale


def middle(seconds: Seconds) -> Value:
    """Return the median; None of nothing. Times of response are skewed: one forgotten question would move a mean by days."""
    found = seconds[~np.isnan(seconds)]
    return float(np.median(found)) if len(found) else None


def came(seconds: Seconds) -> int:
    """Return for how many it has come."""
    return int(np.count_nonzero(~np.isnan(seconds)))


MEMBERS = Said("members", "участники")
CONTENTS = Said("contents", "публикации")
REACTIONS = Said("reactions", "реакции")
POINTS = Said("points", "баллы")
TIMES = Said("times", "раз")
PER_CENT = Said("per cent", "проценты")
DURATION = Said("time", "время")

OF_DECISIONS = (DECISIONS.name,)
OF_RECEIPTS = (RECEIPTS.name,)
OF_LEDGER = (LEDGER.name,)

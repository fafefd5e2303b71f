"""How strongly what happens speaks for a surge: a cumulative sum (CUSUM) of the log-likelihood ratio.

Two assumptions are held against each other: people come as usual, or TIMES as fast. Each person adds ln(TIMES), or less
(`regulars`), time takes (TIMES - 1) for each person who was expected; below zero the sum starts anew (Page, 1954). So a
surge adds up however long it takes to show, and the moment at which the sum left zero is the best guess of when it began.
It rises only where people come faster than (TIMES - 1) / ln(TIMES), 3.4 times the usual.
"""

from __future__ import annotations

from math import log, sqrt

from msgspec import Struct

TIMES = 8.0
"""The surge that is found soonest; chosen on the even weeks of a real history (docs/crisis-quality.md)."""

PERSON = log(TIMES)

SUM_MAX = 36.0
"""Where no bar is known yet, so that it falls again within some days."""


class Surge(Struct, frozen=True, gc=False):
    """What came since the sum left zero."""

    sum: float = 0.0
    since: float = 0.0
    """When the first of them came."""
    people: int = 0
    expected: float = 0.0

    @property
    def strength(self) -> float:
        """The square root of the sum: days' maxima of it spread evenly enough for a mean and a deviation."""
        return sqrt(self.sum)


NONE = Surge()


def waited(surge: Surge, expected: float) -> Surge:
    """Return what is left of it after a time in which nobody came and so many were expected."""
    left = surge.sum - (TIMES - 1) * expected
    return Surge(left, surge.since, surge.people, surge.expected + expected) if left > 0 else NONE


def came(surge: Surge, second: float, strength_max: float | None, weight: float = PERSON) -> Surge:
    """Return it with one more person, who adds `weight`; it grows no stronger than that, so it ends soon after the last."""
    limit = SUM_MAX if strength_max is None else strength_max**2
    since = surge.since if surge.people else second
    return Surge(min(limit, surge.sum + weight), since, surge.people + 1, surge.expected)

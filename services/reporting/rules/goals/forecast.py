"""Where a figure will be: its recent level carried on, with an interval from how wrong that was in its own past. Pure.

A level by exponential smoothing of weeks (Brown, 1959), shared out to weekdays as the last weeks were; the interval is made
of the errors which the same forecast would have had at past days (rolling origins: Tashman, 2000), as quantiles of them
(conformal prediction: Vovk et al., 2005). No distribution is assumed.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
"""A number for each day or window, the oldest first."""

WEEK = 7
DAYS_MIN = 28
"""So many days must be known; with fewer of them nobody knows what a week is like."""
KNOWN_MIN = 14
"""An origin of the past is one where so many days were known before."""
ORIGINS_MIN = 8
"""With fewer past errors they are taken of a shorter time ahead, and widened."""
HALF_LIFE_WEEKS, HALF_LIFE_WINDOWS = 1.5, 0.6
"""What was so long ago counts half; windows share days with their neighbours, so the newest holds most."""
PROFILE_WEEKS = 8
"""Weekdays are compared over so many."""
ORIGINS_DAYS_MAX = 365
"""Errors are taken of the last year."""
SCALE_DAYS, SCALE_WINDOWS = 0.63, 0.7
"""What errors are multiplied by: taken to both sides, those of one direction make the interval too wide."""
GROWS = 0.75
"""Where errors of so long a time are not known: how they grow with it, as a power."""
FEW = 0.66
"""Errors overlap: of independent ones there are as many as lengths. An interval of so few is wider, by Student's t at 90 per
cent over the normal distribution's, to the first order of its expansion (Fisher and Cornish, 1960)."""
CHANCE = 0.5
"""Roots of counts vary at least so much (their standard deviation) by chance alone: as Poisson's do (Bartlett, 1936)."""
CHANCES = np.array([NormalDist(0, CHANCE).inv_cdf((n + 0.5) / 100) for n in range(100)])
LOW, HIGH = 0.1, 0.9
"""Of the interval that holds the truth in four of five cases."""


class Bounds(NamedTuple):
    """What values there can be."""

    least: float = -np.inf
    most: float = np.inf
    whole: bool = False
    """Whether it is a count: the interval ends at whole numbers then, outside of what it would be."""


ANY = Bounds()


class Ahead(NamedTuple):
    """What is expected."""

    expected: float
    low: float
    high: float
    """The interval of 80 per cent."""
    sample: Values
    """What may come, ascending, each as probable as any other."""

    def plus(self, known: float) -> Ahead:
        """Return the same with something that is known already."""
        return Ahead(self.expected + known, self.low + known, self.high + known, self.sample + known)

    def probability(self, target: float, *, rises: bool) -> float:
        """Return how probable it is that the target is reached; never 0 or 1."""
        reached = self.sample >= target if rises else self.sample <= target
        return float((np.count_nonzero(reached) + 0.5) / (len(self.sample) + 1))


def total_ahead(days: Values, gap: int, length: int, bounds: Bounds = ANY) -> Ahead | None:
    """Return the sum over `length` days after `gap` days from now; None where too few days are known."""
    if len(days) < DAYS_MIN:
        return None
    sums = np.concatenate(([0.0], np.cumsum(days)))

    def errors(gap: int, length: int) -> Values:
        last = len(days) - gap - length
        first = max(KNOWN_MIN, last - ORIGINS_DAYS_MAX)
        found = [
            _root(sums[known + gap + length] - sums[known + gap], bounds) - _root(_total(days[:known], gap, length), bounds)
            for known in range(first, last + 1)
        ]
        return np.array(found)

    past = Past(errors, (len(days) - KNOWN_MIN) // 2, SCALE_DAYS, adds_up=True)
    return _ahead(_total(days, gap, length), past, gap, length, bounds)


def window_ahead(windows: Values, steps: int, bounds: Bounds = ANY) -> Ahead | None:
    """Return the value `steps` windows ahead, each a week after the other; None where too few are known."""
    if len(windows) < DAYS_MIN // WEEK + 1:
        return None

    def errors(_: int, steps: int) -> Values:
        return np.array(
            [
                _root(windows[n - 1 + steps], bounds) - _root(_level(windows[:n]), bounds)
                for n in range(2, len(windows) - steps + 1)
            ]
        )

    past = Past(errors, max(1, (len(windows) - 1) // 2), SCALE_WINDOWS, adds_up=False)
    return _ahead(_level(windows), past, 0, steps, bounds)


class Past(NamedTuple):
    """How wrong the forecast would have been."""

    errors: Callable[[int, int], Values]
    """By gap and length: those of all origins."""
    longest: int
    """Of what length there are enough of them."""
    scale: float
    adds_up: bool
    """Whether it is of sums of days; of windows, which hold the same days, chance is less."""


def _ahead(expected: float, past: Past, gap: int, length: int, bounds: Bounds) -> Ahead:
    """Return what is expected, with the errors of the past; of a shorter time where it reaches back no farther."""
    found, wider = past.errors(gap, length), past.scale
    if len(found) < ORIGINS_MIN:
        short = max(1, min(length, past.longest))
        found = past.errors(0, short)
        wider *= ((gap + length) / short) ** GROWS
    independent = max(1.0, len(found) / length)
    both = np.concatenate((found, -found)) * wider * (1 + FEW / independent)
    if past.adds_up and bounds.whole and bounds.least >= 0 and float(np.sqrt(np.mean(both**2))) < CHANCE:
        both = CHANCES  # it was more even than chance is: that will not last
    sample = np.sort(_squared(_root(expected, bounds) + both, bounds))
    low, high = np.quantile(sample, (LOW, HIGH), method="weibull")
    if bounds.whole:
        low, high = np.floor(low), np.ceil(high)
    return Ahead(float(np.clip(expected, low, high)), float(low), float(high), sample)


def _total(days: Values, gap: int, length: int) -> float:
    """Return the level carried on: whole weeks, and the rest by its weekdays."""
    weeks = _weeks(days)
    a_week = float(_weights(len(weeks), HALF_LIFE_WEEKS) @ weeks.sum(axis=1))
    whole, rest = divmod(length, WEEK)
    lately = weeks[-PROFILE_WEEKS:]
    sizes = np.abs(lately).sum(axis=0) + 1.0
    share = sizes / sizes.sum()
    first = (gap + whole * WEEK) % WEEK
    return a_week * (whole + sum(float(share[(first + n) % WEEK]) for n in range(rest)))


def _weeks(days: Values) -> Values:
    """Return a row for each whole week that ends now."""
    return days[len(days) % WEEK :].reshape(-1, WEEK)


def _weights(count: int, half_life: float) -> Values:
    raw: Values = 0.5 ** (np.arange(count)[::-1] / half_life)
    weights: Values = raw / raw.sum()
    return weights


def _level(windows: Values) -> float:
    return float(_weights(len(windows), HALF_LIFE_WINDOWS) @ windows)


def _root(value: Values | float, bounds: Bounds) -> Values | float:
    """Return it where errors of small and great counts are alike: its root, where it cannot be below zero."""
    return np.sqrt(np.maximum(value, 0.0)) if bounds.least >= 0 else value


def _squared(value: Values, bounds: Bounds) -> Values:
    raw = np.maximum(value, 0.0) ** 2 if bounds.least >= 0 else value
    found: Values = np.clip(raw, bounds.least, bounds.most)
    return found

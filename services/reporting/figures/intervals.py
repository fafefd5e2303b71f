"""How sure a number is. Pure; all intervals are of 95 %."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

ALPHA = 0.05
Z = NormalDist().inv_cdf(1 - ALPHA / 2)

DRAWS = 2_000
"""Of a bootstrap: its ends move by a hundredth of their distance from one seed to another."""
SEED = 7

Numbers = NDArray[np.float64]


class Interval(NamedTuple):
    """A number and where it lies; None where there are too few to say."""

    value: float | None
    low: float | None
    high: float | None


UNKNOWN = Interval(None, None, None)


def median(values: Numbers) -> Interval:
    """Return the median, and the interval between two of the values that holds it, whatever they are distributed like.

    Conover, "Practical Nonparametric Statistics", 3rd edition, 1999, section 3.2: how many values lie below the median is
    binomial. Of fewer than six there is no interval.
    """
    if not len(values):
        return UNKNOWN
    ordered, n = np.sort(values), len(values)
    middle = float(np.median(ordered))
    place = int(np.searchsorted(coins(n)[:n], ALPHA / 2))  # at most so many lie below it, but seldom
    return Interval(middle, float(ordered[place - 1]), float(ordered[n - place])) if place else Interval(middle, None, None)


def chance_above_one(ratios: Numbers) -> float:
    """Return how often chance alone would put so many of the ratios above one: the sign test, one-sided.

    Conover, section 3.4, but those that equal one count as not above: where little is done with posts most of them equal
    it, and to leave them out makes the few others look better than they are. 1 where none is above.
    """
    above = int((ratios > 1).sum())
    return float(coins(len(ratios))[len(ratios) - above]) if above else 1.0


def coins(n: int) -> Numbers:
    """Return how likely at most 0, 1, … n of so many fair coins show heads.

    By logarithms, for a thousand halves multiplied are no number any more. Not SciPy's, which costs a service 27 MB.
    """
    k = np.arange(1, n + 1)
    logs = np.concatenate(([0.0], np.cumsum(np.log((n - k + 1) / k)))) - n * math.log(2)
    return np.asarray(np.minimum(1.0, np.cumsum(np.exp(logs))))


def chance_of_so_few(part: int, whole: int, p: float) -> float:
    """Return how often chance alone would make it so few or fewer, each with the probability `p`.

    The exact binomial; by logarithms, and not SciPy's, as of coins.
    """
    if part >= whole or p <= 0:
        return 1.0
    if p >= 1:
        return 0.0
    k = np.arange(1, part + 1)
    steps = np.log((whole - k + 1) / k) + math.log(p) - math.log1p(-p)
    logs = np.concatenate(([0.0], np.cumsum(steps))) + whole * math.log1p(-p)
    return float(min(1.0, np.exp(logs).sum()))


def share(part: int, whole: int) -> Interval:
    """Return a share with its interval: Wilson, Journal of the American Statistical Association 22, 1927."""
    if not whole:
        return UNKNOWN
    p, z2 = part / whole, Z * Z
    middle, half = (p + z2 / (2 * whole)), Z * math.sqrt(p * (1 - p) / whole + z2 / (4 * whole * whole))
    return Interval(p, max(0.0, (middle - half) / (1 + z2 / whole)), min(1.0, (middle + half) / (1 + z2 / whole)))


def difference(part: int, whole: int, other_part: int, other_whole: int) -> Interval:
    """Return one share less another: Newcombe's method 10, Statistics in Medicine 17, 1998, of two Wilson intervals."""
    (p, low, high), (q, other_low, other_high) = share(part, whole), share(other_part, other_whole)
    if p is None or q is None or low is None or high is None or other_low is None or other_high is None:
        return UNKNOWN
    below = math.sqrt((p - low) ** 2 + (other_high - q) ** 2)
    above = math.sqrt((high - p) ** 2 + (q - other_low) ** 2)
    return Interval(p - q, p - q - below, p - q + above)


def mean_of(counts: NDArray[np.int64]) -> Interval:
    """Return the mean of small whole numbers, told as how many there are of 0, 1, 2, …, by a percentile bootstrap.

    Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13; the seed is fixed. A resample of n values is
    a multinomial draw of their counts, so it takes as long for a million values as for ten.
    """
    n = int(counts.sum())
    if not n:
        return UNKNOWN
    values = np.arange(len(counts))
    mean = float(counts @ values / n)
    if n == 1:
        return Interval(mean, None, None)
    drawn = np.random.default_rng(SEED).multinomial(n, counts / n, DRAWS) @ values / n
    low, high = np.quantile(drawn, (ALPHA / 2, 1 - ALPHA / 2))
    return Interval(mean, float(low), float(high))


def adjusted(p: Numbers) -> Numbers:
    """Return p-values so that of all below a level that share is false: Benjamini and Hochberg, JRSS B 57, 1995."""
    order = np.argsort(p)
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    found = np.empty_like(p)
    found[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return found

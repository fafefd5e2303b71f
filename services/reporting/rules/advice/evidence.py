"""Whether a change is more than chance. Pure.

A rule asks for both: that the change is large enough to matter, and that chance alone would seldom make it.
"""

from __future__ import annotations

import math

import numpy as np

from services.reporting.figures.figure import Seconds

Z_MIN = 2.33
"""Of a normal deviate: chance alone goes beyond it once in a hundred times."""


def is_greater(part: float, whole: float, other_part: float, other_whole: float) -> bool:
    """Say whether the first share is greater: the test of two proportions with a pooled variance, one-sided.

    Fleiss, Levin and Paik, "Statistical Methods for Rates and Proportions", 3rd edition, 2003, chapter 3.
    """
    if whole <= 0 or other_whole <= 0:
        return False
    pooled = (part + other_part) / (whole + other_whole)
    error = math.sqrt(max(0.0, pooled * (1 - pooled) * (1 / whole + 1 / other_whole)))
    return error > 0 and (part / whole - other_part / other_whole) / error >= Z_MIN


def is_slower(waits: Seconds, others: Seconds) -> bool:
    """Say whether the first waits are longer: the rank-sum test with ties, one-sided (Mann and Whitney, 1947)."""
    n, m = len(waits), len(others)
    if not n or not m:
        return False
    _, places, sizes = np.unique(np.concatenate((waits, others)), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(sizes) - (sizes - 1) / 2)[places]
    u = float(ranks[:n].sum()) - n * (n + 1) / 2
    ties = float((sizes.astype(float) ** 3 - sizes).sum()) / ((n + m) * (n + m - 1))
    error = math.sqrt(max(0.0, n * m / 12 * (n + m + 1 - ties)))
    return error > 0 and (u - n * m / 2) / error >= Z_MIN

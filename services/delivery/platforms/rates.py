"""Rates out of what platforms document: so many in a window of time."""

from __future__ import annotations

from shared.limits.bucket import Rate

SPARE = 1
"""What arrives late may fall into the next window: one less in each is asked for."""


def within(limit: int, window_s: float, burst: int) -> Rate:
    """Return the rate at which no window, wherever it begins, sees more than the limit.

    A bucket gives at most `burst + per_s * t` within t seconds (see shared/limits/bucket.py).
    """
    return Rate((limit - burst - SPARE) / window_s, burst)

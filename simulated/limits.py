"""A platform's limits, as sliding windows."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple


class Limit(NamedTuple):
    """So many in a window."""

    key: str
    most: int
    window_s: float


class Windows:
    """Counts what was asked for."""

    def __init__(self) -> None:
        self._seen: dict[str, deque[float]] = {}
        self.refused = 0
        """Requests that were over a limit, storms left out: who keeps the documented limits has none."""
        self.refusals: dict[str, int] = {}

    def take(self, limits: Sequence[Limit], now_s: float) -> float | None:
        """Count a request against all limits, or return how long to wait, and count it against none."""
        waits = [(wait_s, limit.key) for limit in limits if (wait_s := self._wait(limit, now_s)) > 0]
        if waits:
            wait_s, key = max(waits)
            self.refused += 1
            self.refusals[key] = self.refusals.get(key, 0) + 1
            return wait_s
        for limit in limits:
            self._seen[limit.key].append(now_s)
        return None

    def left(self, limit: Limit, now_s: float) -> tuple[int, float]:
        """Return how many more there may be, and after how long the window is empty."""
        self._wait(limit, now_s)
        seen = self._seen[limit.key]
        return limit.most - len(seen), (seen[-1] + limit.window_s - now_s if seen else 0.0)

    def _wait(self, limit: Limit, now_s: float) -> float:
        seen = self._seen.setdefault(limit.key, deque())
        while seen and seen[0] <= now_s - limit.window_s:
            seen.popleft()
        return 0.0 if len(seen) < limit.most else seen[0] + limit.window_s - now_s

"""What goes wrong between a platform and us: seeded, and switched on and off at run time."""

from __future__ import annotations

from collections import deque
from random import Random
from typing import Literal, NamedTuple

import msgspec

Fault = Literal["lost", "cut", "late", "broken", "slow"]
"""`lost`: done, then the connection is closed without an answer. `cut`: the same in the middle of the answer. `late`: done,
and answered after `Shares.late_s`. `broken`: a status of 500 or above, and nothing done. `slow`: done after `Shares.slow_s`.
"""


class Shares(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How often what goes wrong: shares of all requests."""

    lost: float = 0.0
    cut: float = 0.0
    late: float = 0.0
    broken: float = 0.0
    slow: float = 0.0
    storm: float = 0.0
    """How many requests begin a storm of 429."""
    whole: float = 0.2
    """How many storms are of the whole bot, not of the place alone that was asked for."""
    storm_s: float = 2.0
    late_s: float = 30.0
    slow_s: float = 0.2


class Scripted(NamedTuple):
    """What is to go wrong with the next request whose path holds a word."""

    fault: Fault
    word: str


class Faults:
    """Decides what goes wrong with a request."""

    def __init__(self, seed: int = 0, shares: Shares | None = None) -> None:
        self.shares = shares or Shares()
        self.script: deque[Scripted] = deque()
        """Comes before the shares."""
        self.counts: dict[str, int] = {}
        self._random = Random(seed)
        self._storms: dict[str, float] = {}
        """Until when it storms, by place; the whole bot is the empty one."""

    def next(self, path: str) -> Fault | None:
        """Return what goes wrong with a request."""
        if self.script and self.script[0].word in path:
            return self._counted(self.script.popleft().fault)
        chance = self._random.random()
        for fault in ("lost", "cut", "late", "broken", "slow"):
            chance -= getattr(self.shares, fault)
            if chance < 0:
                return self._counted(fault)
        return None

    def storm(self, place: str, now_s: float) -> float | None:
        """Return how much longer it storms at the place; a request may begin a storm."""
        if self.shares.storm and self._random.random() < self.shares.storm:
            where = "" if self._random.random() < self.shares.whole else place
            self._storms[where] = now_s + self.shares.storm_s
            self._count("storm")
        left_s = max(self._storms.get("", 0.0), self._storms.get(place, 0.0)) - now_s
        return left_s if left_s > 0 else None

    def begin_storm(self, place: str, until_s: float) -> None:
        """Let it storm at a place, or, with an empty one, everywhere."""
        self._storms[place] = until_s

    def end(self) -> None:
        """Let nothing go wrong from now on."""
        self.shares = Shares()
        self.script.clear()
        self._storms.clear()

    def _counted(self, fault: Fault) -> Fault:
        self._count(fault)
        return fault

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

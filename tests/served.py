"""Measuring as services run: with Python's collector as they have it, on a machine that others use as well."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from shared.serving import rest_collector

TRIES = 15
"""The quickest of so many is what work takes: what else runs on the machine makes it slower, never quicker."""

YARDSTICK_MS = 1.0
"""What `_yardstick` takes on a core of the machine that the bars were set on; a slower hour of it stretches both."""


@contextmanager
def as_served() -> Iterator[None]:
    """Have the collector rest as in a service, until the block ends: it does not search what other tests left behind."""
    thresholds = gc.get_threshold()
    rest_collector()
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def quickest_ms(work: Callable[[], object], tries: int = TRIES) -> float:
    """Return what work takes of a core, in milliseconds, as measured by a yardstick that is laid beside each try."""
    took, yardsticks = list[float](), list[float]()
    with as_served():
        for _ in range(tries):
            yardsticks.append(_took(_yardstick))
            took.append(_took(work))
    return min(took) / min(yardsticks) * YARDSTICK_MS


def _took(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began


def _yardstick() -> int:
    words: dict[str, int] = {}
    for number in range(6_000):
        word = str(number & 1023)
        words[word] = words.get(word, 0) + len(word)
    return sum(words.values())

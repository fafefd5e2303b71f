"""Ordinary weeks of a made-up community, and what a watch says of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random

from services.reporting.rules.recent import HOUR_S
from services.reporting.rules.watch import Told, Watch, begun, told

DAY_S = 24 * HOUR_S
MONDAY = 4 * DAY_S
"""1970-01-05, when these communities begin."""

Sign = tuple[float, str | None]


def ordinary(days: float, seed: int = 1, an_hour: float = 1.0, since: float = MONDAY) -> list[Sign]:
    """Return signs of people who come independently of each other, by day three times as many as by night."""
    rnd = Random(seed)
    signs: list[Sign] = []
    second = since
    while (second := second + rnd.expovariate(1.5 * an_hour) * HOUR_S) < since + days * DAY_S:
        is_day = 8 <= second % DAY_S // HOUR_S < 20
        if is_day or rnd.random() < 1 / 3:
            signs.append((second, f"m{rnd.randrange(10**9)}"))
    return signs


def crowd(second: float, people: int, hours: float = 1.0, name: str = "crowd") -> list[Sign]:
    """Return as many people at even distances."""
    return [(second + n * hours * HOUR_S / people, f"{name} {n}") for n in range(people)]


def watched(signs: Iterable[Sign], watch: Watch | None = None) -> tuple[Watch, Sequence[Told]]:
    """Return the watch after all of them, in the given order, and what it told."""
    watch = watch or begun(MONDAY)
    changes: list[Told] = []
    for second, member in signs:
        watch, more = told(watch, second, member)
        changes += more
    return watch, changes


def in_time(*parts: Iterable[Sign]) -> list[Sign]:
    """Return signs in the order of time."""
    return sorted((one for part in parts for one in part), key=lambda one: one[0])

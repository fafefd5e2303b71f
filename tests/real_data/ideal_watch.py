"""What could be reached at best: people come independently of each other, and all is known but when a surge begins.

The cumulative sum with the true rates is the soonest of all detectors then (Moustakides 1986), so whoever has less luck with
real people, who answer each other, and has to learn their rhythm, cannot be asked for more.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from random import Random
from statistics import median

MONTHS = 200
SURGES = 1_000
HOURS_A_MONTH = 730
SETTLING = 50
"""People before a surge begins."""
HALVINGS = 20


def ideal_delay_h(usual: float, added: float, hours: float, false_a_month: float, rnd: Random) -> float:
    """Return the median delay in hours, of a surge that adds so many people an hour to the usual ones, for so many hours."""
    person, drift = log((usual + added) / usual), added
    gaps = [rnd.expovariate(usual) for _ in range(int(MONTHS * HOURS_A_MONTH * usual))]
    low, high = 0.0, 30.0
    for _ in range(HALVINGS):
        bar = (low + high) / 2
        low, high = (bar, high) if _alarms(gaps, person, drift, bar) > false_a_month * MONTHS else (low, bar)
    delays = (_delay(usual, usual + added, person, drift, high, rnd) for _ in range(SURGES))
    return median(one for one in delays if one <= hours)


def _alarms(gaps: Sequence[float], person: float, drift: float, bar: float) -> int:
    total, alarms = 0.0, 0
    for gap in gaps:
        total = max(0.0, total - drift * gap) + person
        if total >= bar:
            total, alarms = 0.0, alarms + 1
    return alarms


def _delay(usual: float, surging: float, person: float, drift: float, bar: float, rnd: Random) -> float:
    total, passed = 0.0, 0.0
    for _ in range(SETTLING):
        total = max(0.0, total - drift * rnd.expovariate(usual)) + person
        total = 0.0 if total >= bar else total
    while total < bar:
        gap = rnd.expovariate(surging)
        passed += gap
        total = max(0.0, total - drift * gap) + person
    return passed

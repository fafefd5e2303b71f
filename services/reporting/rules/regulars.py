"""Who comes on many days: that they are here says little.

A community's ordinary bursts are mostly made by those who are there every day, and a crisis brings people who seldom are. So
a person counts for less in a surge the more days they came on lately. In a surge that adds as much of everybody as of
somebody who comes on DAYS_USUAL days, a person who comes on `d` days speaks for it by ln(1 + (TIMES - 1) * DAYS_USUAL / d):
the log-likelihood ratio of a Poisson process whose events have marks. Nobody speaks for it by more than ln(TIMES).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log

from msgspec import Struct

from services.reporting.rules.recent import HOUR_S
from services.reporting.rules.rhythm import FADING, HOURS
from services.reporting.rules.surge import PERSON, TIMES

DAYS_USUAL = 2.0
"""Who came on no more days of the last weeks, counted as they fade, counts whole; chosen on the even weeks of a real history
(docs/crisis-quality.md)."""

KEPT_MAX = 100
"""People of whom it is remembered."""

NEW_MAX = 50
"""On top of them, until they are looked through again."""

DAY_S = HOURS * HOUR_S


class Days(Struct, frozen=True, gc=False, array_like=True):
    """On how many days somebody came, each counting less as it passes."""

    count: float
    last: int
    """The last one, in days since 1970 (UTC); `count` is as of then and holds it."""

    def before(self, day: int) -> float:
        """Return how many there were before a day."""
        faded: float = FADING ** max(0, day - self.last)
        return (self.count - (self.last == day)) * faded


Regulars = Mapping[str, Days]


def weight(regulars: Regulars, member: str, second: float) -> float:
    """Return what somebody who comes now adds to a surge: ln(TIMES) of most, less of those who come on many days."""
    known = regulars.get(member)
    days = 0.0 if known is None else known.before(int(second // DAY_S))
    return PERSON if days <= DAYS_USUAL else log(1 + (TIMES - 1) * DAYS_USUAL / days)


def came_today(regulars: Regulars, member: str, second: float) -> Regulars:
    """Return them when somebody has come; who came seldom, or long ago, is forgotten first."""
    day = int(second // DAY_S)
    known = regulars.get(member)
    if known is not None and known.last == day:
        return regulars
    count = 1.0 if known is None else 1.0 + known.before(day)
    if known is None and len(regulars) >= KEPT_MAX + NEW_MAX:
        regulars = _most_regular(regulars, day)
    return {**regulars, member: Days(count, day)}


def _most_regular(regulars: Regulars, day: int) -> Regulars:
    def as_of_today(member: str) -> tuple[float, int, str]:
        known = regulars[member]
        return (known.count * FADING ** (day - known.last), known.last, member)

    kept = sorted(regulars, key=as_of_today, reverse=True)[:KEPT_MAX]
    return {member: regulars[member] for member in kept}

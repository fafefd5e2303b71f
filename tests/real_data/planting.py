"""Surges planted into a real history, and who finds them: the watch of reporting, or a bar on the contents of an hour."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from statistics import fmean, median, pstdev
from typing import NamedTuple, Protocol

from services.reporting.rules.incidents import QUIET_S
from services.reporting.rules.recent import HOUR_S
from services.reporting.rules.watch import Watch, begun, passed, told
from tests.real_data.with_pandas import contents, people

DAY_S = 24 * HOUR_S
MONTH_S = 365.25 / 12 * DAY_S
USUAL_DAYS = 28
"""What is usual is the mean of so many days before; before that nobody may raise an alarm."""

Sign = tuple[float, str]


class History(NamedTuple):
    """What people wrote in a community: seconds and members, in the order of time."""

    signs: Sequence[Sign]

    @property
    def begin(self) -> float:
        """From when on alarms count."""
        return self.signs[0][0] + USUAL_DAYS * DAY_S

    def is_even(self, second: float) -> bool:
        """Return whether a second lies in a week on which was tuned: the first, the third and so on are the even ones."""
        return int((second - self.signs[0][0]) // (7 * DAY_S)) % 2 == 0

    def months(self, *, even: bool | None = None) -> float:
        """Return how long alarms count, in months: in all weeks, or in the even or the odd ones."""
        hours = range(int(self.begin), int(self.signs[-1][0]), HOUR_S)
        return sum(even is None or self.is_even(one) is even for one in hours) * HOUR_S / MONTH_S

    def between(self, since: float, until: float) -> Sequence[Sign]:
        """Return the signs from one second up to another, which is not included."""
        return self.signs[bisect_left(self.signs, (since,)) : bisect_left(self.signs, (until,))]


class Surge(NamedTuple):
    """What was planted."""

    begin: float
    hours: float
    signs: Sequence[Sign]

    @property
    def end(self) -> float:
        """When it is over."""
        return self.begin + self.hours * HOUR_S


class Detector(Protocol):
    """Somebody who raises alarms."""

    def alarms(self, history: History) -> Sequence[float]:
        """Return when alarms were raised that nothing was planted for, one for each incident."""

    def first(self, history: History, surge: Surge) -> float | None:
        """Return when the first alarm was raised while a surge lasted."""


def history(format_: str, folder: Path, wanted: str = "") -> History:
    """Return what people wrote: all of it, or only contents whose ids begin like that."""
    frame = people(contents(format_, folder))
    frame = frame[frame["id"].str.startswith(wanted)]
    return History([(at.timestamp(), who) for at, who in zip(frame["at"], frame["who"], strict=True)])


def usual(history: History, second: float) -> float:
    """Return how many contents an hour had, on the mean of the last four weeks."""
    return len(history.between(second - USUAL_DAYS * DAY_S, second)) / USUAL_DAYS / 24


def planted(history: History, rnd: Random, size: float, hours: float, *, even: bool, each: float = 1.0) -> Surge:
    """Return a surge that adds `size` times the usual contents for so many hours, at any time of day.

    Its members are drawn from those of the last four weeks, then newcomers; each writes `each` contents on the mean.
    """
    while True:
        begin = rnd.uniform(history.begin, history.signs[-1][0] - hours * HOUR_S)
        if history.is_even(begin) is even:
            break
    number = round(size * hours * usual(history, begin))
    known = sorted({member for _, member in history.between(begin - USUAL_DAYS * DAY_S, begin)})
    wanted = max(1, round(number / each))
    members = [*rnd.sample(known, min(wanted, len(known))), *(f"newcomer {n}" for n in range(wanted - len(known)))]
    seconds = (rnd.uniform(begin, begin + hours * HOUR_S) for _ in range(number))
    return Surge(begin, hours, sorted((second, members[n % wanted]) for n, second in enumerate(seconds)))


def merged(seconds: Sequence[float]) -> Sequence[float]:
    """Return when incidents began, of alarms: quiet for QUIET_S ends one."""
    return [at for n, at in enumerate(seconds) if n == 0 or at - seconds[n - 1] >= QUIET_S]


class Watching:
    """The watch of reporting. It remembers what it knew before each sign, so that a surge needs no new start."""

    def __init__(self, history: History) -> None:
        self._before: list[Watch] = []
        self._opened: list[float] = []
        watch = begun(history.signs[0][0])
        for second, member in history.signs:
            self._before.append(watch)
            watch, changes = told(watch, second, member)
            self._opened += [one.incident.opened for one in changes if one.change == "opened"]

    def alarms(self, history: History) -> Sequence[float]:
        """Return when incidents were opened."""
        return [at for at in self._opened if at >= history.begin]

    def first(self, history: History, surge: Surge) -> float | None:
        """Return when an incident was opened; one that was open before does not count, whatever is added to it."""
        watch = self._before[min(bisect_left(history.signs, (surge.begin,)), len(self._before) - 1)]
        watch, _ = passed(watch, surge.begin)
        for second, member in sorted([*history.between(surge.begin, surge.end), *surge.signs]):
            watch, changes = told(watch, second, member)
            if any(one.change == "opened" for one in changes):
                return second
        return None


class Bar:
    """An alarm where the last hours hold more contents than a bar, which may be another one each day."""

    def __init__(self, hours: float, of_day: Callable[[int], float]) -> None:
        self._window_s = hours * HOUR_S
        self._of_day = of_day

    def alarms(self, history: History) -> Sequence[float]:
        """Return when incidents began."""
        return merged([at for at in self._above(history.signs) if at >= history.begin])

    def first(self, history: History, surge: Surge) -> float | None:
        """Return the first alarm."""
        around = sorted([*history.between(surge.begin - self._window_s, surge.end), *surge.signs])
        return next((at for at in self._above(around) if at >= surge.begin), None)

    def _above(self, signs: Sequence[Sign]) -> Sequence[float]:
        seconds = [second for second, _ in signs]
        counts = (n + 1 - bisect_right(seconds, at - self._window_s, 0, n + 1) for n, at in enumerate(seconds))
        return [at for at, n in zip(seconds, counts, strict=True) if n > self._of_day(int(at // DAY_S))]


def fixed(hours: float, bar: float) -> Bar:
    """Return a fixed threshold."""
    return Bar(hours, lambda _: bar)


def z_score(history: History, hours: int, deviations: float) -> Bar:
    """Return a plain z-score: the mean of the windows of the last 28 days, one after another, and so many deviations."""
    first, last = (int(history.signs[n][0] // DAY_S) for n in (0, -1))
    bars = {}
    for day in range(first, last + 2):
        since = max(first, day - USUAL_DAYS)
        counts = [0] * max(1, (day - since) * 24 // hours)
        for second, _ in history.between(since * DAY_S, day * DAY_S):
            counts[int((second - since * DAY_S) // (hours * HOUR_S))] += 1
        bars[day] = fmean(counts) + deviations * pstdev(counts)
    return Bar(hours, lambda day: bars[day])


class Measured(NamedTuple):
    """How good somebody is."""

    found: float
    """The share."""
    delay_h: float | None
    """The median of those found, from the beginning of the surge to the alarm."""


def measured(detector: Detector, history: History, surges: Sequence[Surge]) -> Measured:
    """Return who finds how much of what was planted."""
    at = [(surge.begin, detector.first(history, surge)) for surge in surges]
    delays = [(alarm - begin) / HOUR_S for begin, alarm in at if alarm is not None]
    return Measured(len(delays) / len(surges), median(delays) if delays else None)


def false_a_month(detector: Detector, history: History, *, even: bool | None = None) -> float:
    """Return the incidents a month that nothing was planted for."""
    alarms = [at for at in detector.alarms(history) if even is None or history.is_even(at) is even]
    return len(alarms) / history.months(even=even)

"""A community's own rhythm of day and week: how many people to expect in an hour.

The expectation is a level times a factor of the hour of the day times one of working days or weekends (all in UTC). At
the end of each hour its count is added to sums that fade; nothing else of the past is kept. What is far above the usual
counts for less, so that one crisis does not make the next one look ordinary.
"""

from __future__ import annotations

from math import sqrt

from msgspec import Struct

HOURS = 24
WEEK_DAYS = 7
THURSDAY = 3
"""Of 1970-01-01, counted from Monday."""
SATURDAY = 5

HALF_LIFE_DAYS = 14
"""After so many days the past counts half: short enough to follow a community that grows."""
FADING = 0.5 ** (1 / HALF_LIFE_DAYS)

LEARNT_HOURS = 14 * HOURS
"""Below two weeks nothing is usual yet."""

DRAWN = 20.0
"""Factors are drawn towards 1 as by so many ordinary days: an hour's mean is mostly chance where little happens."""

LEAST = 0.05
"""Expected of an hour at least: where nothing ever happened, something may."""

DEVIATIONS_MAX = 3.0
"""An hour counts for no more than lies so many standard deviations above the usual (by Anscombe's transform)."""

_SHIFT = 0.375
"""Of Anscombe's transform, 2 * sqrt(x + 3/8): it makes the spread of a Poisson count about 1 whatever its mean."""

Sums = tuple[float, ...]


class Rhythm(Struct, frozen=True, gc=False):
    """Faded sums of counts, and of how often was counted."""

    hours: Sums = (0.0,) * HOURS
    """By the hour of the day."""
    days: Sums = (0.0, 0.0)
    """Of working days, and of weekends."""
    hours_counted: Sums = (0.0,) * HOURS
    days_counted: Sums = (0.0, 0.0)
    learnt: int = 0
    """Hours, unfaded."""


def is_learnt(rhythm: Rhythm) -> bool:
    """Return whether enough is known to expect anything."""
    return rhythm.learnt >= LEARNT_HOURS


def expected(rhythm: Rhythm, hour: int) -> float:
    """Return the people to expect in an hour, given in hours since 1970; LEAST at least."""
    total = sum(rhythm.hours_counted)
    level = sum(rhythm.hours) / total if total else 0.0
    if level <= 0:
        return LEAST
    of_day, weekend = hour % HOURS, _is_weekend(hour)
    of_hour = (rhythm.hours[of_day] + DRAWN * level) / (rhythm.hours_counted[of_day] + DRAWN)
    of_kind = (rhythm.days[weekend] + DRAWN * level) / (rhythm.days_counted[weekend] + DRAWN)
    return max(LEAST, of_hour * of_kind / level)


def counted(rhythm: Rhythm, hour: int, people: int) -> Rhythm:
    """Return the rhythm with one more hour that has ended."""
    of_day, weekend, n = hour % HOURS, _is_weekend(hour), float(people)
    if is_learnt(rhythm):
        n = min(n, (sqrt(expected(rhythm, hour) + _SHIFT) + DEVIATIONS_MAX / 2) ** 2 - _SHIFT)
    if of_day == 0:
        rhythm = _faded(rhythm)
    return Rhythm(
        _with(rhythm.hours, of_day, n),
        _with(rhythm.days, weekend, n),
        _with(rhythm.hours_counted, of_day, 1),
        _with(rhythm.days_counted, weekend, 1),
        rhythm.learnt + 1,
    )


def _is_weekend(hour: int) -> int:
    return int((hour // HOURS + THURSDAY) % WEEK_DAYS >= SATURDAY)


def _with(sums: Sums, place: int, more: float) -> Sums:
    return (*sums[:place], sums[place] + more, *sums[place + 1 :])


def _faded(rhythm: Rhythm) -> Rhythm:
    def fade(sums: Sums) -> Sums:
        return tuple(one * FADING for one in sums)

    return Rhythm(
        fade(rhythm.hours), fade(rhythm.days), fade(rhythm.hours_counted), fade(rhythm.days_counted), rhythm.learnt
    )

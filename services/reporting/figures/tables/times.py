"""When the brand's own posts did well: by hour, by weekday, and the times that stand out beyond chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from services.reporting.figures.buckets.hours import HOUR_S
from services.reporting.figures.columns import Ints
from services.reporting.figures.figure import Form
from services.reporting.figures.intervals import adjusted, chance_above_one, median
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame
from services.reporting.figures.posts import Judged
from services.reporting.figures.tables.effect import COMPARED, Chosen, by_date, compared, described
from services.reporting.figures.tables.heat import DAYS, HOURS, slots
from services.reporting.figures.tables.table import Cell, Column, Row, Table
from shared.said import Said

SLOT_DATES_MIN = 8
"""Dates with compared posts of a time, of each community, below which it is not tested: chance puts all of seven above the
usual once in 128 times, and many times are looked at."""

FALSE_SHARE = 0.05
"""Of the times that are named so many may be there by chance."""

PART_HOURS = 4
"""Weekdays are tested by parts so long: of single hours of single weekdays nobody posts often enough."""

WEEKDAYS = (
    Said("Monday", "понедельник"),
    Said("Tuesday", "вторник"),
    Said("Wednesday", "среда"),
    Said("Thursday", "четверг"),
    Said("Friday", "пятница"),
    Said("Saturday", "суббота"),
    Said("Sunday", "воскресенье"),
)
ANY_DAY, ANY_HOUR = Said("any day", "любой день"), Said("any hour", "любое время")
TOO_FEW = Said("Not enough dates with posts to say", "Дат с постами недостаточно, чтобы судить")
NONE_BETTER = Said("No time stands out beyond chance", "Ни одно время не выделяется сверх случайности")


class Slot(NamedTuple):
    """A time of the week: a weekday or none, the first hour and the one after the last."""

    day: int | None
    first: int = 0
    end: int = HOURS

    def holds(self, slot: Ints) -> Chosen:
        """Return which of the hours of a week lie in it."""
        hour = slot % HOURS
        inside = (hour >= self.first) & (hour < self.end)
        return inside if self.day is None else inside & (slot // HOURS == self.day)

    def named(self) -> tuple[Said, Said | str]:
        """Return the weekday and the hours in words."""
        hours = ANY_HOUR if self.end - self.first == HOURS else f"{self.first:02d}:00\u2013{self.end:02d}:00"
        return (ANY_DAY if self.day is None else WEEKDAYS[self.day]), hours


HOURS_OF_DAY = [Slot(None, hour, hour + 1) for hour in range(HOURS)]
DAYS_OF_WEEK = [Slot(day) for day in range(DAYS)]
PARTS = [Slot(day, hour, hour + PART_HOURS) for day in range(DAYS) for hour in range(0, HOURS, PART_HOURS)]
TESTED = (*HOURS_OF_DAY, *DAYS_OF_WEEK, *PARTS)


class Found(NamedTuple):
    """A time that stands out."""

    slot: Slot
    compared: Sequence[Cell]
    """Dates of its communities, the median of their ratios, and its interval."""
    q: float
    """The smallest share of false ones at which it is still named."""


def slots_of(judged: Judged, frame: Frame) -> Ints:
    """Return the hour of the week in which each post was written, in the brand's zone."""
    hours = (judged.posts.second // HOUR_S).astype(np.int64)
    distinct, places = np.unique(hours, return_inverse=True)
    return slots(distinct, frame.zone)[places]


def best(judged: Judged, frame: Frame) -> Sequence[Found] | None:
    """Return the times at which posts did better than usual, the best first; None where too few posts tell.

    Of each community and date one ratio counts. A time is named where the interval of their median lies above one, and
    where it is among those that the procedure of Benjamini and Hochberg holds for better by the sign test, of all times
    with dates enough.
    """
    slot = slots_of(judged, frame)
    dated = ((one, by_date(judged, one.holds(slot), frame.zone)) for one in TESTED)
    tested = [(one, ratios) for one, ratios in dated if len(ratios) >= SLOT_DATES_MIN]
    if not tested:
        return None
    q = adjusted(np.array([chance_above_one(ratios) for _, ratios in tested]))
    found = (Found(one, (len(ratios), *median(ratios)), at) for (one, ratios), at in zip(tested, q.tolist(), strict=True))
    named = [one for one in found if one.q <= FALSE_SHARE and _low(one) > 1]
    return sorted(named, key=lambda one: (-_low(one), one.q))


def _low(one: Found) -> float:
    low = one.compared[2]
    return low if isinstance(low, float) else 0.0


def _best(material: Material, frame: Frame) -> Sequence[Row]:
    judged = material.judged(frame)
    if not len(judged.ratio):
        return []
    found = best(judged, frame)
    if not found:
        dates = len(by_date(judged, ~np.isnan(judged.ratio), frame.zone))
        return [(TOO_FEW if found is None else NONE_BETTER, None, dates, None, None, None, None)]
    return [(*one.slot.named(), *one.compared, one.q) for one in found]


def _by(named: Sequence[tuple[Cell, Slot]], material: Material, frame: Frame) -> Iterator[Row]:
    judged = material.judged(frame)
    slot = slots_of(judged, frame)
    for name, one in named:
        chosen = one.holds(slot)
        if chosen.any():
            yield (name, int(chosen.sum()), *compared(judged, chosen))


POSTS = Column("posts", Said("Posts", "Посты"), Form.COUNT)

BEST_TIMES = Table(
    id="best_times",
    name=Said("Best times to post", "Лучшее время для постов"),
    definition=described(
        "Times at which posts did better than usual beyond chance: hours, weekdays, and weekdays by parts of "
        f"{PART_HOURS} hours of the brand's time zone. Posts of one community on one date at that time count once, by their "
        f"median, for what is posted on one occasion does well together; at least {SLOT_DATES_MIN} such dates are asked for "
        "(they are what is compared here). A time is named where its interval lies above 1, and where the sign test "
        f"holds it for better with at most {FALSE_SHARE:.0%} false ones among all that are named (Benjamini and Hochberg).",
        "Время, когда посты шли лучше обычного сверх случайности: часы, дни недели и дни недели по частям в "
        f"{PART_HOURS} часа по времени бренда. Посты одного сообщества за одну дату в это время считаются один раз, по их "
        f"медиане: написанное по одному случаю идёт хорошо или плохо вместе; нужно не меньше {SLOT_DATES_MIN} таких дат "
        "(они здесь и сравниваются). Время названо, если его "
        f"интервал выше 1 и критерий знаков считает его лучшим при доле ложных среди названных не больше {FALSE_SHARE:.0%} "
        "(Бенджамини и Хохберг).",
    ),
    columns=(
        Column("weekday", Said("Weekday", "День недели")),
        Column("hours", Said("Hours", "Часы")),
        *COMPARED,
        Column("q", Said("Chance (q)", "Случайность (q)"), Form.RATE),
    ),
    rows=_best,
)
POST_HOURS = Table(
    id="post_hours",
    name=Said("Posts by hour", "Посты по часам"),
    definition=described("By the hour of the brand's time zone.", "По часам, по времени бренда."),
    columns=(Column("hour", Said("Hour", "Час")), POSTS, *COMPARED),
    rows=lambda material, frame: list(_by([(f"{one.first:02d}:00", one) for one in HOURS_OF_DAY], material, frame)),
)
POST_DAYS = Table(
    id="post_days",
    name=Said("Posts by weekday", "Посты по дням недели"),
    definition=described("By weekday in the brand's time zone.", "По дням недели, по времени бренда."),
    columns=(Column("weekday", Said("Weekday", "День недели")), POSTS, *COMPARED),
    rows=lambda material, frame: list(_by(list(zip(WEEKDAYS, DAYS_OF_WEEK, strict=True)), material, frame)),
)

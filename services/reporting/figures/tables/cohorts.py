"""Who came back: of those who wrote first in a week, how many wrote in the weeks after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from services.reporting.figures.activity import distinct, hours_of
from services.reporting.figures.buckets.hours import HOUR_S
from services.reporting.figures.columns import Ints
from services.reporting.figures.figure import Form
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame, hour_edge, midnight
from services.reporting.figures.tables.table import Column, Row, Table
from shared.said import Said

WEEKS = 12
"""Weeks after the first that are shown."""
WEEK = timedelta(days=7)


def _rows(material: Material, frame: Frame) -> Sequence[Row]:
    mondays = _mondays(frame)
    cuts = hours_of([midnight(monday, frame.zone) for monday in mondays])
    first = _first_weeks(material, frame, cuts)
    members = np.bincount(first[first >= 0], minlength=len(mondays))
    kept = _kept(material, frame, first, cuts)
    return [
        (monday, int(members[n]), *(_share(kept[n, w], members[n], n + w + 1 < len(cuts)) for w in range(1, WEEKS + 1)))
        for n, monday in enumerate(mondays)
        if members[n]
    ]


def _mondays(frame: Frame) -> Sequence[date]:
    """Return the Mondays of all weeks that the frame holds a part of, and of the one after it if it ends with a Sunday."""
    first = frame.since - timedelta(days=frame.since.weekday())
    return [first + n * WEEK for n in range((frame.until - first).days // 7 + 1)]


def _first_weeks(material: Material, frame: Frame, cuts: Ints) -> Ints:
    """Return, by seat, the number of the week in which a member first wrote; -1 where it is none of the frame's."""
    activity, since, end = material.activity, frame.first.timestamp(), frame.end.timestamp()
    firsts = [(activity.numbers.get((one.community, one.member)), one.first) for one in material.memberships]
    told = [(seat, first[0]) for seat, first in firsts if seat is not None and first is not None and since <= first[0] < end]
    seats, seconds = np.array(told, dtype=np.float64).reshape(-1, 2).T
    found = np.full(len(activity.numbers), -1, np.int64)
    found[seats.astype(np.int64)] = np.searchsorted(cuts, seconds // HOUR_S, "right") - 1
    return found


def _kept(material: Material, frame: Frame, first: Ints, cuts: Ints) -> Ints:
    """Return how many members of each week's cohort (rows) wrote so many weeks later (columns)."""
    activity, table = material.activity, np.zeros((len(cuts), WEEKS + 1), np.int64)
    week = np.searchsorted(cuts, activity.hours, "right") - 1
    later = week - first[activity.seats]
    chosen = (first[activity.seats] >= 0) & (later >= 0) & (later <= WEEKS) & (activity.hours < hour_edge(frame.end))
    pairs = distinct(activity.seats[chosen] * (WEEKS + 1) + later[chosen])
    np.add.at(table, (first[pairs // (WEEKS + 1)], pairs % (WEEKS + 1)), 1)
    return table


def _share(kept: int, members: int, is_over: bool) -> float | None:  # noqa: FBT001 - a column's own question
    """Return the share who wrote; None for a week that the frame does not hold whole."""
    return float(kept / members) if is_over else None


COHORTS = Table(
    id="cohorts",
    name=Said("Retention by week", "Удержание по неделям"),
    definition=Said(
        "Of the members who wrote in a community for the first time in a week (Monday to Sunday, in the brand's time "
        "zone), the "
        "share who wrote there again in each week after it. Weeks that are not over within the report are empty.",
        "Доля участников, впервые написавших в сообществе за неделю (с понедельника по воскресенье, по времени "
        "бренда), которые "
        "писали там в каждую следующую неделю. Недели, не вошедшие в отчёт целиком, пусты.",
    ),
    columns=(
        Column("week", Said("Week of", "Неделя с")),
        Column("members", Said("Newcomers", "Новички"), Form.COUNT),
        *(Column(f"week_{n}", Said(f"Week {n}", f"Неделя {n}"), Form.SHARE) for n in range(1, WEEKS + 1)),
    ),
    rows=_rows,
)

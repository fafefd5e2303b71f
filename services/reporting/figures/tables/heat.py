"""When members write: weekdays by hours of the brand's zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from services.reporting.figures.activity import distinct
from services.reporting.figures.buckets.hours import HOUR_S
from services.reporting.figures.columns import Ints
from services.reporting.figures.figure import Form
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame, hour_edge
from services.reporting.figures.tables.table import Column, Row, Table
from shared.said import Said

DAYS, HOURS = 7, 24


def slots(hours: Ints, zone: ZoneInfo) -> Ints:
    """Return the weekday and hour of the zone in which each hour since 1970 begins, as one number: 24 for each weekday."""
    local = (datetime.fromtimestamp(hour * HOUR_S, UTC).astimezone(zone) for hour in hours.tolist())
    return np.fromiter((at.weekday() * HOURS + at.hour for at in local), np.int64, len(hours))


def _rows(material: Material, frame: Frame) -> Sequence[Row]:
    first, end = hour_edge(frame.first), hour_edge(frame.end)
    activity = material.activity
    inside = (activity.hours >= first) & (activity.hours < end)
    if not inside.any():
        return []
    pairs = distinct(activity.people[activity.seats[inside]] * (end - first) + activity.hours[inside] - first)
    slot = slots(np.arange(first, end), frame.zone)
    wrote = np.bincount(slot[pairs % (end - first)], minlength=DAYS * HOURS).reshape(DAYS, HOURS)
    there = np.bincount(slot, minlength=DAYS * HOURS).reshape(DAYS, HOURS)
    return [
        (day, *(float(n / of) if of else None for n, of in zip(wrote[day - 1], there[day - 1], strict=True)))
        for day in range(1, DAYS + 1)
    ]


HEAT = Table(
    id="heat",
    name=Said("When members write", "Когда пишут участники"),
    definition=Said(
        "By weekday (1 is Monday) and hour of the brand's time zone: how many distinct members wrote in an "
        "average such hour. "
        "In zones that are not whole hours from UTC an hour belongs to the one in which it begins; hours "
        "that the report does "
        "not hold are empty.",
        "По дням недели (1 — понедельник) и часам по времени бренда: сколько разных участников писали в "
        "среднем за такой час. "
        "В поясах со смещением не в целых часах час относится к тому, в котором он начинается; часы, которых в отчёте нет, "
        "пусты.",
    ),
    columns=(
        Column("weekday", Said("Weekday", "День недели"), Form.COUNT),
        *(Column(f"hour_{n}", Said(f"{n:02d} h", f"{n:02d} ч"), Form.RATE) for n in range(HOURS)),
    ),
    rows=_rows,
)

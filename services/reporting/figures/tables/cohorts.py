"""Who came back: of those who wrote first in a week, how many wrote in the weeks after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from services.reporting.figures.figure import Form
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame, midnight
from services.reporting.figures.tables.table import Column, Row, Table, any_between, bit_of, hours_by_member
from shared.said import Said

WEEKS = 12
"""Weeks after the first that are shown."""
WEEK = timedelta(days=7)


def monday_of(second: float, frame: Frame) -> date:
    """Return the Monday of the week of an instant, in the brand's zone."""
    day = datetime.fromtimestamp(second // 3_600 * 3_600, UTC).astimezone(frame.zone).date()
    return day - timedelta(days=day.weekday())


def _rows(material: Material, frame: Frame) -> Sequence[Row]:
    hours = hours_by_member(material, frame)
    cohorts: dict[date, list[int]] = defaultdict(list)
    for one in material.memberships:
        if one.first is not None and frame.first.timestamp() <= one.first[0] < frame.end.timestamp():
            cohorts[monday_of(one.first[0], frame)].append(hours.get((one.community, one.member), 0))
    return [(monday, len(members), *_kept(monday, members, frame)) for monday, members in sorted(cohorts.items())]


def _kept(monday: date, members: Sequence[int], frame: Frame) -> Sequence[float | None]:
    """Return the share of members who wrote in each week after the first; None for weeks that reach out of the frame."""
    edges = [midnight(monday + n * WEEK, frame.zone) for n in range(1, WEEKS + 2)]
    bits = [bit_of(edge.timestamp(), frame) for edge in edges]
    return [
        sum(any_between(one, first, end) for one in members) / len(members) if edge <= frame.end else None
        for first, end, edge in zip(bits, bits[1:], edges[1:], strict=False)
    ]


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

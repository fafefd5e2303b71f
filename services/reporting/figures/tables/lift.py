"""What activities (webinars, streams, meet-ups) did to the days on which they were held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from statistics import mean

from services.reporting.figures.figure import Form, per
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame, Grain
from services.reporting.figures.summary import Values, figures_by
from services.reporting.figures.tables.table import Column, Row, Table
from shared.said import Said

VISITS = "activity_visits"
WEEKS = 4
"""So many weeks before and after are looked at for days to compare with."""
EVERYWHERE = ""
"""In the place of a community: an activity that belongs to none is held beside all that was counted."""
COMPARED = ("active_members", "content")


def matched(day: date, days: Mapping[date, Values]) -> Iterator[Values]:
    """Yield the days to compare with: the same weekday of the weeks around it, without an activity."""
    for n in (*range(-WEEKS, 0), *range(1, WEEKS + 1)):
        other = days.get(day + timedelta(weeks=n))
        if other is not None and not other[VISITS]:
            yield other


def _rows(material: Material, frame: Frame) -> Sequence[Row]:
    rows: list[Row] = []
    held = {row.community for row in material.rows if row.counts.get(VISITS)}
    parts = {EVERYWHERE: material} if EVERYWHERE in held else {}
    for community, part in (parts | {**material.by_community()}).items():
        if community not in held:
            continue
        (periods,) = figures_by(part, frame, Grain.DAY)
        days = {period.start.date(): period.values for period in periods}
        rows += [_row(community, day, values, list(matched(day, days))) for day, values in days.items() if values[VISITS]]
    return rows


def _row(community: str, day: date, values: Values, others: Sequence[Values]) -> Row:
    lifts = []
    for id_ in COMPARED:
        usual = mean(one[id_] or 0 for one in others) if others else None
        lifts += [values[id_], usual, None if not usual else per((values[id_] or 0) - usual, usual)]
    return (community, day, values[VISITS], len(others), *lifts)


LIFT = Table(
    id="lift",
    name=Said("Activities and their days", "Мероприятия и их дни"),
    definition=Said(
        "Days on which members were checked in at an activity, beside the same weekdays of the four weeks before and "
        "after it "
        "without one. An activity that belongs to no community stands, with that cell empty, beside all communities. "
        "It shows a difference, not its cause.",
        "Дни, когда участники отметились на мероприятии, рядом с теми же днями недели за четыре недели до и после без "
        "мероприятий. Мероприятие вне сообществ стоит, с пустой ячейкой, рядом со всеми сообществами. "
        "Это разница, а не её причина.",
    ),
    columns=(
        Column("community", Said("Community", "Сообщество")),
        Column("day", Said("Day", "День")),
        Column("visits", Said("Visits", "Посещения"), Form.COUNT),
        Column("matched", Said("Days compared", "Дней для сравнения"), Form.COUNT),
        Column("active_members", Said("Active members", "Активные участники"), Form.COUNT),
        Column("active_usual", Said("Usual", "Обычно"), Form.RATE),
        Column("active_lift", Said("Difference", "Разница"), Form.SHARE),
        Column("content", Said("Content", "Публикации"), Form.COUNT),
        Column("content_usual", Said("Usual", "Обычно"), Form.RATE),
        Column("content_lift", Said("Difference", "Разница"), Form.SHARE),
    ),
    rows=_rows,
)

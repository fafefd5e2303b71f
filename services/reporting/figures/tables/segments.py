"""Newcomers, regulars, those drifting away and those lost, and who became what within four weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from services.reporting.figures.audience import (
    BACK_DAYS,
    DRIFTING_DAYS,
    LOST_DAYS,
    RECENT_DAYS,
    REGULAR_DAYS_MIN,
    Segment,
    segments_at,
)
from services.reporting.figures.figure import Form
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame
from services.reporting.figures.tables.table import Column, Row, Table
from shared.said import Said

NAMES = {
    Segment.NEWCOMER: Said("newcomers", "новички"),
    Segment.REGULAR: Said("regulars", "постоянные"),
    Segment.OCCASIONAL: Said("now and then", "иногда"),
    Segment.DRIFTING: Said("drifting away", "отдаляются"),
    Segment.LOST: Said("lost", "потеряны"),
}


def _rows(material: Material, frame: Frame) -> Sequence[Row]:
    before = segments_at(material, frame.until - timedelta(days=RECENT_DAYS), frame.zone)
    now = segments_at(material, frame.until, frame.zone)
    moves = np.zeros((len(Segment), len(Segment)), np.int64)
    np.add.at(moves, (now, before), 1)
    if not moves[1:].any():
        return []
    return [
        (segment.name.lower(), int(moves[segment].sum()), int(moves[:, segment].sum()), *map(int, moves[segment]))
        for segment in NAMES
    ]


SEGMENTS = Table(
    id="segments",
    name=Said("Who is there, and who is leaving", "Кто остаётся и кто уходит"),
    definition=Said(
        "Members of a community at the end of the report and four weeks before, by the days on which they "
        "wrote. Newcomers wrote "
        f"there first within the last {RECENT_DAYS} days; regulars on at least {REGULAR_DAYS_MIN} of these days, occasional "
        f"members on fewer; who is drifting wrote last {RECENT_DAYS + 1} to {DRIFTING_DAYS} days ago, who is lost "
        f"{DRIFTING_DAYS + 1} to {LOST_DAYS}. The columns to the right tell what they were four weeks before. Staff are "
        "members as well; who belongs to two communities counts in both.",
        "Участники сообщества в конце отчёта и четырьмя неделями раньше, по дням, в которые они писали. Новички (newcomer) "
        f"впервые написали за последние {RECENT_DAYS} дней; постоянные (regular) писали не меньше чем в {REGULAR_DAYS_MIN} "
        f"из этих дней, иногда пишущие (occasional) — в меньшем числе дней; отдаляющиеся (drifting) последний раз писали "
        f"{RECENT_DAYS + 1}–{DRIFTING_DAYS} дней назад, потерянные (lost) — {DRIFTING_DAYS + 1}–{LOST_DAYS}. Столбцы справа "
        "показывают, кем они были четырьмя неделями раньше. Сотрудники — тоже участники; участник двух "
        "сообществ считается в "
        "обоих.",
    ),
    columns=(
        Column("segment", Said("Segment", "Сегмент"), names={one.name.lower(): said for one, said in NAMES.items()}),
        Column("members", Said("Members", "Участники"), Form.COUNT),
        Column("before", Said("Four weeks before", "Четыре недели назад"), Form.COUNT),
        Column("from_nobody", Said("Were not there", "Не было"), Form.COUNT),
        *(
            Column(f"from_{one.name.lower()}", Said(f"Were {said.en}", f"Были: {said.ru}"), Form.COUNT)
            for one, said in NAMES.items()
        ),
    ),
    rows=_rows,
    back_days=BACK_DAYS,
)

"""How soon each of the brand's own people answers questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from services.reporting.figures.figure import Form, middle
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame
from services.reporting.figures.tables.table import Column, Row, Table
from shared.said import Said


def _rows(material: Material, frame: Frame) -> Sequence[Row]:
    asked, staff = material.questions.asked, material.questions.staff
    waited: dict[str, list[float]] = defaultdict(list)
    inside = (asked >= frame.first.timestamp()) & (asked < frame.end.timestamp()) & ~np.isnan(staff)
    for row in np.flatnonzero(inside).tolist():
        waited[material.questions.staff_by[row]].append(max(0.0, float(staff[row] - asked[row])))
    ranked = sorted(waited.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return [(member, len(waits), middle(np.array(waits)), max(waits)) for member, waits in ranked]


STAFF = Table(
    id="staff",
    name=Said("Answers by staff", "Ответы сотрудников"),
    definition=Said(
        "Questions of the period that each of the brand's own people was the first of the staff to answer, and how "
        "long members "
        "waited for that: half of them at most so long, and the longest.",
        "Вопросы периода, на которые сотрудник бренда ответил первым из сотрудников, и сколько участники этого ждали: "
        "половина — "
        "не дольше указанного, и самое долгое ожидание.",
    ),
    columns=(
        Column("member", Said("Account", "Аккаунт")),
        Column("answered", Said("Answered first", "Ответил первым"), Form.COUNT),
        Column("response", Said("Half within", "Половина за"), Form.SECONDS),
        Column("longest", Said("Longest", "Дольше всего"), Form.SECONDS),
    ),
    rows=_rows,
)

"""How many of a period's active members are there on an ordinary day."""

from __future__ import annotations

from services.reporting.figures.figure import PER_CENT, Figure, Form, Sums, Value, per
from shared.platforms import facts
from shared.said import Said


def _stickiness(sums: Sums) -> Value:
    return per(per(sums.active_days, sums.days), sums.active) if sums.days > 1 else None


STICKINESS = Figure(
    id="stickiness",
    name=Said("Stickiness", "Вовлечённость в день"),
    definition=Said(
        "Active members of an average day, divided by those of the whole period: of a month it is DAU / MAU. "
        "Periods of a day or less have none.",
        "Активные участники среднего дня, делённые на активных за весь период: для месяца это DAU / MAU. "
        "Для дня и часа не считается.",
    ),
    unit=PER_CENT,
    form=Form.SHARE,
    compute=_stickiness,
    needs=(facts.AUTHORS,),
)

"""How many people took part."""

from __future__ import annotations

from services.reporting.figures.figure import MEMBERS, Figure
from shared.platforms import facts
from shared.said import Said

ACTIVE_MEMBERS = Figure(
    id="active_members",
    name=Said("Active members", "Активные участники"),
    definition=Said(
        "Distinct authors of content in the period, be it a day, a week or a month. Bots are left out, "
        "and so is a community that speaks itself.",
        "Разные авторы публикаций за период: день, неделю или месяц. Боты и сообщения от имени сообщества не в счёт.",
    ),
    unit=MEMBERS,
    compute=lambda sums: sums.active,
    needs=(facts.AUTHORS,),
)

"""Shares, views, and what people do with content for each view, each content, each active member.

There is no one engagement rate: platforms tell different denominators. So each rate names its own, and is unknown where the
platform does not tell it.
"""

from __future__ import annotations

from services.reporting.figures.content import BY_KIND_NAMES, REPLIES_COUNT
from services.reporting.figures.figure import PER_CENT, TIMES, Figure, Form, Sums, Value, counted, per
from services.reporting.figures.reactions import net
from shared.platforms import facts
from shared.said import Said

SHARES_COUNT = "shares"
VIEWS_GROWN, REACH_GROWN, SAVES_GROWN = "views_grown", "reach_grown", "saves_grown"
NAMES = (SHARES_COUNT,)


def interactions(sums: Sums) -> int:
    """Return what people did with content: reactions, replies, shares."""
    return net(sums) + sums.counts.get(REPLIES_COUNT, 0) + sums.counts.get(SHARES_COUNT, 0)


def _interactions(sums: Sums) -> Value:
    return interactions(sums)


def _per_view(sums: Sums) -> Value:
    return per(interactions(sums), sums.counts.get(VIEWS_GROWN))


def _per_content(sums: Sums) -> Value:
    return per(interactions(sums), sum(sums.counts.get(name, 0) for name in BY_KIND_NAMES))


def _per_member(sums: Sums) -> Value:
    return per(interactions(sums), sums.active)


INTERACTIONS = Figure(
    id="interactions",
    name=Said("Interactions", "Взаимодействия"),
    definition=Said("Reactions, replies and shares together.", "Реакции, отклики и репосты вместе."),
    unit=TIMES,
    compute=_interactions,
)
SHARES = Figure(
    id=SHARES_COUNT,
    name=Said("Shares", "Репосты"),
    definition=Said("How often content was shared.", "Сколько раз публикациями поделились."),
    unit=TIMES,
    compute=counted(SHARES_COUNT),
    needs=(facts.SHARES,),
)
VIEWS = Figure(
    id="views",
    name=Said("Views", "Просмотры"),
    definition=Said(
        "Views of content as the platform counts them, by what they grew, in the hour in which the platform told it.",
        "Просмотры по счёту платформы: их прирост в том часе, когда платформа его сообщила.",
    ),
    unit=TIMES,
    compute=counted(VIEWS_GROWN),
    needs=(facts.VIEWS,),
)
REACH = Figure(
    id="reach",
    name=Said("Reach", "Охват"),
    definition=Said(
        "The reach of each content as the platform counts it, by what it grew, added up: who saw two contents counts twice.",
        "Охват каждой публикации по счёту платформы, его прирост в сумме: кто видел две публикации, считается дважды.",
    ),
    unit=TIMES,
    compute=counted(REACH_GROWN),
    needs=(facts.VIEWS,),
)
SAVES = Figure(
    id="saves",
    name=Said("Saves", "Сохранения"),
    definition=Said(
        "How often content was saved, as the platform counts it, by what it grew.",
        "Сколько раз публикации сохранили, по счёту платформы, по приросту.",
    ),
    unit=TIMES,
    compute=counted(SAVES_GROWN),
    needs=(facts.VIEWS,),
)
PER_VIEW = Figure(
    id="engagement_per_view",
    name=Said("Engagement per view", "Вовлечённость на просмотр"),
    definition=Said(
        "Interactions divided by views. Only platforms that tell views have it.",
        "Взаимодействия, делённые на просмотры. Есть только там, где платформа сообщает просмотры.",
    ),
    unit=PER_CENT,
    form=Form.SHARE,
    compute=_per_view,
    needs=(facts.VIEWS,),
)
PER_CONTENT = Figure(
    id="engagement_per_content",
    name=Said("Engagement per content", "Вовлечённость на публикацию"),
    definition=Said("Interactions divided by contents.", "Взаимодействия, делённые на число публикаций."),
    unit=TIMES,
    form=Form.RATE,
    compute=_per_content,
)
PER_MEMBER = Figure(
    id="engagement_per_member",
    name=Said("Engagement per active member", "Вовлечённость на активного участника"),
    definition=Said("Interactions divided by active members.", "Взаимодействия, делённые на число активных участников."),
    unit=TIMES,
    form=Form.RATE,
    compute=_per_member,
    needs=(facts.AUTHORS,),
)

"""Members by what they do: who answers others, who is there every day, who came and said nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.reporting.figures.activity import distinct
from services.reporting.figures.audience import days_written
from services.reporting.figures.buckets.hours import hour_of, month_of
from services.reporting.figures.columns import Ints
from services.reporting.figures.figure import Form, per
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame
from services.reporting.figures.tables.table import Column, Row, Table
from shared.said import Said

PEOPLE_MIN, REPLIES_MIN = 5, 10
"""A helper answered so many members, so often."""
DAILY_MIN = 0.5
"""Who wrote on so large a part of the days is there every day."""
HELPER, DAILY, ONCE, TALKER, SILENT = "helper", "daily", "once", "talker", "silent"
NAMES = {
    HELPER: Said("helpers", "помощники"),
    DAILY: Said("daily", "ежедневные"),
    TALKER: Said("talkers", "собеседники"),
    ONCE: Said("once", "разовые"),
    SILENT: Said("silent", "молчащие"),
}


def _rows(material: Material, frame: Frame) -> Sequence[Row]:
    days = _days(material, frame)
    wrote = days > 0
    helpers = wrote & _helps(material, frame)
    daily = wrote & ~helpers & (days >= frame.days * DAILY_MIN) & (days > 1)
    once = wrote & ~helpers & (days == 1)
    numbers = {
        HELPER: int(helpers.sum()),
        DAILY: int(daily.sum()),
        TALKER: int((wrote & ~helpers & ~daily & ~once).sum()),
        ONCE: int(once.sum()),
        SILENT: _silent(material, frame, days),
    }
    total = sum(numbers.values())
    return [(name, n, per(n, total)) for name, n in numbers.items()] if total else []


def _days(material: Material, frame: Frame) -> Ints:
    found: Ints = days_written(material, [frame.since, frame.until], frame.zone)[:, 0]
    return found


def _helps(material: Material, frame: Frame) -> NDArray[np.bool_]:
    """Return, by seat, whether the member answered enough others, anywhere."""
    told, members = material.presences.replies, max(1, len(material.presences.members))
    inside = (told.month >= month_of(hour_of(frame.first))) & (told.month < hour_of(frame.end))
    who, whom = told.who[inside], told.whom[inside]
    often = np.bincount(who, told.times[inside], members) >= REPLIES_MIN
    pairs = distinct(who[often[who]] * members + whom[often[who]])  # of those alone: a sort of all would take a second
    return (np.bincount(pairs // members, minlength=members) >= PEOPLE_MIN)[material.activity.people]


def _silent(material: Material, frame: Frame, days: Ints) -> int:
    """Return how many joined within the frame and have not written in it."""
    since, end, seats = frame.first.timestamp(), frame.end.timestamp(), material.activity.numbers
    joined = [one for one in material.memberships if any(since <= second < end for second, _ in one.came)]
    found = (seats.get((one.community, one.member)) for one in joined)
    return sum(seat is None or not days[seat] for seat in found)


PERSONAS = Table(
    id="personas",
    name=Said("Members by what they do", "Участники по поведению"),
    definition=Said(
        f"Members of a community by what they did within the report, each once: helpers answered at least "
        f"{PEOPLE_MIN} others "
        f"and {REPLIES_MIN} times (replies count by month, UTC); daily members wrote on half of the days or "
        f"more; talkers on "
        "several days; once: on one day alone; silent members joined and wrote nothing.",
        f"Участники сообщества по тому, что они делали за период, каждый один раз: помощники (helper) "
        f"ответили не меньше чем "
        f"{PEOPLE_MIN} участникам и {REPLIES_MIN} раз (ответы считаются по месяцам, UTC); ежедневные (daily) писали в "
        "половину дней и чаще; собеседники (talker) — в несколько дней; разовые (once) — только в один день; "
        "молчащие (silent) "
        "вступили и ничего не написали.",
    ),
    columns=(
        Column("persona", Said("Behaviour", "Поведение"), names=NAMES),
        Column("members", Said("Members", "Участники"), Form.COUNT),
        Column("share", Said("Part of all", "Доля"), Form.SHARE),
    ),
    rows=_rows,
)

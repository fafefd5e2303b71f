"""Where members came from, and whether they came back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from services.reporting.figures.figure import Form, per
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame, midnight
from services.reporting.figures.tables.table import Column, Row, Table, any_between, bit_of, hours_by_member
from shared.said import Said

DAYS = 30
SOURCES_MAX = 200
"""Sources that are shown, those with most members; each invite link may be one."""


def _rows(material: Material, frame: Frame) -> Sequence[Row]:
    hours = hours_by_member(material, frame)
    joined: dict[str, int] = defaultdict(int)
    watched: dict[str, list[bool]] = defaultdict(list)
    for one in material.memberships:
        for second, source in one.came:
            if not frame.first.timestamp() <= second < frame.end.timestamp():
                continue
            joined[source] += 1
            came = _came_back(second, hours.get((one.community, one.member), 0), frame)
            if came is not None:
                watched[source].append(came)
    ranked = sorted(joined.items(), key=lambda pair: (-pair[1], pair[0]))[:SOURCES_MAX]
    return [(name, n, len(watched[name]), per(sum(watched[name]), len(watched[name]))) for name, n in ranked]


def _came_back(second: float, bits: int, frame: Frame) -> bool | None:
    """Say whether a member wrote on one of the DAYS after the day they joined; None where these are not over yet."""
    day = datetime.fromtimestamp(second, UTC).astimezone(frame.zone).date()
    first, end = (midnight(day + timedelta(days=n), frame.zone) for n in (1, DAYS + 1))
    if end > frame.end:
        return None
    return any_between(bits, bit_of(first.timestamp(), frame), bit_of(end.timestamp(), frame))


SOURCES = Table(
    id="sources",
    name=Said("Joins by source", "Вступления по источникам"),
    definition=Said(
        "Members who joined, by where they came from (an invite link, a referral, an ad; empty where that is not "
        "told), and of those "
        "whose 30 days after joining are over within the report, the share who wrote on one of these days.",
        "Вступившие участники по источникам (ссылка-приглашение, рекомендация, реклама; пусто, если источник "
        "неизвестен) и доля "
        "писавших в один из 30 дней после вступления — среди тех, у кого эти 30 дней уместились в отчёт.",
    ),
    columns=(
        Column("source", Said("Source", "Источник")),
        Column("joined", Said("Joined", "Пришли"), Form.COUNT),
        Column("watched", Said("30 days over", "30 дней прошло"), Form.COUNT),
        Column("returned", Said("Wrote within 30 days", "Писали за 30 дней"), Form.SHARE),
    ),
    rows=_rows,
)

"""Where members came from, and whether they came back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np

from services.reporting.figures.buckets.membership import Membership
from services.reporting.figures.figure import Form, per
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame, hour_edge, midnight
from services.reporting.figures.tables.table import Column, Row, Table
from shared.said import Said

DAYS = 30
SOURCES_MAX = 200
"""Sources that are shown, those with most members; each invite link may be one."""


class Came(NamedTuple):
    """Somebody who joined: from where, their seat, and the hours in which to look whether they wrote."""

    source: str
    seat: int
    first: int
    end: int
    member: str
    second: float


def came_in(material: Material, frame: Frame, *, but: Collection[str] = ()) -> Sequence[Came]:
    """Return all who joined in the frame, `but` some communities; who joined twice is there twice."""
    joined = (one for one in material.memberships if one.community not in but)
    return [_came(material, one, second, source, frame) for one in joined for second, source in _joins(one, frame)]


def _rows(material: Material, frame: Frame) -> Sequence[Row]:
    came = came_in(material, frame)
    joined = Counter(one.source for one in came)
    over = [one for one in came if one.end <= hour_edge(frame.end)]
    columns = np.array([one[1:4] for one in over], dtype=np.int64).reshape(-1, 3).T
    wrote = material.activity.wrote_between(*columns)
    watched, returned = (
        Counter(one.source for one in over),
        Counter(one.source for one, did in zip(over, wrote, strict=True) if did),
    )
    ranked = sorted(joined.items(), key=lambda pair: (-pair[1], pair[0]))[:SOURCES_MAX]
    return [(name, n, watched[name], per(returned[name], watched[name])) for name, n in ranked]


def _joins(one: Membership, frame: Frame) -> Iterator[tuple[float, str]]:
    return ((second, source) for second, source in one.came if frame.first.timestamp() <= second < frame.end.timestamp())


def _came(material: Material, one: Membership, second: float, source: str, frame: Frame) -> Came:
    """Return the hours of the DAYS after the day on which a member joined; who never wrote has a seat that nobody has."""
    day = datetime.fromtimestamp(second, UTC).astimezone(frame.zone).date()
    seat = material.activity.numbers.get((one.community, one.member), len(material.activity.numbers))
    first, end = (hour_edge(midnight(day + timedelta(days=n), frame.zone)) for n in (1, DAYS + 1))
    return Came(source, seat, first, end, one.member, second)


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

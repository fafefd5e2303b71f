"""Who is listened to more than before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from services.reporting.figures.buckets.hours import hour_of, month_of
from services.reporting.figures.figure import Form
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame
from services.reporting.figures.tables.influencers import Graph, ranks_of, replies_between
from services.reporting.figures.tables.table import Column, Row, Table
from shared.said import Said

SHOWN = 20
PEOPLE_MIN = 5
"""Fewer members who answered somebody are chance."""


def _rows(material: Material, frame: Frame) -> Sequence[Row]:
    """Compare the months of the frame with those before it: a month is never in both."""
    first, end = month_of(hour_of(frame.first)), hour_of(frame.end)
    start = month_of(hour_of(frame.before.first))
    before = replies_between(material, start, first)
    if not before.members:
        return []
    now = replies_between(material, first, end)
    if not now.members:
        return []
    ranks, ranks_before = _ranks(now), _ranks(before)
    people = np.zeros(len(now.members), np.int64)
    np.add.at(people, now.whom, 1)
    rises = [
        (member, rank, ranks_before.get(member, 0.0), rank - ranks_before.get(member, 0.0), int(n))
        for (member, rank), n in zip(ranks.items(), people.tolist(), strict=True)
        if n >= PEOPLE_MIN and rank > ranks_before.get(member, 0.0)
    ]
    return sorted(rises, key=lambda row: (-row[3], row[0]))[:SHOWN]


def _ranks(graph: Graph) -> Mapping[str, float]:
    return dict(zip(graph.members, ranks_of(graph).tolist(), strict=True))


RISING = Table(
    id="rising",
    name=Said("Who is listened to more than before", "К кому прислушиваются больше прежнего"),
    definition=Said(
        "Members whose PageRank in the graph of replies grew most against the months before (UTC), among "
        "those whom at least "
        f"{PEOPLE_MIN} members answered. Replies count by month: short reports compare whole months.",
        "Участники, чей PageRank в графе ответов вырос сильнее всего по сравнению с предыдущими месяцами "
        "(UTC), из тех, кому "
        f"ответили не меньше {PEOPLE_MIN} участников. Ответы считаются по месяцам: короткие отчёты сравнивают "
        f"месяцы целиком.",
    ),
    columns=(
        Column("member", Said("Member", "Участник")),
        Column("rank", Said("Part of all attention", "Доля внимания"), Form.SHARE),
        Column("before", Said("Before", "Раньше"), Form.SHARE),
        Column("rise", Said("More", "Прирост"), Form.SHARE),
        Column("people", Said("From members", "От участников"), Form.COUNT),
    ),
    rows=_rows,
    compares=True,
)

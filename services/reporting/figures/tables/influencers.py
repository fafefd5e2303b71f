"""Who is listened to: members by their PageRank in the graph of replies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import networkx as nx

from services.reporting.figures.buckets.hours import hour_of, month_of
from services.reporting.figures.figure import Form
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame
from services.reporting.figures.tables.table import Column, Row, Table
from shared.said import Said

SHOWN = 100
"""Members of the table, the first ones."""

DAMPING = 0.85
"""As in the source."""

TOLERANCE = 1e-9
"""Of the sum of all ranks: well below the least difference that is shown."""

ROUNDS_MAX = 500

Graph = Mapping[str, Mapping[str, int]]
"""Who answered whom, and how often."""


def replies_of(material: Material, frame: Frame) -> Graph:
    """Return who answered whom in the months (UTC) that begin in the frame, or in which it begins."""
    first, end = month_of(hour_of(frame.first)), hour_of(frame.end)
    graph: dict[str, dict[str, int]] = defaultdict(dict)
    for one in material.presences:
        if first <= one.month < end:
            for other, n in one.replies.items():
                graph[one.member][other] = graph[one.member].get(other, 0) + n
    return graph


def ranks_of(graph: Graph) -> Mapping[str, float]:
    """Return the PageRank of everybody who answered or was answered; they add up to one.

    An answer leads from who gives it to who gets it, weighted by how often. Page, Brin, Motwani and Winograd, "The PageRank
    citation ranking", 1999; networkx computes it.
    """
    edges = ((who, other, n) for who, others in sorted(graph.items()) for other, n in sorted(others.items()))
    made = nx.DiGraph()
    made.add_weighted_edges_from(edges)
    found: Mapping[str, float] = nx.pagerank(made, alpha=DAMPING, tol=TOLERANCE / max(1, len(made)), max_iter=ROUNDS_MAX)
    return found


def _rows(material: Material, frame: Frame) -> Sequence[Row]:
    graph = replies_of(material, frame)
    if not graph:
        return []
    ranks, received, people = ranks_of(graph), defaultdict[str, int](int), defaultdict[str, int](int)
    for others in graph.values():
        for other, n in others.items():
            received[other] += n
            people[other] += 1
    first = sorted(ranks, key=lambda member: (-ranks[member], member))[:SHOWN]
    return [(member, ranks[member], received[member], people[member]) for member in first]


INFLUENCERS = Table(
    id="influencers",
    name=Said("Who is listened to", "К кому прислушиваются"),
    definition=Said(
        "Members by their PageRank in the graph of replies: whom many answer, and whom those answer to whom many "
        "answer. Replies "
        "count by month (UTC); what is said in a chat without replying to somebody cannot be told.",
        "Участники по PageRank в графе ответов: кому отвечают многие и кому отвечают те, кому отвечают многие. Ответы "
        "считаются "
        "по месяцам (UTC); сказанное в чате без ответа кому-либо распознать нельзя.",
    ),
    columns=(
        Column("member", Said("Member", "Участник")),
        Column("rank", Said("Part of all attention", "Доля внимания"), Form.SHARE),
        Column("received", Said("Replies received", "Получено ответов"), Form.COUNT),
        Column("people", Said("From members", "От участников"), Form.COUNT),
    ),
    rows=_rows,
)

"""Who is listened to: members by their PageRank in the graph of replies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import rustworkx as rx
from numpy.typing import NDArray

from services.reporting.figures.buckets.hours import hour_of, month_of
from services.reporting.figures.columns import Ints
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
"""By how much all ranks together may move in the last round: well below the least difference that is shown."""

ROUNDS_MAX = 500


class Graph(NamedTuple):
    """Who answered whom: a row for each two members; a member is a number in `members`."""

    members: Sequence[str]
    """Those who answered or were answered, sorted."""
    who: Ints
    whom: Ints
    times: Ints


def replies_of(material: Material, frame: Frame) -> Graph:
    """Return who answered whom in the months (UTC) that begin in the frame, or in which it begins."""
    return replies_between(material, month_of(hour_of(frame.first)), hour_of(frame.end))


def replies_between(material: Material, first: int, end: int) -> Graph:
    """Return who answered whom in the months whose first hours lie between two hours."""
    told, names = material.presences.replies, material.presences.members
    chosen = (told.month >= first) & (told.month < end)
    found = np.unique(np.concatenate((told.who[chosen], told.whom[chosen])))
    members = sorted((names[number], number) for number in found.tolist())
    numbers = np.zeros(len(names), np.int64)
    numbers[[number for _, number in members]] = np.arange(len(members))
    pairs = numbers[told.who[chosen]] * len(members) + numbers[told.whom[chosen]]
    distinct, edges = np.unique(pairs, return_inverse=True)
    times = np.zeros(len(distinct), np.int64)
    np.add.at(times, edges, told.times[chosen])
    return Graph([name for name, _ in members], *np.divmod(distinct, max(1, len(members))), times)


def ranks_of(graph: Graph) -> NDArray[np.float64]:
    """Return the PageRank of each member; they add up to one.

    An answer leads from who gives it to who gets it, weighted by how often. Page, Brin, Motwani and Winograd, "The PageRank
    citation ranking", 1999; rustworkx computes it. The same graph has the same ranks to the last digit.
    """
    made = rx.PyDiGraph()
    made.add_nodes_from(range(len(graph.members)))
    made.add_edges_from(list(zip(graph.who.tolist(), graph.whom.tolist(), graph.times.tolist(), strict=True)))
    found = rx.pagerank(made, alpha=DAMPING, weight_fn=float, tol=TOLERANCE, max_iter=ROUNDS_MAX)
    return np.array([found[number] for number in range(len(graph.members))], dtype=np.float64)


def _rows(material: Material, frame: Frame) -> Sequence[Row]:
    graph = replies_of(material, frame)
    if not graph.members:
        return []
    ranks = ranks_of(graph)
    received, people = (np.zeros(len(ranks), np.int64) for _ in range(2))
    np.add.at(received, graph.whom, graph.times)
    np.add.at(people, graph.whom, 1)
    first = np.lexsort((np.arange(len(ranks)), -ranks))[:SHOWN].tolist()
    return [(graph.members[n], float(ranks[n]), int(received[n]), int(people[n])) for n in first]


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

"""What was stored into figures, over a frame, by period. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any, TypeVar

import numpy as np
from msgspec import Struct

from services.reporting.figures import FIGURES, figure_of, members, remarks, sales
from services.reporting.figures.buckets.hours import HOUR_S
from services.reporting.figures.buckets.subscription import Subscription
from services.reporting.figures.content import POSTS_COUNT
from services.reporting.figures.figure import Asked, Figure, Seconds, Sums, Value
from services.reporting.figures.material import Material, Row
from services.reporting.figures.periods import Frame, Grain, bounds
from shared.platforms import platform_of

Values = Mapping[str, Value]
"""By the figure's id; None where no platform tells it, or where there is nothing to divide by."""

T = TypeVar("T")


class Period(Struct, frozen=True):
    """The figures of one period."""

    start: datetime
    """In the brand's zone."""
    values: Values


def figures_by(material: Material, frame: Frame, *grains: Grain) -> list[list[Period]]:
    """Return the figures of every period of the frame, empty ones too; a list for each grain."""
    summary = _Summary(material, frame)
    return [summary.periods(grain) for grain in grains]


def figures_of(material: Material, frame: Frame) -> Values:
    """Return the figures of the frame as a whole."""
    return figures_by(material, frame, Grain.WHOLE)[0][0].values


def figures_in(material: Material) -> tuple[Figure, ...]:
    """Return all figures: those of every brand, then those that this one's systems tell, and a sum for each currency."""
    names = {name for row in material.rows for name in row.counts}
    ids = [f"kpi:{name.partition(':')[2]}" for name in sorted(names) if name.startswith("observed:")]
    ids += [f"revenue:{currency}" for currency in sorted({one.currency for one in material.purchases} - {""})]
    ids += [f"{what}:{query}" for query in remarks.queries_in(names) for what in ("mentions", "tone")]
    ids += sorted(name for name in names if name.startswith(f"{POSTS_COUNT}:"))
    return (*FIGURES, *filter(None, map(figure_of, ids)))


def untold_by(material: Material) -> Mapping[str, list[str]]:
    """Return, by figure, the communities whose platform does not tell it: a total holds nothing of them but history."""
    untold = {
        figure.id: [place for place in material.communities if not figure.is_told_by(platform_of(place))]
        for figure in FIGURES
    }
    return {figure: places for figure, places in untold.items() if places}


class _Summary:
    """What all grains of a frame share."""

    def __init__(self, material: Material, frame: Frame) -> None:
        self._material, self._frame = material, frame
        self._figures = figures_in(material)
        self._platforms = frozenset(map(platform_of, material.communities))

    @cached_property
    def _days(self) -> tuple[Sequence[datetime], Sequence[int]]:
        """Return the edges of days, and the sums of their active members up to each of them."""
        edges = bounds(self._frame, Grain.DAY)
        return edges, [0, *accumulate(self._material.activity.active(edges).tolist())]

    def periods(self, grain: Grain) -> list[Period]:
        """Return the figures of each period."""
        edges = bounds(self._frame, grain)
        return [
            Period(start.astimezone(self._frame.zone), {one.id: one.of(sums, self._platforms) for one in self._figures})
            for start, sums in zip(edges[:-1], self._sums(edges, grain), strict=True)
        ]

    def _sums(self, edges: Sequence[datetime], grain: Grain) -> Iterator[Sums]:
        material, share = self._material, _Share(edges)
        counts = _counts(material.rows, edges)
        active = material.activity.active(edges)
        ever = _ever([*material.before, *(row for row in material.rows if row.at < edges[0])], counts)
        (asked_at, asked), (first_at, answered) = material.asked, material.newcomers
        questions, newcomers = share.slices(asked_at), share.slices(first_at)
        rulings = share.out(material.rulings, lambda one: one.second)
        purchases = share.out(material.purchases, lambda one: one.second)
        subscribers = _subscribers(material.subscriptions, edges)
        days = self._in_days(edges, grain)
        for n in range(len(edges) - 1):
            bought = purchases.get(n, ())
            yield Sums(
                counts=counts[n],
                ever=ever[n],
                active=int(active[n]),
                days=days[n][0],
                active_days=days[n][1],
                questions=Asked(*(column[questions[n]] for column in asked)),
                newcomers=answered[newcomers[n]],
                rulings=rulings.get(n, ()),
                purchases=bought,
                earlier=_earlier(material, edges[n]) if bought else {},
                subscribers=subscribers.get(n, 0),
            )

    def _in_days(self, edges: Sequence[datetime], grain: Grain) -> Sequence[tuple[int, int]]:
        """Return how many days each period has, and the active members of each of them added up."""
        if grain in {Grain.HOUR, Grain.DAY}:
            return [(0, 0)] * len(edges)
        days, sums = self._days
        cuts = [min(bisect_left(days, edge), len(days) - 1) for edge in edges]
        return [(end - first, sums[end] - sums[first]) for first, end in pairwise(cuts)]


class _Share:
    """Shares things out to the periods in which they happened; an hour belongs to the period in which it begins."""

    def __init__(self, edges: Sequence[datetime]) -> None:
        self._edges = [edge.timestamp() for edge in edges]

    def out(self, things: Iterable[T], second: Callable[[T], float | None]) -> Mapping[int, Sequence[T]]:
        """Return them by the number of the period; those outside of all are left out."""
        found: dict[int, list[T]] = defaultdict(list)
        for one in things:
            at = second(one)
            if at is not None and self._edges[0] <= (hour := at // HOUR_S * HOUR_S) < self._edges[-1]:
                found[bisect_right(self._edges, hour) - 1].append(one)
        return found

    def slices(self, ascending: Seconds) -> Sequence[slice]:
        """Return which of the instants lie in each period."""
        cuts = np.searchsorted(ascending // HOUR_S * HOUR_S, self._edges).tolist()
        return [slice(first, end) for first, end in pairwise(cuts)]


def _counts(rows: Sequence[Row], edges: Sequence[datetime]) -> list[Mapping[str, int]]:
    sums: list[Counter[str]] = [Counter() for _ in edges[:-1]]
    for row in rows:
        if edges[0] <= row.at < edges[-1]:
            sums[bisect_right(edges, row.at) - 1].update(row.counts)
    return list(sums)


def _ever(before: Sequence[Row], counts: Sequence[Mapping[str, int]]) -> list[Mapping[str, int]]:
    """Return who came and went until the end of each period."""
    sums: Counter[str] = Counter()
    for row in before:
        sums.update({name: row.counts[name] for name in members.NAMES if name in row.counts})
    found: list[Mapping[str, int]] = []
    for one in counts:
        sums.update({name: one[name] for name in members.NAMES if name in one})
        found.append(dict(sums))
    return found


def _earlier(material: Material, edge: datetime) -> Mapping[str, int]:
    kept = (one for one in material.purchases if sales.is_kept(one))
    return Counter(one.member for one in kept if one.second is not None and one.second < edge.timestamp())


def _subscribers(subscriptions: Sequence[Subscription], edges: Sequence[datetime]) -> Mapping[int, int]:
    """Return how many members have a paid subscription at the end of each period."""
    ends = [edge.timestamp() for edge in edges[1:]]
    paid: dict[int, set[Any]] = defaultdict(set)
    for one in subscriptions:
        nexts = [second for second, _ in one.moves[1:]] + [float("inf")]
        for (second, until), following in zip(one.moves, nexts, strict=True):
            for n in range(bisect_left(ends, second), bisect_left(ends, min(until, following))):
                paid[n].add(one.member)
    return {n: len(who) for n, who in paid.items()}

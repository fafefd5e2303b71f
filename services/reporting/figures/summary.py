"""Buckets into figures: rows and presences, over a frame, by period. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from services.reporting.figures import FIGURES
from services.reporting.figures.figure import Sums
from services.reporting.figures.periods import Frame, Grain, bounds, hour_edge
from shared.platforms import platform_of

Values = Mapping[str, int | None]
"""By the figure's id; None where no platform tells it."""


class Row(Struct, frozen=True):
    """What the hours of one community add up to, from `at` on, for one hour or one day."""

    community: str
    at: datetime
    counts: Mapping[str, int]


class Presence(Struct, frozen=True):
    """The hours of a month in which a member wrote: one bit each."""

    community: str
    member: str
    month: int
    bits: int


class Material(Struct, frozen=True):
    """What was stored of a frame."""

    rows: Sequence[Row]
    presences: Sequence[Presence]

    @property
    def communities(self) -> tuple[str, ...]:
        """Return the communities that tell something, in order; points of no community do not make one."""
        names = {row.community for row in self.rows} | {presence.community for presence in self.presences}
        return tuple(sorted(names - {""}))

    def by_community(self) -> Mapping[str, Material]:
        """Return the part of each community."""
        parts: dict[str, tuple[list[Row], list[Presence]]] = {name: ([], []) for name in self.communities}
        for row in self.rows:
            if row.community in parts:
                parts[row.community][0].append(row)
        for presence in self.presences:
            parts[presence.community][1].append(presence)
        return {name: Material(rows, presences) for name, (rows, presences) in parts.items()}


class Period(Struct, frozen=True):
    """The figures of one period."""

    start: datetime
    """In the brand's zone."""
    values: Values


def figures_by(material: Material, frame: Frame, *grains: Grain) -> list[list[Period]]:
    """Return the figures of every period of the frame, empty ones too; a list for each grain."""
    first, end = hour_edge(frame.first), hour_edge(frame.end)
    members = _by_member(material.presences, first, end - first)
    platforms = frozenset(map(platform_of, material.communities))
    return [_periods(material.rows, members, platforms, frame, grain) for grain in grains]


def figures_of(material: Material, frame: Frame) -> Values:
    """Return the figures of the frame as a whole."""
    return figures_by(material, frame, Grain.WHOLE)[0][0].values


def untold_by(material: Material) -> Mapping[str, list[str]]:
    """Return, by figure, the communities whose platform does not tell it: a total holds nothing of them but history."""
    untold = {
        figure.id: [place for place in material.communities if not figure.is_told_by(platform_of(place))]
        for figure in FIGURES
    }
    return {figure: places for figure, places in untold.items() if places}


def _periods(
    rows: Sequence[Row], members: Mapping[str, int], platforms: frozenset[str], frame: Frame, grain: Grain
) -> list[Period]:
    edges = bounds(frame, grain)
    counts, active = _counts(rows, edges), _active(members, edges)
    return [
        Period(start.astimezone(frame.zone), _values(Sums(counts[n], active[n]), platforms))
        for n, start in enumerate(edges[:-1])
    ]


def _values(sums: Sums, platforms: frozenset[str]) -> Values:
    return {figure.id: figure.of(sums, platforms) for figure in FIGURES}


def _counts(rows: Sequence[Row], edges: Sequence[datetime]) -> list[Mapping[str, int]]:
    sums: list[Counter[str]] = [Counter() for _ in edges]
    for row in rows:
        if edges[0] <= row.at < edges[-1]:
            sums[bisect_right(edges, row.at) - 1].update(row.counts)
    return list(sums)


def _active(members: Mapping[str, int], edges: Sequence[datetime]) -> Mapping[int, int]:
    first = hour_edge(edges[0])
    spans = [hour_edge(edge) - first for edge in edges]
    active: Counter[int] = Counter()
    for bits in members.values():
        active.update(periods_of(bits, spans))
    return active


def _by_member(presences: Sequence[Presence], first: int, length: int) -> Mapping[str, int]:
    """Return the hours of each member, counted from `first`, cut to the length: communities and months in one number."""
    mask, members = (1 << length) - 1, dict[str, int]()
    for presence in presences:
        shift = presence.month - first
        bits = (presence.bits << shift if shift >= 0 else presence.bits >> -shift) & mask
        if bits:
            members[presence.member] = members.get(presence.member, 0) | bits
    return members


def periods_of(bits: int, spans: Sequence[int]) -> Iterator[int]:
    """Yield each period in which a bit is set: the work grows with these, not with all periods."""
    while bits:
        hour = (bits & -bits).bit_length() - 1
        period = bisect_right(spans, hour) - 1
        yield period
        end = spans[period + 1]
        bits = bits >> end << end

"""Who wrote in which hour, as columns: a year of a large community is counted from them in seconds. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.reporting.figures.buckets.presence import HOURS_BYTES
from services.reporting.figures.columns import Ints, Presences
from services.reporting.figures.periods import hour_edge

HOURS_MAX = 1 << 24
"""More than hours since 1970 will be for 1,900 years: seat and hour make one number."""


class Activity(NamedTuple):
    """Each hour in which a member wrote in a community, once. A *seat* is a member of a community."""

    seats: Ints
    """The number of the seat, ascending."""
    hours: Ints
    """Since 1970; ascending for each seat."""
    numbers: Mapping[tuple[str, str], int]
    """Of seats, by community and member."""
    people: Ints
    """By seat: the number of the member, who is the same in all communities."""

    def active(self, edges: Sequence[datetime]) -> Ints:
        """Return how many members wrote in each period between two edges."""
        cuts, count = hours_of(edges), len(edges) - 1
        period = np.searchsorted(cuts, self.hours, "right") - 1
        inside = (period >= 0) & (period < count)
        pairs = distinct(self.people[self.seats[inside]] * count + period[inside])
        return np.bincount(pairs % count, minlength=count) if count else np.zeros(0, np.int64)

    def wrote_between(self, seats: Ints, first: Ints, end: Ints) -> NDArray[np.bool_]:
        """Return whether each seat wrote in its hours from `first` up to, not including, `end`."""
        return self.places_of(seats, first) < self.places_of(seats, end)

    def places_of(self, seats: Ints, hours: Ints) -> Ints:
        """Return how many rows stand before the given hour of each seat."""
        return np.searchsorted(self.seats * HOURS_MAX + self.hours, seats * HOURS_MAX + hours)


def distinct(keys: Ints) -> Ints:
    """Return each number once, ascending; by sorting, which is quicker here than numpy's own way by hashes."""
    ascending = np.sort(keys)
    return ascending[np.concatenate(([True], ascending[1:] != ascending[:-1]))] if len(keys) else ascending


def hours_of(edges: Sequence[datetime]) -> Ints:
    """Return the first hour since 1970 that begins at each edge or later."""
    return np.array([hour_edge(edge) for edge in edges], dtype=np.int64)


def activity_of(presences: Presences) -> Activity:
    """Return the hours of all of them."""
    members = max(1, len(presences.members))
    pairs = presences.place * members + presences.member
    found, seats = np.unique(pairs, return_inverse=True)
    rows, hours = _hours(presences.bits[:, :HOURS_BYTES])
    keys = distinct(seats[rows] * HOURS_MAX + presences.month[rows] + hours)
    named = ((presences.places[pair // members], presences.members[pair % members]) for pair in found.tolist())
    numbers = {seat: number for number, seat in enumerate(named)}
    return Activity(keys // HOURS_MAX, keys % HOURS_MAX, numbers, found % members)


def _hours(bits: NDArray[np.uint8]) -> tuple[Ints, Ints]:
    """Return the number of a row and an hour of its month, for each bit that is set; most bytes have none."""
    rows, bytes_ = np.nonzero(bits)
    found, bit = np.nonzero(np.unpackbits(bits[rows, bytes_][:, None], axis=1, bitorder="little"))
    return rows[found], bytes_[found] * 8 + bit

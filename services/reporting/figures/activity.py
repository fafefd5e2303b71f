"""Who wrote in which hour, as columns: a year of a large community is counted from them in seconds. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.reporting.figures.buckets.presence import MONTH_BYTES, Presence
from services.reporting.figures.periods import hour_edge

Ints = NDArray[np.int64]

ROWS = 20_000
"""Months of members that are unpacked at once: 15 MB."""

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
        keys = self.seats * HOURS_MAX + self.hours
        return np.searchsorted(keys, seats * HOURS_MAX + first) < np.searchsorted(keys, seats * HOURS_MAX + end)


def distinct(keys: Ints) -> Ints:
    """Return each number once, ascending; by sorting, which is quicker here than numpy's own way by hashes."""
    ascending = np.sort(keys)
    return ascending[np.concatenate(([True], ascending[1:] != ascending[:-1]))] if len(keys) else ascending


def hours_of(edges: Sequence[datetime]) -> Ints:
    """Return the first hour since 1970 that begins at each edge or later."""
    return np.array([hour_edge(edge) for edge in edges], dtype=np.int64)


def activity_of(presences: Sequence[Presence]) -> Activity:
    """Return the hours of all of them."""
    numbers: dict[tuple[str, str], int] = {}
    seats = np.fromiter(
        (numbers.setdefault((one.community, one.member), len(numbers)) for one in presences), np.int64, len(presences)
    )
    months = np.fromiter((one.month for one in presences), np.int64, len(presences))
    rows, hours = _hours(presences)
    keys = distinct(seats[rows] * HOURS_MAX + months[rows] + hours)
    members: dict[str, int] = {}
    people = np.fromiter((members.setdefault(member, len(members)) for _, member in numbers), np.int64, len(numbers))
    return Activity(keys // HOURS_MAX, keys % HOURS_MAX, numbers, people)


def _hours(presences: Sequence[Presence]) -> tuple[Ints, Ints]:
    """Return the number of a presence and an hour of its month, for each bit that is set."""
    rows, hours = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for first in range(0, len(presences), ROWS):
        packed = b"".join(one.bits.to_bytes(MONTH_BYTES, "little") for one in presences[first : first + ROWS])
        bits = np.unpackbits(np.frombuffer(packed, np.uint8).reshape(-1, MONTH_BYTES), axis=1, bitorder="little")
        found = np.nonzero(bits)
        rows.append(found[0] + first)
        hours.append(found[1])
    return np.concatenate(rows), np.concatenate(hours)

"""A total that a platform tells again and again (a content's views, its anonymous reactions): it counts by what it grew.

Of each hour the last total told is kept. An hour's growth is its total less that of the hour known before it, so the order
in which totals are read does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from msgspec import Struct

from services.reporting.figures.buckets.hours import hour_at, start_of
from services.reporting.figures.buckets.post import WINDOW_HOURS
from shared.fold.definition import Document

KIND = "total"

FIRST_HOURS = WINDOW_HOURS + 1
"""Of these from the first one on, none goes: by what was told in them a post is judged, however long its views grow."""

LATER_HOURS_MAX = 427
"""Hours kept that come after them: more than two weeks of steady change. Then the oldest of these goes, and its growth
counts in the next."""


class Told(NamedTuple):
    """A total at a time (seconds since 1970, with their fraction)."""

    brand: str
    community: str
    hour: int
    second: float
    total: int
    name: str
    """Of the count that it makes grow."""


class Total(Struct, frozen=True, gc=False):
    """By hour: when the last total was told, and what it was."""

    brand: str
    community: str
    hours: Mapping[int, tuple[float, int]]
    name: str


def evolve(state: Total | None, told: Told) -> Total:
    """Take the total in; of two of the same instant the greater counts."""
    hours = {} if state is None else dict(state.hours)
    latest = (told.second, told.total)
    if state is not None and hours.get(told.hour, (float("-inf"), 0)) >= latest:
        return state
    hours[told.hour] = latest
    if len(hours) > LATER_HOURS_MAX:
        _drop(hours)
    return Total(told.brand, told.community, hours, told.name)


def _drop(hours: dict[int, tuple[float, int]]) -> None:
    """Leave out the oldest of the later hours that are too many. Which are left does not depend on the order of telling."""
    end = min(hours) + FIRST_HOURS
    later = sorted(hour for hour in hours if hour >= end)
    for hour in later[: max(0, len(later) - LATER_HOURS_MAX)]:
        del hours[hour]


def growth(state: Total) -> Iterator[tuple[int, int]]:
    """Yield each hour and by how much the total grew in it."""
    totals = [(hour, total) for hour, (_, total) in sorted(state.hours.items())]
    if totals:
        yield totals[0]
    for (_, before), (hour, total) in pairwise(totals):
        yield hour, total - before


def encode(state: Total) -> Document:
    """Return the document; `at` is the first hour, `last` the last."""
    return {
        "kind": KIND,
        "brand": state.brand,
        "community": state.community,
        "at": start_of(min(state.hours)),
        "last": start_of(max(state.hours)),
        "name": state.name,
        "hours": [[start_of(hour), second, total] for hour, (second, total) in sorted(state.hours.items())],
    }


def decode(document: Document) -> Total:
    """Return the state."""
    hours = {hour_at(at): (second, int(total)) for at, second, total in document["hours"]}
    return Total(document["brand"], document["community"], hours, document["name"])

"""A value of the brand's own (`kpi.observed`), by the hour of a month: how often it was told, and what it came to.

Values are kept as whole millionths, so that the order in which they are added up does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct

from services.reporting.figures.buckets.hours import hour_at, start_of
from shared.fold.definition import Document

KIND = "observed"

MILLIONTHS = 1_000_000
VALUE_MAX = 1e12
"""Beyond it a value is no figure but a mistake; sums stay within 64 bits for a month of one a second."""


class Told(NamedTuple):
    """A value was told in an hour of a month, in millionths."""

    brand: str
    community: str
    name: str
    month: int
    hour: int
    value: int


class Observed(Struct, frozen=True, gc=False):
    """By hour: how many values were told, and their sum in millionths."""

    brand: str
    community: str
    name: str
    month: int
    hours: Mapping[int, tuple[int, int]]


def key_of(brand: str, community: str, name: str, month: int) -> str:
    """Return the key of a value's month."""
    return f"observed {brand}/{community}/{month:08d}/{name}"


def evolve(state: Observed | None, told: Told) -> Observed:
    """Add the value."""
    hours = {} if state is None else dict(state.hours)
    count, total = hours.get(told.hour, (0, 0))
    hours[told.hour] = (count + 1, total + told.value)
    return Observed(told.brand, told.community, told.name, told.month, hours)


def encode(state: Observed) -> Document:
    """Return the document; `at` is when the month begins."""
    return {
        "kind": KIND,
        "brand": state.brand,
        "community": state.community,
        "name": state.name,
        "at": start_of(state.month),
        "hours": [[hour, count, total] for hour, (count, total) in sorted(state.hours.items())],
    }


def decode(document: Document) -> Observed:
    """Return the state."""
    hours = {int(hour): (int(count), int(total)) for hour, count, total in document["hours"]}
    return Observed(document["brand"], document["community"], document["name"], hour_at(document["at"]), hours)

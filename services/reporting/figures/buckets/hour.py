"""What was counted in one hour of one community."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from services.reporting.figures.buckets.hours import hour_at, start_of
from shared.fold.definition import Document

KIND = "hour"


class Counted(NamedTuple):
    """Something happened: names, and how often each of it."""

    brand: str
    community: str
    hour: int
    counts: tuple[tuple[str, int], ...]


class Hour(Struct, frozen=True, gc=False):
    """The counts of an hour, by name."""

    brand: str
    community: str
    hour: int
    counts: dict[str, int]


def evolve(state: Hour | None, told: Counted) -> Hour:
    """Add what happened."""
    brand, community, hour, told_counts = told
    counts = {} if state is None else state.counts.copy()
    for name, n in told_counts:
        counts[name] = counts.get(name, 0) + n
    return Hour(brand, community, hour, counts)


def encode(state: Hour) -> Document:
    """Return the document; `at` is when the hour begins."""
    return {
        "kind": KIND,
        "brand": state.brand,
        "community": state.community,
        "at": start_of(state.hour),
        "counts": dict(state.counts),
    }


def decode(document: Document) -> Hour:
    """Return the state; BSON's long integers become plain ones."""
    counts = {name: int(n) for name, n in document["counts"].items()}
    return Hour(document["brand"], document["community"], hour_at(document["at"]), counts)

"""One decision to remove or hide: counted at its hour unless it was taken back, whichever of the two is read first."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from services.reporting.figures.buckets.hours import hour_at, start_of
from shared.fold.definition import Document

KIND = "removal"


class Decided(NamedTuple):
    """It was decided, at `hour`."""

    brand: str
    community: str
    hour: int


class TakenBack(NamedTuple):
    """The decision was reversed: for good, a new one has another id."""

    brand: str
    community: str


class Removal(Struct, frozen=True, gc=False):
    """What became of the decision."""

    brand: str
    community: str
    hour: int | None = None
    """None as long as only its reversal was read."""
    reversed: bool = False


def evolve(state: Removal | None, told: Decided | TakenBack) -> Removal:
    """Note one of the two; the same state where it is known."""
    state = state or Removal(told.brand, told.community)
    if isinstance(told, TakenBack):
        return state if state.reversed else Removal(state.brand, state.community, state.hour, reversed=True)
    return state if state.hour is not None else Removal(state.brand, state.community, told.hour, state.reversed)


def encode(state: Removal) -> Document:
    """Return the document; `at` is the hour of the decision."""
    return {
        "kind": KIND,
        "brand": state.brand,
        "community": state.community,
        "at": None if state.hour is None else start_of(state.hour),
        "reversed": state.reversed,
    }


def decode(document: Document) -> Removal:
    """Return the state."""
    at = document["at"]
    return Removal(document["brand"], document["community"], None if at is None else hour_at(at), document["reversed"])

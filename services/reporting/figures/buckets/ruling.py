"""One decision of moderation, and what became of it: told in any order, each of these is noted once."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from services.reporting.figures.buckets.hours import start_of
from shared.fold.definition import Document

KIND = "ruling"


class Decided(NamedTuple):
    """It was decided, at `second` since 1970."""

    brand: str
    community: str
    second: float
    takes_away: bool
    """Whether members no longer see a content because of it."""
    by_staff: bool
    """Whether a person decided it."""
    toxic: bool
    """Whether what was found are insults, obscene words or a quarrel."""
    imported: bool
    """Whether it judges history: nothing is done about that."""


class TakenBack(NamedTuple):
    """It was reversed: for good, a new decision has another id."""

    brand: str
    community: str
    replaced: bool
    """Whether another decision stands in its place."""


class CarriedOut(NamedTuple):
    """The platform did something because of it, at `second` since 1970."""

    brand: str
    community: str
    second: float


class Ruling(Struct, frozen=True, gc=False):
    """What is known of a decision; what was not read yet is None or False."""

    brand: str
    community: str
    second: float | None = None
    takes_away: bool = False
    by_staff: bool = False
    toxic: bool = False
    imported: bool = False
    reversed: bool = False
    replaced: bool = False
    done_s: float | None = None
    """When the first act because of it was carried out."""


def evolve(state: Ruling | None, told: Decided | TakenBack | CarriedOut) -> Ruling:
    """Note one of the three; the same state where it is known."""
    state = state or Ruling(told.brand, told.community)
    match told:
        case Decided():
            return state if state.second is not None and state.second <= told.second else _decided(state, told)
        case TakenBack(replaced=replaced):
            return state if state.reversed else replace(state, reversed=True, replaced=replaced)
        case CarriedOut(second=second):
            is_first = state.done_s is None or second < state.done_s
            return replace(state, done_s=second) if is_first else state


def _decided(state: Ruling, told: Decided) -> Ruling:
    fields = told._asdict()
    del fields["brand"], fields["community"]
    return replace(state, **fields)


def encode(state: Ruling) -> Document:
    """Return the document; `at` is the hour of the decision, None as long as it was not read."""
    return {
        "kind": KIND,
        "brand": state.brand,
        "community": state.community,
        "at": None if state.second is None else start_of(int(state.second // 3_600)),
        "second": state.second,
        "takes_away": state.takes_away,
        "by_staff": state.by_staff,
        "toxic": state.toxic,
        "imported": state.imported,
        "reversed": state.reversed,
        "replaced": state.replaced,
        "done_s": state.done_s,
    }


def decode(document: Document) -> Ruling:
    """Return the state."""
    fields = {name: document[name] for name in Ruling.__struct_fields__}
    return Ruling(**fields)

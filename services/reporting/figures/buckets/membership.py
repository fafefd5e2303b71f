"""A member's ways in and out of a community, and the first that they wrote there."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from services.reporting.figures.buckets.hours import HOUR_S, start_of
from shared.fold.definition import Document

KIND = "membership"

MOVES_MAX = 50
"""Joins and leaves kept of a member, the first ones: who comes and goes more often than that is a script."""


class Came(NamedTuple):
    """A member joined, at `second` since 1970."""

    brand: str
    community: str
    member: str
    second: float
    source: str | None
    """Where they came from: an invite link, a referral, an ad."""


class Went(NamedTuple):
    """A member left, or was put out."""

    brand: str
    community: str
    member: str
    second: float


class Wrote(NamedTuple):
    """A member wrote something."""

    brand: str
    community: str
    member: str
    second: float
    content: str | None


class Membership(Struct, frozen=True, gc=False):
    """What is known of it, in the order of time."""

    brand: str
    community: str
    member: str
    came: tuple[tuple[float, str], ...] = ()
    """When, and from where; an empty text where that is not told."""
    went: tuple[float, ...] = ()
    first: tuple[float, str] | None = None
    """When the first content was written, and its id."""


def key_of(brand: str, community: str, member: str) -> str:
    """Return the key of a member's state."""
    return f"membership {brand}/{community}/{member}"


def evolve(state: Membership | None, told: Came | Went | Wrote) -> Membership:
    """Note what was told; the same state where it changes nothing."""
    state = state or Membership(told.brand, told.community, told.member)
    match told:
        case Wrote(second=second, content=content):
            if state.first is not None and state.first[0] < second:
                return state
            first = min((second, content or ""), state.first or (second, content or ""))
            return state if first == state.first else replace(state, first=first)
        case Came(second=second, source=source):
            moves = tuple(sorted({*state.came, (second, source or "")}))[:MOVES_MAX]
            return state if moves == state.came else replace(state, came=moves)
        case Went(second=second):
            gone = tuple(sorted({*state.went, second}))[:MOVES_MAX]
            return state if gone == state.went else replace(state, went=gone)


def encode(state: Membership) -> Document:
    """Return the document; `at` and `last` are the hours of the first and the last of what is known."""
    times = [*(second for second, _ in state.came), *state.went, *((state.first[0],) if state.first else ())]
    return {
        "kind": KIND,
        "brand": state.brand,
        "community": state.community,
        "member": state.member,
        "at": start_of(int(min(times) // HOUR_S)),
        "last": start_of(int(max(times) // HOUR_S)),
        "came": [list(one) for one in state.came],
        "went": list(state.went),
        "first": None if state.first is None else list(state.first),
    }


def decode(document: Document) -> Membership:
    """Return the state."""
    first = document["first"]
    return Membership(
        document["brand"],
        document["community"],
        document["member"],
        tuple((second, source) for second, source in document["came"]),
        tuple(document["went"]),
        None if first is None else (first[0], first[1]),
    )

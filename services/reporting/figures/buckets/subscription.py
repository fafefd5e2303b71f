"""A member's paid subscription of one level: when it began, went on and ended, and until when it was paid."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from services.reporting.figures.buckets.hours import HOUR_S, start_of
from shared.fold.definition import Document

KIND = "subscription"

MOVES_MAX = 200
"""Kept of one: sixteen years of months. Then the oldest go."""

OPEN = float("inf")


class Moved(NamedTuple):
    """It began, went on or ended at `second` since 1970."""

    brand: str
    community: str
    member: str
    second: float
    until: float
    """The second at which it is over: that of its end where it ended; OPEN where none is told."""


class Subscription(Struct, frozen=True, gc=False):
    """What is known of it: second and `until` of each move, in the order of time."""

    brand: str
    community: str
    member: str
    moves: tuple[tuple[float, float], ...] = ()

    def is_active(self, second: float) -> bool:
        """Return whether it is paid at that time."""
        before = [until for at, until in self.moves if at <= second]
        return bool(before) and before[-1] > second


def key_of(brand: str, community: str, member: str, level: str) -> str:
    """Return the key of a subscription."""
    return f"subscription {brand}/{community}/{level}/{member}"


def evolve(state: Subscription | None, told: Moved) -> Subscription:
    """Note the move; the same state where it is known."""
    state = state or Subscription(told.brand, told.community, told.member)
    moves = tuple(sorted({*state.moves, (told.second, told.until)}))[-MOVES_MAX:]
    return state if moves == state.moves else Subscription(state.brand, state.community, state.member, moves)


def encode(state: Subscription) -> Document:
    """Return the document; `at` is the hour of its first move, `last` that of its last one."""
    return {
        "kind": KIND,
        "brand": state.brand,
        "community": state.community,
        "member": state.member,
        "at": start_of(int(state.moves[0][0] // HOUR_S)),
        "last": start_of(int(state.moves[-1][0] // HOUR_S)),
        "moves": [[second, None if until == OPEN else until] for second, until in state.moves],
    }


def decode(document: Document) -> Subscription:
    """Return the state."""
    moves = tuple((second, OPEN if until is None else until) for second, until in document["moves"])
    return Subscription(document["brand"], document["community"], document["member"], moves)

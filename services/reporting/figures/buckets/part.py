"""One member's part in one contest or activity, and how a contest ended, in whatever order it is told."""

from __future__ import annotations

from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from services.reporting.figures.buckets.hours import HOUR_S, start_of
from shared.fold.definition import Document

KIND, ENDING = "part", "ending"


class Took(NamedTuple):
    """Something became of a member's part, at `second` since 1970: how often each of it."""

    brand: str
    community: str
    thing: str
    """`contest/spring`, `activity/meetup`."""
    member: str
    second: float
    entered: int = 0
    disqualified: int = 0
    reinstated: int = 0
    counted: int = 0
    """They were there, or have a place."""
    points: int = 0
    """Posted for it, less those taken back."""


class Part(Struct, frozen=True, gc=False):
    """What became of it altogether."""

    brand: str
    community: str
    thing: str
    member: str
    first: float | None
    """When they first entered, or were there, in seconds since 1970; None where points alone were read."""
    entered: int
    disqualified: int
    reinstated: int
    counted: int
    points: int

    @property
    def is_in(self) -> bool:
        """Say whether their entry counts."""
        return self.entered + self.reinstated > self.disqualified


class Ended(NamedTuple):
    """A contest was closed (its list is), or decided."""

    brand: str
    community: str
    thing: str
    closed: float | None = None
    decided: float | None = None
    winners: int = 0
    alternates: int = 0


class Ending(Struct, frozen=True, gc=False):
    """What is known of it."""

    brand: str
    community: str
    thing: str
    closed: float | None
    decided: float | None
    winners: int
    alternates: int


def key_of(brand: str, thing: str, member: str) -> str:
    """Return the key of a member's part."""
    return f"part {brand}/{thing}/{member}"


def ending_key(brand: str, thing: str) -> str:
    """Return the key of a contest's end."""
    return f"ending {brand}/{thing}"


def evolve(state: Part | None, told: Took) -> Part:
    """Add what became of it."""
    before = state or Part(told.brand, told.community, told.thing, told.member, None, 0, 0, 0, 0, 0)
    came = told.second if told.entered or told.counted else None
    first = min((second for second in (before.first, came) if second is not None), default=None)
    return replace(
        before,
        first=first,
        entered=before.entered + told.entered,
        disqualified=before.disqualified + told.disqualified,
        reinstated=before.reinstated + told.reinstated,
        counted=before.counted + told.counted,
        points=before.points + told.points,
    )


def ended(state: Ending | None, told: Ended) -> Ending:
    """Note how it ended: it is told once that it was closed, and once that it was decided."""
    if state is None:
        return Ending(told.brand, told.community, told.thing, told.closed, told.decided, told.winners, told.alternates)
    closed = state.closed if told.closed is None else told.closed
    decided = state.decided if told.decided is None else told.decided
    winners, alternates = max(state.winners, told.winners), max(state.alternates, told.alternates)
    return Ending(told.brand, told.community, told.thing, closed, decided, winners, alternates)


def encode(state: Part) -> Document:
    """Return the document; `at` is the hour in which they came."""
    return {
        "kind": KIND,
        "brand": state.brand,
        "community": state.community,
        "thing": state.thing,
        "member": state.member,
        "at": None if state.first is None else start_of(int(state.first // HOUR_S)),
        "first": state.first,
        "entered": state.entered,
        "disqualified": state.disqualified,
        "reinstated": state.reinstated,
        "counted": state.counted,
        "points": state.points,
    }


def decode(document: Document) -> Part:
    """Return the state; BSON's long integers become plain ones."""
    about: dict[str, Any] = {name: document[name] for name in ("brand", "community", "thing", "member", "first")}
    about |= {name: int(document[name]) for name in ("entered", "disqualified", "reinstated", "counted", "points")}
    return Part(**about)


def encode_ending(state: Ending) -> Document:
    """Return the document."""
    return {
        "kind": ENDING,
        "brand": state.brand,
        "community": state.community,
        "thing": state.thing,
        "closed": state.closed,
        "decided": state.decided,
        "winners": state.winners,
        "alternates": state.alternates,
    }


def decode_ending(document: Document) -> Ending:
    """Return the state."""
    named = {name: document[name] for name in ("brand", "community", "thing", "closed", "decided")}
    return Ending(**named, winners=int(document["winners"]), alternates=int(document["alternates"]))

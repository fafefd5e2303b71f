"""One post of the brand's own: what it is, and what it brought hour by hour, whatever the order in which that is told.

What members did with it is kept for the first hours in which they did anything; what is told of a post that was not read yet
is kept as well. A post that is gone, or was taken away by moderation, is read by nobody until it is back.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from services.reporting.figures.buckets.hours import HOUR_S, start_of
from shared.fold.definition import Document

KIND = "post"

WINDOW_HOURS = 72
"""A post is judged by what it brought in the hour in which it was written and in so many after it: by then most is there."""

HOURS_MAX = WINDOW_HOURS + 1
"""Hours kept of a post, the first in which anything was done with it. Nothing can be done before it is written, so these
hold the window."""

TAGS_MAX, TAG_CHARS_MAX = 20, 64
"""Kept of a post: who writes more hashtags, or longer ones, names no topic by them."""

DECISIONS_MAX = 20
"""Decisions of moderation about a post that are remembered, the first by their ids."""


class Deed(IntEnum):
    """What is done with a post; the place of its number in an hour."""

    REACTION = 0
    REPLY = 1
    SHARE = 2


class Posted(NamedTuple):
    """It was written or edited, at `second` since 1970."""

    brand: str
    community: str
    content: str
    second: float
    is_new: bool
    """Whether it was written then; an edit tells no time of writing."""
    edition: int
    format: str
    tags: tuple[str, ...]


class Touched(NamedTuple):
    """Something was done with it, in an hour since 1970."""

    brand: str
    community: str
    content: str
    hour: int
    deed: Deed
    times: int
    """Below zero where a reaction is taken back."""


class Seen(NamedTuple):
    """It went from the platform, or came back."""

    brand: str
    community: str
    content: str
    second: float
    gone: bool


class Judged(NamedTuple):
    """A decision of moderation took it away, or is taken back itself."""

    brand: str
    community: str
    content: str
    decision: str
    taken: bool


Told = Posted | Touched | Seen | Judged
NOTHING: Mapping[int, tuple[int, int, int]] = MappingProxyType({})


class Post(Struct, frozen=True, gc=False):
    """What is known of it."""

    brand: str
    community: str
    content: str
    second: float | None = None
    """When it was written; None as long as only other things were read of it."""
    said: tuple[int, float, str, tuple[str, ...]] = (-1, 0.0, "", ())
    """Of the last edition: its number and time, the format, the hashtags."""
    hours: Mapping[int, tuple[int, int, int]] = NOTHING
    """By hour since 1970: reactions, replies, shares."""
    gone_s: float | None = None
    back_s: float | None = None
    taken: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    """Decisions that took it away, and those that were taken back."""

    @property
    def is_there(self) -> bool:
        """Say whether people see it now."""
        is_gone = self.gone_s is not None and (self.back_s is None or self.back_s < self.gone_s)
        return not is_gone and not set(self.taken) - set(self.given)

    @property
    def brought(self) -> tuple[int, int, int]:
        """Return its reactions, replies and shares within the window."""
        if self.second is None:
            return (0, 0, 0)
        first = int(self.second // HOUR_S)
        inside = [told for hour, told in self.hours.items() if first <= hour <= first + WINDOW_HOURS]
        reactions, replies, shares = (sum(one[deed] for one in inside) for deed in Deed)
        return max(0, reactions), replies, shares


def key_of(brand: str, community: str, content: str) -> str:
    """Return the key of a post's state."""
    return f"post {brand}/{community}/{content}"


def evolve(state: Post | None, told: Told) -> Post:
    """Note what was told; the same state where it changes nothing."""
    state = state or Post(told.brand, told.community, told.content)
    match told:
        case Posted():
            return _posted(state, told)
        case Touched():
            return _touched(state, told)
        case Seen(second=second, gone=True):
            return state if state.gone_s is not None and state.gone_s >= second else replace(state, gone_s=second)
        case Seen(second=second):
            return state if state.back_s is not None and state.back_s >= second else replace(state, back_s=second)
        case Judged(decision=decision, taken=True):
            return replace(state, taken=_with(state.taken, decision))
        case Judged(decision=decision):
            return replace(state, given=_with(state.given, decision))


def _with(decisions: tuple[str, ...], decision: str) -> tuple[str, ...]:
    return tuple(sorted({*decisions, decision}))[:DECISIONS_MAX]


def _posted(state: Post, told: Posted) -> Post:
    said = max(state.said, (told.edition, told.second, told.format, told.tags))
    if not told.is_new:
        return state if said == state.said else replace(state, said=said)
    second = told.second if state.second is None else min(state.second, told.second)
    return state if (said, second) == (state.said, state.second) else replace(state, said=said, second=second)


def _touched(state: Post, told: Touched) -> Post:
    """Add what was done; of more hours than are kept the last one goes, and never comes back."""
    hours = dict(state.hours)
    if told.hour not in hours and len(hours) >= HOURS_MAX:
        last = max(hours)
        if told.hour > last:
            return state
        del hours[last]
    before = hours.get(told.hour, (0, 0, 0))
    hours[told.hour] = tuple(n + told.times * (deed == told.deed) for deed, n in zip(Deed, before, strict=True))  # type: ignore[assignment]
    return replace(state, hours=hours)


def encode(state: Post) -> Document:
    """Return the document; `at` is the hour in which it was written, None where that is not known or it is gone."""
    at = None if state.second is None or not state.is_there else start_of(int(state.second // HOUR_S))
    edition, edited_s, format_, tags = state.said
    reactions, replies, shares = state.brought
    return {
        "kind": KIND,
        "brand": state.brand,
        "community": state.community,
        "content": state.content,
        "at": at,
        "second": state.second,
        "edition": [edition, edited_s],
        "format": format_,
        "tags": list(tags),
        "reactions": reactions,
        "replies": replies,
        "shares": shares,
        "hours": [[hour, *told] for hour, told in sorted(state.hours.items())],
        "gone_s": state.gone_s,
        "back_s": state.back_s,
        "taken": list(state.taken),
        "given": list(state.given),
    }


def decode(document: Document) -> Post:
    """Return the state."""
    edition, edited_s = document["edition"]
    return Post(
        document["brand"],
        document["community"],
        document["content"],
        document["second"],
        (int(edition), edited_s, document["format"], tuple(document["tags"])),
        {int(hour): (int(r), int(a), int(s)) for hour, r, a, s in document["hours"]},
        document["gone_s"],
        document["back_s"],
        tuple(document["taken"]),
        tuple(document["given"]),
    )

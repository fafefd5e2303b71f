"""The hours of a month in which a member wrote something, one bit each, in which languages, and whom they answered.

Bits make active members by day, week and month exact, in any zone, over any communities, whatever the order of events.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from msgspec import Struct

from services.reporting.figures.buckets.hours import hour_at, start_of
from shared.fold.definition import Document

KIND = "presence"
REPLIED_MAX = 2_000
"""People of a month whom a member is known to have answered; nobody reads answers to more."""

HOURS_BYTES = 31 * 24 // 8
"""93 bytes hold the longest month."""

LANGUAGE_BITS = HOURS_BYTES * 8
"""The bits from here on are of languages, one each."""

MONTH_BYTES = HOURS_BYTES + 1


NOBODY: Mapping[str, int] = MappingProxyType({})


class Seen(NamedTuple):
    """A member wrote something."""

    brand: str
    community: str
    member: str
    month: int
    """Its first hour."""
    bit: int
    """The hour as a bit: 1 << hours since the month began; and that of the language, where it is looked at."""
    replied_to: str | None = None
    """Whom it answered, where that is another member."""


class Presence(Struct, frozen=True, gc=False):
    """A member's month."""

    brand: str
    community: str
    member: str
    month: int
    bits: int
    replies: Mapping[str, int] = NOBODY
    """By the member who was answered: how often."""


def key_of(brand: str, community: str, month: int, member: str) -> str:
    """Return the key of a member's month. Keys of a community stand in the order of months: reports read them so."""
    return f"presence {brand}/{community}/{month:08d}/{member}"


def keys_between(brand: str, community: str, first: int, last: int) -> tuple[str, str]:
    """Return a key below and one above all of a community's keys from the month `first` to the month `last`."""
    place = f"presence {brand}/{community}"
    return f"{place}/{first:08d}/", f"{place}/{last:08d}0"  # "0" is what follows "/"


def evolve(state: Presence | None, told: Seen) -> Presence:
    """Set the bits; the same state where they are set already, so that nothing is written."""
    brand, community, member, month, bit, replied_to = told
    bits, replies = (0, NOBODY) if state is None else (state.bits, state.replies)
    if replied_to is not None and (replied_to in replies or len(replies) < REPLIED_MAX):
        replies = {**replies, replied_to: replies.get(replied_to, 0) + 1}
    elif state is not None and bits & bit == bit:
        return state
    return Presence(brand, community, member, month, bits | bit, replies)


def encode(state: Presence) -> Document:
    """Return the document; `at` is when the month begins."""
    replies = sorted(state.replies.items())
    return {
        "kind": KIND,
        "brand": state.brand,
        "community": state.community,
        "member": state.member,
        "at": start_of(state.month),
        "bits": state.bits.to_bytes(MONTH_BYTES, "little"),
        **({"to": [to for to, _ in replies], "times": [n for _, n in replies]} if replies else {}),
    }


def decode(document: Document) -> Presence:
    """Return the state."""
    bits = int.from_bytes(document["bits"], "little")
    replies = {member: int(n) for member, n in zip(document.get("to", ()), document.get("times", ()), strict=True)}
    return Presence(document["brand"], document["community"], document["member"], hour_at(document["at"]), bits, replies)

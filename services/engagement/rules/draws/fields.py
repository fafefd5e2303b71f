"""The types and limits of a commitment and a proof, and how their fields become bytes."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from shared.events.envelope import NAME_CHARS_MAX

ENTRANTS_MAX = 1_000_000
"""Members who can be in one draw: a proof of that many is a file of 70 MB."""

WEIGHT_MAX = 2**32 - 1
"""A weight is four bytes of the list. All weights together stay below 2**52, which JSON keeps in every language."""

PLACES_MAX = 1_000
"""Winners, and alternates, of one draw: as many as the event `engagement.contest.drawn` holds."""

LEAD_S_MIN, LEAD_S, LEAD_S_MAX = 60, 300, 7 * 86_400
"""Seconds from the close to the named round. At least so many that the commitment is out before the round is, by a clock
that is wrong by some seconds, too; by default enough for people to note the commitment; at most a week, or nobody waits."""

SECONDS_MAX = 2**40
"""Seconds since 1970: a time that nobody who reads this has to see."""

Name = Annotated[str, Meta(min_length=1, max_length=NAME_CHARS_MAX)]
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""32 bytes as lower-case hexadecimal digits: a SHA-256, a seed, a pseudonym."""
Signature = Annotated[str, Meta(pattern=r"^[0-9a-f]{96}\Z")]
"""A compressed point of G1, 48 bytes."""
Weight = Annotated[int, Meta(ge=1, le=WEIGHT_MAX)]
Seconds = Annotated[int, Meta(ge=0, le=SECONDS_MAX)]
Lead = Annotated[int, Meta(ge=LEAD_S_MIN, le=LEAD_S_MAX)]
Round = Annotated[int, Meta(ge=1, le=SECONDS_MAX)]
Entrants = Annotated[int, Meta(ge=0, le=ENTRANTS_MAX)]
Winners = Annotated[int, Meta(ge=1, le=PLACES_MAX)]
Alternates = Annotated[int, Meta(ge=0, le=PLACES_MAX)]


def u32(number: int) -> bytes:
    """Return a number as four bytes, the highest first."""
    return number.to_bytes(4, "big")


def u64(number: int) -> bytes:
    """Return a number as eight bytes, the highest first."""
    return number.to_bytes(8, "big")


def text(value: str) -> bytes:
    """Return the length of a text in UTF-8, as four bytes, and the text: no two sequences of texts give the same bytes."""
    encoded = value.encode()
    return u32(len(encoded)) + encoded

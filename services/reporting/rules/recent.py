"""Who was heard of within the last hours: people are counted, not signs.

Two who talk for an hour are two people, and a bot that writes a hundred times is one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from itertools import islice

HOUR_S = 3_600

FORGOTTEN_S = 3 * HOUR_S
"""Who was not heard of for so long counts anew."""

PEOPLE_MAX = 5_000
"""Remembered, the latest; where more write within three hours, some count anew too soon, always and in a crisis alike."""

Recent = Mapping[str, float]
"""By person: the second of their latest sign, in the order of these seconds."""


def heard(recent: Recent, person: str, now: float) -> tuple[Recent, bool]:
    """Return who was heard of lately when somebody was just now, and whether that person had not been before."""
    before = recent.get(person)
    if before is not None and before > now - FORGOTTEN_S:
        changed = {**recent}
        del changed[person]
        changed[person] = now
        return changed, False
    gone = max(bisect_right(list(recent.values()), now - FORGOTTEN_S), len(recent) + 1 - PEOPLE_MAX)
    return {**dict(islice(recent.items(), gone, None)), person: now}, True

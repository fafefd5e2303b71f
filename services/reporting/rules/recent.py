"""Who was heard of within the last hours: people are counted, not signs.

Two who talk for an hour are two people, and a bot that writes a hundred times is one. Each sign makes a new state of the old
one, so those who were heard of just now are kept apart: they alone are copied each time, and joined to the others at times.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from msgspec import Struct

HOUR_S = 3_600

FORGOTTEN_S = 3 * HOUR_S
"""Who was not heard of for so long counts anew."""

PEOPLE_MAX = 5_000
"""Remembered, the latest; where more write within three hours, some count anew too soon, always and in a crisis alike."""

LATE_MAX = 100
"""Of those who are kept apart: they come on top of PEOPLE_MAX."""


class Recent(Struct, frozen=True, gc=False, array_like=True):
    """By person: the second of their latest sign, in the order of these seconds."""

    before: Mapping[str, float] = {}
    late: Mapping[str, float] = {}
    """Those who were heard of last; who stands in both was."""

    def __len__(self) -> int:
        """Return how many people are remembered, in vain by now or not."""
        return len(self.before.keys() | self.late.keys())


NOBODY = Recent()


def heard(recent: Recent, person: str, now: float) -> tuple[Recent, bool]:
    """Return who was heard of lately when somebody was just now, and whether that person had not been before."""
    last = recent.late.get(person, recent.before.get(person))
    late = dict(recent.late)
    late.pop(person, None)
    late[person] = now
    is_new = last is None or last <= now - FORGOTTEN_S
    if len(late) < LATE_MAX:
        return Recent(recent.before, late), is_new
    forgotten = now - FORGOTTEN_S
    joined = {one: at for one, at in recent.before.items() if at > forgotten and one not in late} | late
    return Recent(dict(islice(joined.items(), max(0, len(joined) - PEOPLE_MAX), None))), is_new

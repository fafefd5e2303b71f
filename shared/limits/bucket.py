"""A bucket of tokens as one number: the generic cell rate algorithm (ITU-T I.371), in whole microseconds.

The number is the instant at which the bucket will be full again. A token costs an interval of it, and no more may be owed
than the whole bucket holds: so within t seconds nobody gets more than `burst + per_s * t`, and who keeps below that is never
refused.
"""

from __future__ import annotations

from typing import NamedTuple

SECOND_US = 1_000_000


class Rate(NamedTuple):
    """What one key may take: `per_s` tokens a second for ever, and `burst` at once after a rest."""

    per_s: float
    burst: int

    @property
    def interval_us(self) -> int:
        """What a token costs; a million a second is the most that can be told apart."""
        return max(1, round(SECOND_US / self.per_s))


class Grant(NamedTuple):
    """What was taken; of nothing, how long to wait until what was needed is there."""

    tokens: int
    wait_us: int = 0


def taken(full_at_us: int, now_us: int, rate: Rate, least: int, most: int) -> tuple[int, Grant]:
    """Take as many tokens as there are, between `least` (at most the burst) and `most`, or none.

    Return when the bucket is full again, and what was taken. `REDIS_SCRIPT` of redis_tokens.py says the same in Lua.
    """
    full_at_us = max(full_at_us, now_us)
    room_us = rate.burst * rate.interval_us - (full_at_us - now_us)
    found = min(most, room_us // rate.interval_us)
    if found < least:
        return full_at_us, Grant(0, least * rate.interval_us - room_us)
    return full_at_us + found * rate.interval_us, Grant(found)


class Bucket:
    """A bucket in this process's memory; it begins full."""

    def __init__(self) -> None:
        self._full_at_us = 0

    def take(self, now_us: int, rate: Rate, least: int, most: int) -> Grant:
        """Take tokens; see `taken`."""
        self._full_at_us, grant = taken(self._full_at_us, now_us, rate, least, most)
        return grant

"""What a member earned by rules, by community and period. Pure.

What it comes to is a matter of which entries there are, and not of their order: what is too old for a period's board is
measured against the newest moment at which an entry's cause was taken in, so it is left out whenever it comes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import msgspec

from services.engagement.rules.boards import KEPT_DAYS, Board, Metric, Period, first_of, is_kept
from services.engagement.rules.rewards import EVER

GROUP = "boards"

_NUMBERS = {Period.ALL: 0, Period.MONTH: 1, Period.WEEK: 2, Period.DAY: 3}
_PERIODS = {number: period for period, number in _NUMBERS.items()}
_LIMITS = {_NUMBERS[period]: days for period, days in KEPT_DAYS.items()}

Sum = tuple[int, int]
"""Points and karma."""

Sums = Mapping[int, Mapping[int, Sum]]
"""By the number of the period, then by the ordinal of the day on which it begins; 0 for all time."""


class Tally(msgspec.Struct, frozen=True, gc=False):
    """What a member earned."""

    brand: str
    member: str
    newest: int = 0
    """The last day (UTC, ordinal) on which a cause was taken in."""
    sums: Mapping[str, Sums] = {}
    """By community, "" for none. A sum of 0 is kept as long as its period: whoever shows it has to take it away."""


class Earned(NamedTuple):
    """What an entry says."""

    brand: str
    member: str
    community: str
    day: int
    """On which it counts (ordinal)."""
    taken_in: int
    """On which its cause was taken in (ordinal, UTC)."""
    points: int
    karma: int


_packer = msgspec.msgpack.Encoder()
_sums = msgspec.msgpack.Decoder(dict[str, Sums])


def day_of(day: date | None, at: datetime) -> int:
    """Return the day on which an entry counts; where none is told, as of rules that pay once for good, its time's (UTC)."""
    if day is None or day.toordinal() == EVER:
        return at.astimezone(UTC).toordinal()
    return day.toordinal()


def with_earned(tally: Tally, earned: Earned) -> Tally:
    """Add what an entry says, and forget what has become too old."""
    newest = max(tally.newest, earned.taken_in)
    sums = tally.sums if newest == tally.newest else _young(tally.sums, newest)
    before = sums.get(earned.community, {})
    after = dict(before)
    for number, period in _PERIODS.items():
        first = first_of(period, earned.day)
        if is_kept(period, first, newest):
            inside = before.get(number, {})
            points, karma = inside.get(first, (0, 0))
            after[number] = {**inside, first: (points + earned.points, karma + earned.karma)}
    return Tally(tally.brand, tally.member, newest, {**sums, earned.community: after})


def _young(sums: Mapping[str, Sums], newest: int) -> Mapping[str, Sums]:
    return {community: _young_of(inside, newest) for community, inside in sums.items()}


def _young_of(sums: Sums, newest: int) -> Sums:
    kept: dict[int, Mapping[int, Sum]] = {}
    for number, inside in sums.items():
        least = newest - _LIMITS[number] if number else 0
        young = inside if all(first >= least for first in inside) else {f: s for f, s in inside.items() if f >= least}
        if young:
            kept[number] = young
    return kept


def standing(tally: Tally) -> Iterator[tuple[Board, int]]:
    """Yield what a member comes to on each board, also where that is nothing."""
    whole: dict[tuple[int, int], Sum] = {}
    for community, sums in tally.sums.items():
        for number, inside in sums.items():
            for first, (points, karma) in inside.items():
                before = whole.get((number, first), (0, 0))
                whole[number, first] = (before[0] + points, before[1] + karma)
                if community:
                    yield Board(tally.brand, community, _PERIODS[number], first, Metric.POINTS), points
                    yield Board(tally.brand, community, _PERIODS[number], first, Metric.KARMA), karma
    for (number, first), (points, karma) in whole.items():
        yield Board(tally.brand, None, _PERIODS[number], first, Metric.POINTS), points
        yield Board(tally.brand, None, _PERIODS[number], first, Metric.KARMA), karma


def document_of(tally: Tally) -> dict[str, Any]:
    """Return a tally as a document; the sums are packed, for Redis is asked and not they."""
    return {"brand": tally.brand, "member": tally.member, "newest": tally.newest, "sums": _packer.encode(tally.sums)}


def tally_in(document: Mapping[str, Any]) -> Tally:
    """Return the tally of a document."""
    return Tally(document["brand"], document["member"], document["newest"], _sums.decode(document["sums"]))

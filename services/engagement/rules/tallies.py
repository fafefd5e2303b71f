"""What a member earned by rules, by community and period. Pure.

What it comes to is a matter of which entries there are, and not of their order: what is too old for a period's board is
measured against the newest moment at which an entry's cause was taken in, so it is left out whenever it comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import msgspec

from services.engagement.rules.boards import KEPT_DAYS, Board, Metric, Period, first_of, is_kept
from services.engagement.rules.rewards import EVER

GROUP = "boards"

_NUMBERS = {Period.ALL: 0, Period.MONTH: 1, Period.WEEK: 2, Period.DAY: 3}
_PERIODS = {number: period for period, number in _NUMBERS.items()}
_LIMITS = {_NUMBERS[period]: days for period, days in KEPT_DAYS.items()}

Sum = tuple[int, int | None]
"""Points and karma; None where there never was any, which nobody has to take off a board."""

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


Shelf = tuple[str, str, int, int]
"""Two boards, of points and of karma: the brand, the community ("" for the whole brand), the numbers of period and day."""

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
            after[number] = {**inside, first: _added(inside.get(first), (earned.points, earned.karma or None))}
    return Tally(tally.brand, tally.member, newest, {**sums, earned.community: after})


def _added(one: Sum | None, other: Sum) -> Sum:
    if one is None:
        return other
    karma = other[1] if one[1] is None else one[1] + (other[1] or 0)
    return one[0] + other[0], karma


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


def standing(tally: Tally) -> Iterator[tuple[Shelf, Sum]]:
    """Yield what a member comes to in each period of the brand and of each community, also where that is nothing."""
    brand, whole = tally.brand, dict[tuple[int, int], Sum]()
    for community, sums in tally.sums.items():
        for number, inside in sums.items():
            for first, sum_ in inside.items():
                whole[number, first] = _added(whole.get((number, first)), sum_)
                if community:
                    yield (brand, community, number, first), sum_
    for (number, first), sum_ in whole.items():
        yield (brand, "", number, first), sum_


def boards_of(shelf: Shelf) -> tuple[Board, Board]:
    """Return the boards of points and of karma."""
    brand, community, number, first = shelf
    period, place = _PERIODS[number], community or None
    return Board(brand, place, period, first, Metric.POINTS), Board(brand, place, period, first, Metric.KARMA)


def on_boards(tallies: Iterable[Tally]) -> Iterator[tuple[Board, Mapping[str, int]]]:
    """Yield what these members come to, board by board."""
    found: dict[Shelf, dict[str, Sum]] = {}
    for tally in tallies:
        for shelf, sum_ in standing(tally):
            found.setdefault(shelf, {})[tally.member] = sum_
    for shelf, sums in found.items():
        points, karma = boards_of(shelf)
        yield points, {member: sum_[0] for member, sum_ in sums.items()}
        if given := {member: sum_[1] for member, sum_ in sums.items() if sum_[1] is not None}:
            yield karma, given


def document_of(tally: Tally) -> dict[str, Any]:
    """Return a tally as a document; the sums are packed, for Redis is asked and not they."""
    return {"brand": tally.brand, "member": tally.member, "newest": tally.newest, "sums": _packer.encode(tally.sums)}


def tally_in(document: Mapping[str, Any]) -> Tally:
    """Return the tally of a document."""
    return Tally(document["brand"], document["member"], document["newest"], _sums.decode(document["sums"]))

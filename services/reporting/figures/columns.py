"""Presences and questions as columns: of a year of a large community there are a million, too many for an object each.

Texts are numbered: a community is a place in `places`, a member one in `members`. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.reporting.figures.buckets.presence import MONTH_BYTES, Presence
from services.reporting.figures.buckets.question import Question

Ints = NDArray[np.int64]
Seconds = NDArray[np.float64]
"""Since 1970, or how long was waited; NaN where it has not come yet."""


class Months(NamedTuple):
    """The presences of some members of a community in one month, each of the lists by member."""

    community: str
    month: int
    """Its first hour since 1970."""
    members: Sequence[str]
    bits: Sequence[bytes]
    """The hours in which they wrote, a bit each, the lowest first."""
    to: Sequence[Sequence[str]]
    """Whom they answered."""
    times: Sequence[Sequence[int]]
    """How often, in the order of `to`."""


class Replies(NamedTuple):
    """A row for each member, month and member who was answered."""

    place: Ints
    month: Ints
    who: Ints
    whom: Ints
    times: Ints


class Presences(NamedTuple):
    """A row for each member, community and month."""

    places: Sequence[str]
    members: Sequence[str]
    """Also those who were only answered."""
    place: Ints
    member: Ints
    month: Ints
    bits: NDArray[np.uint8]
    """Of MONTH_BYTES columns: the hours, then one for the languages."""
    replies: Replies

    def among(self, communities: Collection[str]) -> Presences:
        """Return those of some communities; members keep their numbers."""
        places, numbers = _chosen(self.places, communities)
        of_row, of_edge = numbers[self.place], numbers[self.replies.place]
        rows, edges = of_row >= 0, of_edge >= 0
        replies = Replies(of_edge[edges], *(column[edges] for column in self.replies[1:]))
        member, month, bits = self.member[rows], self.month[rows], self.bits[rows]
        return Presences(places, self.members, of_row[rows], member, month, bits, replies)


class Questions(NamedTuple):
    """A row for each question."""

    places: Sequence[str]
    place: Ints
    asked: Seconds
    answered: Seconds
    """When somebody else first answered."""
    staff: Seconds
    """When one of the brand's own people first answered."""
    solved: Seconds
    staff_by: Sequence[str]
    """Who of them; empty where nobody did."""

    def among(self, communities: Collection[str]) -> Questions:
        """Return those of some communities."""
        places, numbers = _chosen(self.places, communities)
        place = numbers[self.place]
        rows = np.flatnonzero(place >= 0)
        asked, answered, staff, solved = (column[rows] for column in (self.asked, self.answered, self.staff, self.solved))
        return Questions(places, place[rows], asked, answered, staff, solved, [self.staff_by[row] for row in rows.tolist()])


def _chosen(places: Sequence[str], communities: Collection[str]) -> tuple[Sequence[str], Ints]:
    """Return the places that are chosen, and the new number of each old one, -1 where it is not."""
    chosen = [place for place in places if place in communities]
    numbers = {place: number for number, place in enumerate(chosen)}
    return chosen, _ints(numbers.get(place, -1) for place in places)


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int64)


def _numbers(texts: Iterable[str], known: dict[str, int]) -> Ints:
    """Return the number of each text; those that were not known yet are, in the order in which they come."""
    return _ints(known.setdefault(text, len(known)) for text in texts)


def presences_of(months: Iterable[Months]) -> Presences:
    """Return all of them as columns."""
    months = [one for one in months if one.members]
    places, members = dict[str, int](), dict[str, int]()
    lengths = _ints(len(one.members) for one in months)
    place = np.repeat(_numbers((one.community for one in months), places), lengths)
    month = np.repeat(_ints(one.month for one in months), lengths)
    member = _numbers((who for one in months for who in one.members), members)
    replied = _ints(len(to) for one in months for to in one.to)
    whom = _numbers((who for one in months for to in one.to for who in to), members)
    times = _ints(n for one in months for some in one.times for n in some)
    bits = np.frombuffer(_joined([bits for one in months for bits in one.bits]), np.uint8).reshape(-1, MONTH_BYTES)
    where, when, who = (np.repeat(column, replied) for column in (place, month, member))
    replies = Replies(where, when, who, whom, times)
    return Presences(list(places), list(members), place, member, month, bits, replies)


def _joined(bits: Sequence[bytes]) -> bytes:
    """Return all of them in a row; those from before languages were kept are a byte shorter."""
    joined = b"".join(bits)
    return joined if len(joined) == MONTH_BYTES * len(bits) else b"".join(one.ljust(MONTH_BYTES, b"\0") for one in bits)


def presences_from(states: Iterable[Presence]) -> Presences:
    """Return states as columns."""
    return presences_of(
        Months(
            one.community,
            one.month,
            [one.member],
            [one.bits.to_bytes(MONTH_BYTES, "little")],
            [list(one.replies)],
            [list(one.replies.values())],
        )
        for one in states
    )


def questions_of(columns: Mapping[str, tuple[Sequence[float], ...]], staff_by: Mapping[str, Sequence[str]]) -> Questions:
    """Return questions by community: when asked, answered, answered by staff, solved, and by whom of the staff."""
    places = list(columns)
    lengths = [len(columns[place][0]) for place in places]
    joined = [[second for place in places for second in columns[place][n]] for n in range(4)]
    asked, answered, staff, solved = (np.array(column, dtype=np.float64) for column in joined)
    place = np.repeat(np.arange(len(places), dtype=np.int64), lengths)
    return Questions(places, place, asked, answered, staff, solved, [by for name in places for by in staff_by[name]])


def questions_from(states: Iterable[Question]) -> Questions:
    """Return states as columns; what was not asked is left out."""
    by: dict[str, list[Question]] = {}
    for one in states:
        if one.asked_s is not None:
            by.setdefault(one.community, []).append(one)
    columns = {
        place: tuple(zip(*((_told(one.asked_s), *_reached(one)) for one in some), strict=True)) for place, some in by.items()
    }
    return questions_of(columns, {place: [one.staff[1] if one.staff else "" for one in some] for place, some in by.items()})


def _reached(one: Question) -> tuple[float, float, float]:
    return _told(one.answered_s), _told(one.staff and one.staff[0]), _told(one.solved_s)


def _told(second: float | None) -> float:
    return math.nan if second is None else second


NO_PRESENCES = presences_of(())
NO_QUESTIONS = questions_of({}, {})

"""On how many days members wrote, and what that makes them: newcomers, regulars, drifting away, lost. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import IntEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from services.reporting.figures.activity import hours_of
from services.reporting.figures.buckets.hours import HOUR_S
from services.reporting.figures.columns import Ints
from services.reporting.figures.material import Material
from services.reporting.figures.periods import midnight

RECENT_DAYS = 28
"""Whoever wrote in these is there; four weeks hold each weekday four times."""
REGULAR_DAYS_MIN = 4
"""Days of the last 28 on which a regular wrote."""
DRIFTING_DAYS = 56
"""Who wrote last 29 to 56 days ago is drifting away."""
LOST_DAYS = 112
"""Who wrote last 57 to 112 days ago is lost; after that nobody counts them."""
BACK_DAYS = LOST_DAYS + RECENT_DAYS
"""How far back the segments of four weeks ago reach."""


class Segment(IntEnum):
    """What a member of a community is on a day."""

    NOBODY = 0
    """Has not come yet, or was gone before."""
    NEWCOMER = 1
    REGULAR = 2
    OCCASIONAL = 3
    DRIFTING = 4
    LOST = 5


def days_written(material: Material, days: Sequence[date], zone: ZoneInfo) -> Ints:
    """Return, by seat, on how many days each member wrote in each stretch between two days (columns)."""
    activity, seats = material.activity, len(material.activity.numbers)
    first, end = hours_of([midnight(day, zone) for day in (days[0], days[-1])])
    within = (activity.hours >= first) & (activity.hours < end)  # of a year's hours most are in none of the stretches
    who, hours = activity.seats[within], activity.hours[within]
    found = np.zeros((seats, len(days) - 1), np.int64)
    for column, (since, until) in enumerate(pairwise(days)):
        count = (until - since).days
        cuts = hours_of([midnight(since + timedelta(days=n), zone) for n in range(count + 1)])
        day = np.searchsorted(cuts, hours, "right") - 1
        inside = (day >= 0) & (day < count)
        pairs = who[inside] * count + day[inside]
        is_first = np.ones(len(pairs), np.bool_)
        is_first[1:] = pairs[1:] != pairs[:-1]  # they ascend, as seats and their hours do
        found[:, column] = np.bincount(who[inside][is_first], minlength=seats)
    return found


def segments_at(material: Material, day: date, zone: ZoneInfo) -> Ints:
    """Return, by seat, the segment when a day begins. The material must reach back over LOST_DAYS, or fewer are lost."""
    edges = [day - timedelta(days=n) for n in (LOST_DAYS, DRIFTING_DAYS, RECENT_DAYS, 0)]
    older, old, recent = days_written(material, edges, zone).T
    segments = np.full(len(recent), Segment.NOBODY, np.int64)
    segments[older > 0] = Segment.LOST
    segments[old > 0] = Segment.DRIFTING
    segments[recent > 0] = Segment.OCCASIONAL
    segments[recent >= REGULAR_DAYS_MIN] = Segment.REGULAR
    segments[(recent > 0) & _began(material, edges[2], edges[3], zone)] = Segment.NEWCOMER
    return segments


def _began(material: Material, since: date, until: date, zone: ZoneInfo) -> NDArray[np.bool_]:
    """Return, by seat, whether the member's first content in the community lies between two days."""
    first, end = (hours_of([midnight(day, zone)])[0] for day in (since, until))
    found = np.zeros(len(material.activity.numbers), np.bool_)
    for one in material.memberships:
        if one.first is None or not first <= one.first[0] // HOUR_S < end:
            continue
        seat = material.activity.numbers.get((one.community, one.member))
        if seat is not None:
            found[seat] = True
    return found

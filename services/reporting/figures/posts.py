"""The brand's own posts as columns, and each compared with others of the same community and time. Pure.

Communities differ in size and change, so what a post brought says little by itself. It is divided by the median of the posts
around it in the same community, and only these ratios are put together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.reporting.figures.buckets.hours import HOUR_S
from services.reporting.figures.buckets.post import WINDOW_HOURS, Post
from services.reporting.figures.columns import Ints, Seconds
from services.reporting.figures.periods import Frame, hour_edge

COMPARED_DAYS = 28
"""A post is compared with those of its community that were written at most so long before or after it."""

COMPARED_MIN = 5
"""With fewer it is not compared."""

COMPARED_MAX = 100
"""Of those before it, and of those after it, the nearest: a median of two hundred is sure enough."""

AT_ONCE = 5_000
"""Posts that are compared in one step: 8 MB."""

Numbers = NDArray[np.float64]


class Posts(NamedTuple):
    """A row for each post that is there."""

    places: Sequence[str]
    place: Ints
    second: Seconds
    """When it was written."""
    formats: Sequence[str]
    """Empty where it is not told."""
    tags: Sequence[Sequence[str]]
    reactions: Numbers
    """Within the window, as all that follow."""
    replies: Numbers
    shares: Numbers
    views: Numbers
    """NaN where the platform told none."""

    def among(self, communities: Collection[str]) -> Posts:
        """Return those of some communities."""
        numbers = {place: number for number, place in enumerate(place for place in self.places if place in communities)}
        place = np.fromiter((numbers.get(one, -1) for one in self.places), np.int64, len(self.places))[self.place]
        return self._replace(places=list(numbers), place=place).rows(place >= 0)

    def rows(self, chosen: NDArray[np.bool_]) -> Posts:
        """Return some of them."""
        rows = np.flatnonzero(chosen)
        listed = rows.tolist()
        return Posts(
            self.places,
            self.place[rows],
            self.second[rows],
            [self.formats[row] for row in listed],
            [self.tags[row] for row in listed],
            *(column[rows] for column in (self.reactions, self.replies, self.shares, self.views)),
        )

    @property
    def interactions(self) -> Numbers:
        """Return what members did with each: reactions, replies and shares together."""
        return self.reactions + self.replies + self.shares


class Judged(NamedTuple):
    """The posts of a frame whose window is over within it, and how each did beside others."""

    posts: Posts
    ratio: Numbers
    """What it brought to the median of those around it, one added to both; NaN where these are too few."""


class Row(NamedTuple):
    """A post as it is stored: its community, when it was written, what it is, what it brought."""

    community: str
    second: float
    format: str
    tags: Sequence[str]
    reactions: int
    replies: int
    shares: int
    views: float


def posts_of(rows: Iterable[Row]) -> Posts:
    """Return them as columns, in the order of communities and time."""
    told = sorted(rows, key=lambda one: (one.community, one.second))
    places = list(dict.fromkeys(one.community for one in told))
    numbers = {place: number for number, place in enumerate(places)}
    place = np.fromiter((numbers[one.community] for one in told), np.int64, len(told))
    second, reactions, replies, shares, views = (
        np.array([getattr(one, name) for one in told], dtype=np.float64)
        for name in ("second", "reactions", "replies", "shares", "views")
    )
    return Posts(
        places, place, second, [one.format for one in told], [one.tags for one in told], reactions, replies, shares, views
    )


NO_POSTS = posts_of(())


def posts_from(states: Iterable[Post]) -> Posts:
    """Return states as columns, without what platforms tell as totals."""
    return posts_of(
        Row(one.community, one.second, one.said[2], one.said[3], *one.brought, np.nan)
        for one in states
        if one.second is not None and one.is_there
    )


def within(posts: Posts, frame: Frame) -> Posts:
    """Return the posts of a frame."""
    return posts.rows((_hours(posts) >= hour_edge(frame.first)) & (_hours(posts) < hour_edge(frame.end)))


def judged(posts: Posts, frame: Frame, counted_until: datetime | None = None) -> Judged:
    """Compare the posts of a frame with all posts around them whose window is over within it, and within what is counted.

    A frame may reach into the future: until the coming midnight, say. None: all of it is counted.
    """
    end = frame.end if counted_until is None else min(frame.end, counted_until)
    over = posts.rows(_hours(posts) + WINDOW_HOURS < hour_edge(end))
    chosen = _hours(over) >= hour_edge(frame.first)
    return Judged(over.rows(chosen), ratios(over)[chosen])


def _hours(posts: Posts) -> Numbers:
    return posts.second // HOUR_S


def ratios(posts: Posts) -> Numbers:
    """Return what each post brought to the median of those around it; they stand in the order of communities and time."""
    found = np.full(len(posts.second), np.nan)
    for place in range(len(posts.places)):
        rows = np.flatnonzero(posts.place == place)
        second, brought = posts.second[rows], posts.interactions[rows]
        for start in range(0, len(rows), AT_ONCE):
            some = np.arange(start, min(start + AT_ONCE, len(rows)))
            found[rows[some]] = (brought[some] + 1) / (_medians(second, brought, some) + 1)
    return found


def _medians(second: Seconds, brought: Numbers, some: Ints) -> Numbers:
    """Return the median of the posts around each; NaN where these are too few."""
    steps = np.concatenate((np.arange(-COMPARED_MAX, 0), np.arange(1, COMPARED_MAX + 1)))
    around = some[:, None] + steps
    inside = (around >= 0) & (around < len(second))
    around = np.where(inside, around, 0)
    inside &= np.abs(second[around] - second[some][:, None]) <= COMPARED_DAYS * 86_400
    values = np.sort(np.where(inside, brought[around], np.inf), axis=1)
    count = inside.sum(axis=1)
    rows, last = np.arange(len(some)), np.maximum(count, 1)
    medians = (values[rows, (last - 1) // 2] + values[rows, last // 2]) / 2
    return np.where(count >= COMPARED_MIN, medians, np.nan)

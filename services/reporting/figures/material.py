"""What was stored of a frame, as figures and tables are computed from it. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from services.reporting.figures.activity import Activity, activity_of
from services.reporting.figures.buckets.membership import Membership
from services.reporting.figures.buckets.purchase import Purchase
from services.reporting.figures.buckets.question import Question
from services.reporting.figures.buckets.ruling import Ruling
from services.reporting.figures.buckets.subscription import Subscription
from services.reporting.figures.columns import NO_PRESENCES, NO_QUESTIONS, Presences, Questions
from services.reporting.figures.figure import Asked, Seconds
from services.reporting.figures.periods import Frame
from services.reporting.figures.plans import NO_PLAN, Plan
from services.reporting.figures.posts import NO_POSTS, Judged, Posts, judged
from shared.platforms import platform_of


class Row(Struct, frozen=True):
    """What the hours of one community add up to, from `at` on, for one hour or one day."""

    community: str
    at: datetime
    counts: Mapping[str, int]


class Placed(Protocol):
    """Anything that stands in a community."""

    @property
    def community(self) -> str:
        """Return its id."""


PARTS = ("rows", "before", "memberships", "rulings", "purchases", "subscriptions")
"""Of which there is an object each; presences and questions are columns."""


class Material(Struct, frozen=True, kw_only=True, dict=True):
    """What was stored of a frame; purchases and subscriptions, of all that was before its end."""

    rows: Sequence[Row] = ()
    before: Sequence[Row] = ()
    """Of each community, who came and went before the frame."""
    presences: Presences = NO_PRESENCES
    """Of its months."""
    memberships: Sequence[Membership] = ()
    """Of those who came, went or first wrote in it."""
    answers: Mapping[tuple[str, str], Question] = {}
    """Of first contents of newcomers, by community and content: those that somebody answered."""
    questions: Questions = NO_QUESTIONS
    rulings: Sequence[Ruling] = ()
    purchases: Sequence[Purchase] = ()
    subscriptions: Sequence[Subscription] = ()
    posts: Posts = NO_POSTS
    """Of the brand's own: those of the frame, and of so many days before it as they are compared with."""
    counted_until: datetime | None = None
    """The end of the last hour in which anything of the brand was counted; None where that is not known."""
    plan: Plan = NO_PLAN
    partners: Mapping[str, Sequence[Membership]] = {}
    """By community of a partner: those of its members who joined one of the brand's own."""
    others: Collection[str] = ()
    """Communities that are not the brand's own."""

    @cached_property
    def _judged(self) -> dict[Frame, Judged]:
        return {}

    def judged(self, frame: Frame) -> Judged:
        """Return the posts of a frame, compared; several tables tell of them."""
        if frame not in self._judged:
            self._judged[frame] = judged(self.posts, frame, self.counted_until)
        return self._judged[frame]

    @cached_property
    def activity(self) -> Activity:
        """Return the presences as columns."""
        return activity_of(self.presences)

    @cached_property
    def asked(self) -> tuple[Seconds, Asked]:
        """Return when questions were asked, the oldest first, and how long each waited."""
        told = self.questions
        order = np.argsort(told.asked, kind="stable")
        asked = told.asked[order]
        return asked, Asked(*(np.maximum(0.0, then[order] - asked) for then in (told.answered, told.staff, told.solved)))

    @cached_property
    def newcomers(self) -> tuple[Seconds, Seconds]:
        """Return when members first wrote, the earliest first, and how long each waited for an answer."""
        firsts = sorted((one.first[0], self._waited(one.community, *one.first)) for one in self.memberships if one.first)
        columns = np.array(firsts, dtype=np.float64).reshape(-1, 2).T
        return columns[0], columns[1]

    def _waited(self, community: str, second: float, content: str) -> float:
        answered = self.answers.get((community, content))
        by_others = None if answered is None else answered.answered_s
        return math.nan if by_others is None else max(0.0, by_others - second)

    @property
    def communities(self) -> tuple[str, ...]:
        """Return the communities that tell something, in order; points of no community do not make one."""
        names = {row.community for row in self.rows} | set(self.presences.places)
        return tuple(sorted(names - {""}))

    def by_community(self) -> Mapping[str, Material]:
        """Return the part of each community."""
        return self._by(lambda community: community)

    def by_platform(self) -> Mapping[str, Material]:
        """Return the part of each platform."""
        return self._by(platform_of)

    def _by(self, group: Callable[[str], str]) -> Mapping[str, Material]:
        groups = {community: group(community) for community in self.communities}
        if len(set(groups.values())) == 1 and {one.community for one in self.rows} <= set(groups):
            return {next(iter(groups.values())): self}  # what is made of it once serves both
        parts: dict[str, dict[str, list[Any]]] = {
            name: {part: [] for part in PARTS} for name in sorted(set(groups.values()))
        }
        for part in PARTS:
            _share_out(getattr(self, part), groups, part, parts)
        within = {name: {place for place, own in groups.items() if own == name} for name in parts}
        return {
            name: replace(
                self,
                **fields,
                presences=self.presences.among(places),
                questions=self.questions.among(places),
                posts=self.posts.among(places),
            )
            for (name, fields), places in zip(parts.items(), within.values(), strict=True)
        }


def _share_out(
    things: Iterable[Placed], groups: Mapping[str, str], part: str, parts: Mapping[str, Mapping[str, list[Any]]]
) -> None:
    for one in things:
        name = groups.get(one.community)
        if name is not None:
            parts[name][part].append(one)

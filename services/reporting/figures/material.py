"""What was stored of a frame, as figures and tables are computed from it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from services.reporting.figures.buckets.membership import Membership
from services.reporting.figures.buckets.presence import Presence
from services.reporting.figures.buckets.purchase import Purchase
from services.reporting.figures.buckets.question import Question
from services.reporting.figures.buckets.ruling import Ruling
from services.reporting.figures.buckets.subscription import Subscription
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


PARTS = ("rows", "before", "presences", "memberships", "questions", "rulings", "purchases", "subscriptions")


class Material(Struct, frozen=True, kw_only=True):
    """What was stored of a frame; purchases and subscriptions, of all that was before its end."""

    rows: Sequence[Row] = ()
    before: Sequence[Row] = ()
    """Of each community, who came and went before the frame."""
    presences: Sequence[Presence] = ()
    """Of its months."""
    memberships: Sequence[Membership] = ()
    """Of those who came, went or first wrote in it."""
    answers: Mapping[tuple[str, str], Question] = {}
    """Of first contents of newcomers, by community and content: those that somebody answered."""
    questions: Sequence[Question] = ()
    rulings: Sequence[Ruling] = ()
    purchases: Sequence[Purchase] = ()
    subscriptions: Sequence[Subscription] = ()

    @property
    def communities(self) -> tuple[str, ...]:
        """Return the communities that tell something, in order; points of no community do not make one."""
        names = {row.community for row in self.rows} | {presence.community for presence in self.presences}
        return tuple(sorted(names - {""}))

    def by_community(self) -> Mapping[str, Material]:
        """Return the part of each community."""
        return self._by(lambda community: community)

    def by_platform(self) -> Mapping[str, Material]:
        """Return the part of each platform."""
        return self._by(platform_of)

    def _by(self, group: Callable[[str], str]) -> Mapping[str, Material]:
        groups = {community: group(community) for community in self.communities}
        parts: dict[str, dict[str, list[Any]]] = {
            name: {part: [] for part in PARTS} for name in sorted(set(groups.values()))
        }
        for part in PARTS:
            _share_out(getattr(self, part), groups, part, parts)
        return {name: replace(self, **fields) for name, fields in parts.items()}


def _share_out(
    things: Iterable[Placed], groups: Mapping[str, str], part: str, parts: Mapping[str, Mapping[str, list[Any]]]
) -> None:
    for one in things:
        name = groups.get(one.community)
        if name is not None:
            parts[name][part].append(one)

"""How a contest goes: who is in, who may win, in which order, who has which place. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from services.engagement.rules.achieved import Achieved
from services.engagement.rules.draws.commitments import Commitment
from services.engagement.rules.participation import contest_words as words
from services.engagement.rules.participation.commands import Who
from services.engagement.rules.participation.eligibility import why_not
from services.engagement.rules.participation.play import Play, said
from shared.documents.contests import Contest
from shared.said import Said


class Part(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a member has in a contest."""

    first: int
    """Who came so many-th: equal scores stand in this order."""
    entries: int = 0
    score: int = 0
    n: int = 0
    """Of what was told last."""
    who: tuple[int, int, int, int] = (0, 0, 0, 0)
    """Level, since, whether sanctioned, whether VIP."""


class Run(msgspec.Struct, frozen=True):
    """How a contest goes."""

    parts: Mapping[str, Part] = {}
    turned_away: int = 0
    """Who came when so many were in that nobody more can be."""
    scores: Mapping[str, Mapping[str, int]] = {}
    """By entrant and juror."""
    listed: Mapping[int, int] | None = None
    """Who was in when it closed, by their number, and with which weight; None: it is not closed."""
    is_late: bool = False
    """Whether the service was away at the end, and waits for what was entered before."""
    commitment: Commitment | None = None
    signature: str | None = None
    order: tuple[str, ...] | None = None
    """Winners and alternates in their order; None: it is not decided."""
    passed: Mapping[str, str] = {}
    """Whom staff passed over, and why."""
    fulfilled: Mapping[str, str] = {}
    """Who has their prize, and what was noted."""
    rewards: Mapping[str, Achieved] = {}
    """What winners were given by the rewards policy."""


def members_of(state: Run) -> dict[str, int]:
    """Return the members of the closed list, and the weight of each; none where it is not closed."""
    listed = state.listed or {}
    return {member: listed[part.first] for member, part in state.parts.items() if part.first in listed}


def eligible(play: Play[Contest, Run]) -> dict[int, int]:
    """Return who is in and may be, by their number, with the weight of each."""
    spec, standing = play.spec, play.terms.standing
    return {
        part.first: max(1, min(part.entries, spec.per_member))
        for part in play.state.parts.values()
        if is_in(spec, part.entries, part.score) and why_not(spec.eligible, who_of(part), play.at, standing) is None
    }


def ranked(play: Play[Contest, Run]) -> list[str]:
    """Return those of the list by their scores, the highest first; equal ones by who came first."""
    parts, scores = play.state.parts, play.state.scores
    jury = play.spec.win == "jury"

    def score(member: str) -> float:
        given = scores.get(member, {}).values()
        return (sum(given) / len(given) if given else 0) if jury else parts[member].score

    return sorted(members_of(play.state), key=lambda member: (-score(member), parts[member].first))


def is_in(spec: Contest, entries: int, score: int) -> bool:
    """Say whether who has so much takes part."""
    return score > 0 if spec.enter.by == "points" else entries > 0


def known(who: Who) -> tuple[int, int, int, int]:
    """Return what is kept of what is known of a member."""
    return who.level, who.since, int(who.sanctioned), int(who.vip)


def who_of(part: Part) -> Who:
    """Return what was known of a member when their part changed last."""
    level, since, sanctioned, vip = part.who
    return Who(level=level, since=since, sanctioned=bool(sanctioned), vip=bool(vip))


def places(spec: Contest, state: Run) -> list[str]:
    """Return who has a place, the first first: those of the order whose entries still count and whom nobody passed over.

    Who has their prize keeps the place.
    """
    order = state.order or ()
    there = [one for one in order if one in state.fulfilled or (one not in state.passed and _still_in(spec, state, one))]
    return there[: spec.winners]


def _still_in(spec: Contest, state: Run, member: str) -> bool:
    part = state.parts[member]
    return is_in(spec, part.entries, part.score)


def prize(spec: Contest, place: int) -> Said:
    """Return what a place gets (counted from 0)."""
    return said(spec.prizes[min(place, len(spec.prizes) - 1)]) if spec.prizes else words.NO_PRIZE

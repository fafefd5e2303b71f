"""What is remembered of a community: how busy each minute was, who wrote what lately, and who answered whom.

All windows end with the event that is judged and count the earlier records of the partition whose time lies in them: the
same live, late and when the topics are read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import msgspec

MINUTE_MS, HOUR_MINUTES = 60_000, 60

MINUTES_MAX = 120
"""Minutes that are remembered: twice the longest window."""


FAILURES_MAX = 400
"""Failures of rules that are remembered to be told: two hours of the most rules that a policy has; the first told goes."""


class Minute(NamedTuple):
    """What happened within one minute."""

    messages: int = 0
    acts: int = 0
    """Contents that rules took away."""
    joins: int = 0


class Turn(NamedTuple):
    """One member answered another."""

    at_ms: int
    author: str
    to: str
    is_heated: bool


Sketch = tuple[int, ...]
"""By what a text is known (copies.py), so that texts themselves are not kept."""


class Failure(NamedTuple):
    """A rule of a version of the policy could not be evaluated in an hour."""

    rule: str
    version: int
    hour: int
    """Its number since 1970."""


NOTHING: Mapping[int, Minute] = MappingProxyType({})


class Texts(NamedTuple):
    """Texts that are remembered; the one written last stands last."""

    authors: Mapping[Sketch, Mapping[str, int]]
    """Who wrote each, and when last."""
    pieces: Mapping[int, Sketch]
    """In which of them a piece was met last."""


NO_TEXTS = Texts(MappingProxyType({}), MappingProxyType({}))


class Community(msgspec.Struct, frozen=True, gc=False):
    """What is remembered of one community."""

    minutes: Mapping[int, Minute] = NOTHING
    """By the number of the minute since 1970."""
    texts: Texts = NO_TEXTS
    fresh: Texts = NO_TEXTS
    """The last ones: they are few, so that a text which is remembered need not copy all."""
    authors: Mapping[int, str] = MappingProxyType({})
    """Who wrote a content, by the digest of its id; the last ones."""
    turns: tuple[Turn, ...] = ()
    braked_ms: int | None = None
    """When the brake opened last."""
    raided_ms: int | None = None
    """When a raid was seen last."""
    failed: tuple[Failure, ...] = ()
    """Failures of rules that were told."""


UNKNOWN = Minute()


def counted(community: Community, at_ms: int, *, messages: int = 0, acts: int = 0, joins: int = 0) -> Community:
    """Count something in the minute in which it happened."""
    number = at_ms // MINUTE_MS
    before = community.minutes.get(number, UNKNOWN)
    minutes = dict(community.minutes)
    minutes[number] = Minute(before.messages + messages, before.acts + acts, before.joins + joins)
    if len(minutes) > MINUTES_MAX:
        del minutes[min(minutes)]
    return msgspec.structs.replace(community, minutes=minutes)


def within(community: Community, at_ms: int, minutes: int) -> Minute:
    """Return what happened in the minutes that end with that moment, those begun counted whole."""
    last = at_ms // MINUTE_MS
    messages = acts = joins = 0
    for number in range(last - minutes + 1, last + 1):
        found = community.minutes.get(number)
        if found is not None:
            messages, acts, joins = messages + found.messages, acts + found.acts, joins + found.joins
    return Minute(messages, acts, joins)


def untold(community: Community, rules: Iterable[str], version: int, at_ms: int) -> tuple[Community, Sequence[str]]:
    """Return the rules whose failure is to be told, once an hour each, and the community with that remembered."""
    hour = at_ms // (MINUTE_MS * HOUR_MINUTES)
    told_of = set(community.failed)
    fresh = [rule for rule in rules if Failure(rule, version, hour) not in told_of]
    if not fresh:
        return community, ()
    told = (*community.failed, *(Failure(rule, version, hour) for rule in fresh))
    return msgspec.structs.replace(community, failed=told[-FAILURES_MAX:]), fresh

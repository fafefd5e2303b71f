"""A content and what was granted for it. It counts while it was written, is not deleted and not removed.

A vote in a poll and a purchase are the same to the rules: they count until they are taken back.

Events and decisions come in two topics without an order between them. So nothing here depends on who comes first: a
removal is remembered before its content is known, and each grant follows from whether the content counts now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

REACTORS_MAX = 500
"""Members whose reactions to one content earn: more would be a campaign, and the state is rewritten with each."""

EARLY_MAX = 100
"""Events that wait for their content: of most contents that are not known nothing will be told any more."""

REMOVALS_MAX = 50
"""Decisions on one content that are in force at once: one for each edition and rule set that was judged."""


ENTRY = "contest:"
"""Begins the rule of what enters a contest: also who reacts to a content of the brand itself enters."""


class Grant(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Points that are due to a member while the content counts. What the policy said then is kept."""

    rule: str
    version: int
    points: int
    cap: int | None
    day: int
    """Of the cause in the policy's zone, as an ordinal number."""
    cause: str
    member: str
    flips: int = 0
    """How often it was given and taken back; odd while it is given."""
    karma: int = 0
    slot: int = 0
    """The part of the day in which the rule pays once, from 1; 0 where it has no cool-down."""
    community_cap: int | None = None
    brand_cap: int | None = None
    exempt: bool = False
    """Whether neither of these two concerns it."""
    lot: int = 0
    """The month (of the year 0) with whose first day it expires; 0: never."""
    release: int = 0
    """The hour (since 1970) in which it can be spent; 0: at once."""

    @property
    def is_given(self) -> bool:
        """Whether the member has the points now."""
        return self.flips % 2 == 1


class Reactor(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A member who reacts: however many emoji they choose, it is one reaction that earns."""

    emojis: tuple[str, ...]
    grants: tuple[Grant, ...] = ()


class Content(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is known of a content."""

    is_written: bool = False
    is_deleted: bool = False
    is_rewarded: bool = True
    """False for contents of staff and bots."""
    kind: str | None = None
    removals: tuple[str, ...] = ()
    """Decisions in force that removed or hid it."""
    grants: tuple[Grant, ...] = ()
    reactors: Mapping[str, Reactor] = msgspec.field(default_factory=dict)
    early: tuple[bytes, ...] = ()
    """Events that came before the content and hang on what kind it is: they wait for it."""

    @property
    def is_there(self) -> bool:
        """Whether members see it, as far as we know."""
        return self.is_written and not self.is_deleted and not self.removals

    @property
    def counts(self) -> bool:
        """Whether it earns now."""
        return self.is_there and self.is_rewarded


class Settled(NamedTuple):
    """A content whose grants are as they should be, and those that changed."""

    content: Content
    flipped: tuple[Grant, ...]


UNKNOWN = Content()
"""A content of which nothing was told yet."""


def written(content: Content, kind: str | None, grants: tuple[Grant, ...], *, is_rewarded: bool) -> Content:
    """Take in that it was written; a second telling changes nothing."""
    if content.is_written:
        return content
    return replace(content, is_written=True, kind=kind, grants=(*content.grants, *grants), is_rewarded=is_rewarded)


def waiting(content: Content, event: bytes) -> Content:
    """Keep an event for when the content is known."""
    return content if len(content.early) >= EARLY_MAX else replace(content, early=(*content.early, event))


def granted(content: Content, grants: tuple[Grant, ...]) -> Content:
    """Take in what lasts as long as the content does: that it was accepted, or shared. Each rule gives it once."""
    known = {grant.rule for grant in content.grants}
    new = tuple(grant for grant in grants if grant.rule not in known)
    return replace(content, grants=(*content.grants, *new)) if new else content


def deleted(content: Content, *, is_deleted: bool) -> Content:
    """Take in that it is gone from the platform, or back."""
    return content if content.is_deleted == is_deleted else replace(content, is_deleted=is_deleted)


def removed(content: Content, decision: str) -> Content:
    """Take in that a decision removed it."""
    if decision in content.removals or len(content.removals) >= REMOVALS_MAX:
        return content
    return replace(content, removals=(*content.removals, decision))


def reinstated(content: Content, decision: str) -> Content:
    """Take in that a decision was taken back."""
    if decision not in content.removals:
        return content
    return replace(content, removals=tuple(one for one in content.removals if one != decision))


def reacted(content: Content, member: str, emoji: str, grants: tuple[Grant, ...]) -> Content:
    """Take in a reaction; the first of a member is the one that earns, for good."""
    before = content.reactors.get(member)
    if before is None:
        if len(content.reactors) >= REACTORS_MAX:
            return content
        return _with_reactor(content, member, Reactor((emoji,), grants))
    if emoji in before.emojis:
        return content
    return _with_reactor(content, member, replace(before, emojis=(*before.emojis, emoji)))


def withdrawn(content: Content, member: str, emoji: str) -> Content:
    """Take in that a reaction was taken back."""
    before = content.reactors.get(member)
    if before is None or emoji not in before.emojis:
        return content
    return _with_reactor(content, member, replace(before, emojis=tuple(e for e in before.emojis if e != emoji)))


def _with_reactor(content: Content, member: str, reactor: Reactor) -> Content:
    return replace(content, reactors={**content.reactors, member: reactor})


def settled(content: Content) -> Settled:
    """Give what is due and take back what is not."""
    there = content.is_there
    counts = there and content.is_rewarded
    flipped = [_flipped(grant) for grant in content.grants if grant.is_given != counts]
    grants = _after(content.grants, flipped)
    changed: dict[str, Reactor] = {}
    for member, reactor in content.reactors.items():
        is_active = bool(reactor.emojis)
        flips = [
            _flipped(grant)
            for grant in reactor.grants
            if grant.is_given != (is_active and (there if grant.rule.startswith(ENTRY) else counts))
        ]
        if flips:
            changed[member] = replace(reactor, grants=_after(reactor.grants, flips))
            flipped += flips
    if not flipped:
        return Settled(content, ())
    reactors = {**content.reactors, **changed} if changed else content.reactors
    return Settled(replace(content, grants=grants, reactors=reactors), tuple(flipped))


def given(grant: Grant) -> Grant:
    """Return a grant that is given, for good: what nothing takes back needs no state."""
    return _flipped(grant)


def _flipped(grant: Grant) -> Grant:
    return replace(grant, flips=grant.flips + 1)


def _after(grants: tuple[Grant, ...], flipped: Sequence[Grant]) -> tuple[Grant, ...]:
    """Return the grants of one cause with those that flipped; their rules tell them apart."""
    if len(flipped) == len(grants):
        return tuple(flipped)
    after = {grant.rule: grant for grant in flipped}
    return tuple(after.get(grant.rule, grant) for grant in grants)

"""What rules look at, and what they find. Frozen data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from services.moderation.rules.addresses import Link
from services.moderation.rules.patterns import Hit, Matcher
from services.moderation.rules.text import Text
from shared.documents.moderation import ModerationPolicy, Then


class Policy(NamedTuple):
    """A version of a policy, ready to be used."""

    version: int
    spec: ModerationPolicy
    matcher: Matcher


class Said(NamedTuple):
    """A message that a member wrote before."""

    at_ms: int
    digest: str
    """Of its text; empty where that is too short to tell anything."""


class Member(NamedTuple):
    """What is remembered of a member in one community."""

    messages: int = 0
    joined_ms: int | None = None
    recent: tuple[Said, ...] = ()
    """The last messages, in the order of the partition."""


class Case(NamedTuple):
    """One version of a content, and the facts by which it is judged."""

    at_ms: int
    edited: bool
    text: Text
    digest: str
    hits: Sequence[Hit]
    links: Sequence[Link]
    member: Member
    """As remembered before this content."""


class Found(NamedTuple):
    """What a rule saw. Facts are for a person and hold no text of the member."""

    rule: str
    then: Then
    spans: Sequence[tuple[int, int]] = ()
    facts: Mapping[str, str] | None = None

"""What rules look at, and what they find. Frozen data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from services.moderation.rules.addresses import Link
from services.moderation.rules.community import Community, Sketch
from services.moderation.rules.domain_lists import Lists
from services.moderation.rules.scores import Scored
from shared.documents.discipline import Duration, Then
from shared.documents.moderation import ModerationPolicy
from shared.documents.rule import Reasons
from shared.events.community import Content
from shared.events.moderation import Severity
from shared.terms.patterns import Hit, Matcher
from shared.terms.text import JUDGED_CHARS_MAX, Text

if TYPE_CHECKING:  # rules look at cases
    from services.moderation.rules.active import ActiveRule
    from services.moderation.rules.own import OwnRules


class Policy(NamedTuple):
    """A version of a policy, ready to be used."""

    version: int
    spec: ModerationPolicy
    matcher: Matcher
    own: OwnRules
    active: Sequence[ActiveRule]
    """The built-in rules that are on."""
    lists: Lists
    """Of domains."""
    hashes: frozenset[str]
    """Of attachments that are not wanted."""
    models: Sequence[str] = ()
    """Those that are asked about each text."""


class Label(NamedTuple):
    """What a rule marked a member with."""

    name: str
    until_ms: int
    decision: str


class Member(msgspec.Struct, frozen=True, gc=False):
    """What is remembered of a member in one community."""

    messages: int = 0
    joined_ms: int | None = None
    at_ms: tuple[int, ...] = ()
    """When the last messages were written, in the order of the partition."""
    digests: tuple[str, ...] = ()
    """Of their texts; empty where one has none."""
    labels: tuple[Label, ...] = ()
    settled: tuple[str, ...] = ()
    """The last contents that a person let stand: rules only ask for another look at them."""
    asked_ms: int | None = None
    """When they were told the rules last."""


class Case(msgspec.Struct, frozen=True, gc=False):
    """One version of a content, and the facts by which it is judged."""

    at_ms: int
    edited: bool
    text: Text
    digest: str
    hits: Sequence[Hit]
    links: Sequence[Link]
    member: Member
    """As remembered before this content."""
    content: Content
    """What was told."""
    community: Community = Community()
    """As remembered before this content."""
    sketch: Sketch = ()
    """By what its text is known among those of others; none of an edit, of a short text, or where nobody asks."""
    lists: Lists = Lists()
    """Of the policy's domains: conditions ask for links by them."""
    scored: Sequence[Scored] = ()
    """What the policy's models say of the text."""

    @property
    def told(self) -> str:
        """Return the text in the author's own characters, as much of it as is judged."""
        return (self.content.text or "")[:JUDGED_CHARS_MAX]


class Found(NamedTuple):
    """What a rule saw. Facts are for a person and hold no text of the member."""

    rule: str
    then: Then
    spans: Sequence[tuple[int, int]] = ()
    facts: Mapping[str, str] | None = None
    reason: Reasons | None = None
    """What the member is told; None: the rule's own words."""
    severity: Severity = "medium"
    lasts: Duration | None = None
    """How long a label, a mute or a ban lasts."""
    label: str | None = None
    """For `then: label`: what the author is marked with."""
    is_shadow: bool = False
    """Whether it is only tried: nothing follows."""
    description: str | None = None
    """Of a brand's own rule: what it is for, in the brand's words."""

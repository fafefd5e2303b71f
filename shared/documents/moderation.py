"""The moderation policy of a brand, or of one of its communities: what is looked for, and what is done about it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field
from msgspec.structs import fields

from shared.documents.classifiers import CLASSIFIERS_MAX, Classifier
from shared.documents.detectors import (
    Attachments,
    Capitals,
    Conflicts,
    Copies,
    Domain,
    DomainLists,
    Emoji,
    FirstPosts,
    JoinRequests,
    Language,
    Mentions,
    Raids,
)
from shared.documents.discipline import Appeals, Brakes, Complaints, Duration, Notices, Review, Strikes, Then
from shared.documents.rule import Exempt, Reasons, Rule, Status
from shared.documents.shape import Slug, Spec
from shared.events.moderation import Severity

Term = Annotated[str, Meta(min_length=2, max_length=100)]
WordList = Literal["ru-obscene", "ru-insults", "en-obscene", "en-insults"]

Condition = Annotated[str, Meta(min_length=1, max_length=1_000)]

RULES_MAX = 200
"""Own rules of one policy: more than people can oversee."""

TERMS_MAX = 5_000
"""Own terms of one rule: patterns of all rules stand in one automaton, which should stay some megabytes."""

RECENT_MAX = 30
"""Messages of a member that are remembered: no window can count more."""


class Words(Rule, frozen=True, kw_only=True):
    """Single words and phrases: built-in lists by name, and own terms."""

    lists: tuple[WordList, ...] = ("ru-obscene", "en-obscene")
    terms: Annotated[tuple[Term, ...], Meta(max_length=TERMS_MAX)] = ()
    """Own terms; `stem*` takes any ending, `word+` every inflected form, `a|b` either, `~` up to three words between, `#` a
    number."""


class Phrases(Rule, frozen=True, kw_only=True):
    """Signs of scam and spam, added up."""

    severity: Severity = "high"
    then: Then = "remove"
    threshold: Annotated[int, Meta(ge=1, le=50)] = 4
    """The score from which `then` follows. One below it a moderator looks at the message."""
    terms: Annotated[tuple[Term, ...], Meta(max_length=TERMS_MAX)] = ()
    """Own phrases, written like words; each is enough by itself."""


class Flood(Rule, frozen=True, kw_only=True):
    """Too many messages of one member in too short a time."""

    severity: Severity = "low"
    messages: Annotated[int, Meta(ge=2, le=RECENT_MAX)] = 10
    seconds: Annotated[int, Meta(ge=1, le=3_600)] = 15


class Repeats(Rule, frozen=True, kw_only=True):
    """The same text again by the same member. Where it advertises `then` follows; else a moderator sees a stubborn one."""

    then: Then = "remove"
    times: Annotated[int, Meta(ge=2, le=RECENT_MAX)] = 2
    """The copy from which it counts: 2 is the first repetition."""
    seconds: Annotated[int, Meta(ge=1, le=7 * 86_400)] = 3_600
    chars: Annotated[int, Meta(ge=1, le=1_000)] = 24
    """Letters and digits from which a text counts: everybody says thanks twice."""


class NewcomerLinks(Rule, frozen=True, kw_only=True):
    """Links of members who have only just come."""

    then: Then = "remove"
    messages: Annotated[int, Meta(ge=1, le=100)] = 3
    """The first messages of a member who was seen to join."""
    joined_minutes: Annotated[int, Meta(ge=1, le=60 * 24 * 30)] = 60
    """How long after joining a member is new: spam comes within the hour."""
    domains: Annotated[tuple[Domain, ...], Meta(max_length=1_000)] = ()
    """Allowed, with their subdomains, beside the well-known ones."""


class OwnRule(Spec, frozen=True, kw_only=True):
    """A rule of the brand's own: a condition over facts (docs/moderation-rules.md), and what follows."""

    id: Slug
    description: Annotated[str, Meta(max_length=500)] | None = None
    when: Condition
    """CEL, true or false."""
    then: Then = "flag"
    lasts: Duration | None = field(name="for", default=None)
    """How long a label, a mute or a ban lasts."""
    label: Slug | None = None
    """For `then: label`: what the author is marked with; conditions find it in `author.labels`."""
    severity: Severity = "medium"
    exempt: Exempt = ()
    status: Status = "live"
    """In shadow it is noted what would have followed, and nothing follows."""
    share: Annotated[int, Meta(ge=0, le=100)] = 100
    """Percent of members to whom it applies, always the same ones: raised, it applies to these and others."""
    communities: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=512)], ...], Meta(max_length=1_000)] = ()
    """Where it applies; none: everywhere."""
    reason: Reasons | None = None


class ModerationPolicy(Spec, frozen=True, kw_only=True):
    """All rules of a brand or community. What is absent is as built in; a rule is turned off by `status: off`.

    A version is stored with all that was absent filled in (shape.whole), so it goes on meaning the same. A community's is
    stored with the sections that it names, each whole; the others, and rules of other ids, are the brand's of that time.
    """

    words: Words = Words()
    phrases: Phrases = Phrases()
    flood: Flood = Flood()
    repeats: Repeats = Repeats()
    newcomer_links: NewcomerLinks = NewcomerLinks()
    language: Language = Language()
    domains: DomainLists = DomainLists()
    mentions: Mentions = Mentions()
    capitals: Capitals = Capitals()
    emoji: Emoji = Emoji()
    attachments: Attachments = Attachments()
    first_posts: FirstPosts = FirstPosts()
    copies: Copies = Copies()
    conflicts: Conflicts = Conflicts()
    raids: Raids = Raids()
    join_requests: JoinRequests = JoinRequests()
    strikes: Strikes = Strikes()
    brakes: Brakes = Brakes()
    complaints: Complaints = Complaints()
    notices: Notices = Notices()
    appeals: Appeals = Appeals()
    review: Review = Review()
    classifiers: Annotated[tuple[Classifier, ...], Meta(max_length=CLASSIFIERS_MAX)] = ()
    """The brand's own models, and what follows from what they find."""
    rules: Annotated[tuple[OwnRule, ...], Meta(max_length=RULES_MAX)] = ()
    """The brand's own, beside those above."""


SECTIONS: tuple[str, ...] = tuple(field.name for field in fields(ModerationPolicy) if isinstance(field.default, Rule))
"""The built-in rules, as policies name them."""

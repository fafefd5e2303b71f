"""Sections of a moderation policy that are off until a brand wants them: what each looks for."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta
from typing_extensions import override

from shared.documents.discipline import Then
from shared.documents.rule import Rule, Status
from shared.events.moderation import Severity

Domain = Annotated[str, Meta(pattern=r"^[^\s/:@]{1,253}\Z")]
Domains = Annotated[tuple[Domain, ...], Meta(max_length=5_000)]
Hash = Annotated[str, Meta(min_length=8, max_length=512)]
MediaType = Annotated[str, Meta(min_length=1, max_length=100)]

LanguageCode = Literal[
    "ar", "be", "de", "en", "es", "fr", "it", "ja", "kk", "ko", "pl", "pt", "ru", "tr", "uk", "uz", "zh"
]  # fmt: skip
"""ISO 639-1, of those that can be told."""

LETTERS_MIN = 20
"""Letters of a text whose language can be told: of shorter ones every second guess is wrong."""

PROTECTED_MAX = 100
"""Domains that look-alikes are compared with, letter by letter."""

COPIERS_MAX = 50
"""Members that are remembered of one text, so no policy waits for more: a raid of more is one all the same."""

HASHES_MAX = 10_000
"""Attachments known by their hashes: a megabyte in memory."""


class Language(Rule, frozen=True, kw_only=True):
    """Texts in none of a community's languages."""

    status: Status = "off"
    severity: Severity = "low"
    languages: Annotated[tuple[LanguageCode, ...], Meta(min_length=1)] = ("en", "ru")
    letters: Annotated[int, Meta(ge=LETTERS_MIN, le=1_000)] = 30
    """Letters from which a text is looked at."""


class DomainLists(Rule, frozen=True, kw_only=True):
    """Links to domains that are not wanted. A domain stands for all below it, in Unicode or in ASCII (`xn--`) alike."""

    then: Then = "remove"
    severity: Severity = "high"
    deny: Domains = ()
    allow: Domains = ()
    """Never found by this section."""
    shorteners: Then | None = None
    """What follows from links that hide where they lead; absent: nothing."""
    invites: Then | None = None
    """What follows from links into groups; absent: nothing."""
    protect: Annotated[tuple[Domain, ...], Meta(max_length=PROTECTED_MAX)] = ()
    """Domains of the brand: hosts that only look like them are found."""

    @property
    @override
    def is_on(self) -> bool:
        """Say whether there is anything to look for."""
        return self.status != "off" and bool(self.deny or self.protect or self.shorteners or self.invites)


class Mentions(Rule, frozen=True, kw_only=True):
    """Contents that call too many people at once."""

    status: Status = "off"
    count: Annotated[int, Meta(ge=1, le=200)] = 5
    """So many are still allowed."""


class Capitals(Rule, frozen=True, kw_only=True):
    """Texts that shout."""

    status: Status = "off"
    severity: Severity = "low"
    share: Annotated[float, Meta(gt=0, le=1)] = 0.7
    """Of capitals among the letters."""
    letters: Annotated[int, Meta(ge=1, le=1_000)] = 20
    """Letters from which a text is looked at: names and abbreviations shout at nobody."""


class Emoji(Rule, frozen=True, kw_only=True):
    """Texts that are more pictures than words."""

    status: Status = "off"
    severity: Severity = "low"
    count: Annotated[int, Meta(ge=1, le=150)] = 10
    """So many are still allowed."""


class Attachments(Rule, frozen=True, kw_only=True):
    """What is attached: by its type, by its hash where the platform tells one, by its size."""

    status: Status = "off"
    severity: Severity = "high"
    types: Annotated[tuple[MediaType, ...], Meta(max_length=100)] = ()
    """Types that are not wanted, as events tell them."""
    hashes: Annotated[tuple[Hash, ...], Meta(max_length=HASHES_MAX)] = ()
    """Of attachments that are known and not wanted."""
    bytes: Annotated[int, Meta(ge=1, le=2**63 - 1)] | None = None
    """The largest that is allowed; absent: any."""


class FirstPosts(Rule, frozen=True, kw_only=True):
    """What members write first, for a moderator to see."""

    status: Status = "off"
    severity: Severity = "low"
    messages: Annotated[int, Meta(ge=1, le=100)] = 1
    """How many of a member's first contents are looked at."""


class Copies(Rule, frozen=True, kw_only=True):
    """Nearly the same text by several members."""

    members: Annotated[int, Meta(ge=2, le=COPIERS_MAX)] = 3
    """The member from whom it counts: 3 is the third."""
    minutes: Annotated[int, Meta(ge=1, le=60)] = 60
    words: Annotated[int, Meta(ge=4, le=100)] = 8
    """Words from which a text counts: everybody says good morning."""


class Raids(Rule, frozen=True, kw_only=True):
    """Many members who join at once."""

    joins: Annotated[int, Meta(ge=3, le=10_000)] = 30
    minutes: Annotated[int, Meta(ge=1, le=60)] = 5


class Conflicts(Rule, frozen=True, kw_only=True):
    """Two members who answer one another again and again, with insults."""

    status: Status = "off"
    turns: Annotated[int, Meta(ge=2, le=50)] = 6
    """Answers between the two."""
    heated: Annotated[int, Meta(ge=1, le=50)] = 2
    """So many of them hold words of the lists, or shout."""
    minutes: Annotated[int, Meta(ge=1, le=240)] = 30


class JoinRequests(Rule, frozen=True, kw_only=True):
    """Members who ask to be let in, and whose name holds a word of the lists or a sign of spam."""

"""A case: all that concerns one content (or one raid, request to join, dispute), and who works on it. Frozen data.

Times are milliseconds since 1970, so a case is stored as it stands.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

import msgspec

from services.moderation.rules.commands import Ruling
from shared.events.moderation import TAKES_AWAY, Severity, Verdict

DECISIONS_MAX = 50
"""Decisions about one content that a case remembers; the oldest without effect goes."""

COMPLAINTS_MAX = 200
"""Complaints about one content; more of them change nothing."""

ANONYMOUS_MAX = 20
"""Of them, those of nobody known: so that they leave room for those of members."""

ANONYMOUS_WEIGHT_MAX = 50
"""What complaints of nobody known weigh together: as one reporter who is new, for one person may have made them all."""

NOTES_MAX = 100
STATEMENTS_MAX = 20

LASTING = TAKES_AWAY | {"warn", "label"}
"""Verdicts that did something which can be undone."""

Kind = Literal["content", "raid", "request", "dispute"]


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A piece of a case."""


class Held(Part, frozen=True, kw_only=True):
    """A decision about the content, of rules or of a person."""

    id: str
    verdict: Verdict
    at_ms: int
    cause: str
    rules: tuple[str, ...] = ()
    version: int = 0
    severity: Severity = "medium"
    by: str | None = None
    parked: Verdict | None = None
    language: Literal["en", "ru"] = "en"
    reason: str | None = None
    reversed: bool = False
    struck: bool = False
    """Whether it was a strike."""
    imported: bool = False
    """Whether it is of history: then it was noted, and nothing was done."""

    @property
    def lasts(self) -> bool:
        """Say whether it did something that stands."""
        return not self.reversed and self.parked is None and self.verdict in LASTING

    @property
    def took_away(self) -> bool:
        """Say whether the content is not seen because of it."""
        return self.lasts and self.verdict in TAKES_AWAY

    @property
    def waits(self) -> bool:
        """Say whether a person has to decide what becomes of it."""
        return not self.reversed and (self.verdict == "hold" or self.parked is not None)


class Complaint(Part, frozen=True, kw_only=True):
    """Somebody reported the content; its weight in percent of a reporter who is always right."""

    at_ms: int
    weight: int
    reporter: str | None = None
    category: str | None = None
    language: Literal["en", "ru"] = "en"
    settled: bool = False
    """Whether the reporter was told what became of it."""


class Appeal(Part, frozen=True, kw_only=True):
    """The author asked for another look at a decision."""

    decision: str
    at_ms: int
    deadline_ms: int
    text: str | None = None
    answer: Literal["upheld", "rejected"] | None = None
    near: bool = False
    """Whether it was told that it is to be answered soon."""


class Claimed(Part, frozen=True, kw_only=True):
    """Who works on it, and until when it is theirs alone."""

    by: str
    until_ms: int


class Outcome(Part, frozen=True, kw_only=True):
    """What a person decided."""

    ruling: Ruling
    by: str
    at_ms: int


class Review(Part, frozen=True, kw_only=True):
    """A second look by somebody who does not know of the first."""

    first: Outcome
    second: Outcome | None = None


class Remark(Part, frozen=True, kw_only=True):
    """What somebody wrote down; in a dispute `of` is the member who says it."""

    by: str
    at_ms: int
    text: str
    of: str | None = None


class Pending(Part, frozen=True, kw_only=True):
    """A reversal that came before its decision."""

    decision: str
    by: str
    at_ms: int
    command: str
    reason: str | None = None


class Early(Part, frozen=True, kw_only=True):
    """An appeal that came before the decision that it is about."""

    by: str
    at_ms: int
    heard_ms: int = 0
    """When it was taken in, by our own clock."""
    command: str
    decision: str | None = None
    """Absent: the member named none."""
    text: str | None = None


class Unmade(Part, frozen=True, kw_only=True):
    """A decision that took the content away, and was not carried out on the platform."""

    decision: str
    code: str
    """Why, as the receipt says (shared/events/actions.py)."""
    at_ms: int


class Dispute(Part, frozen=True, kw_only=True):
    """Two members at odds: what it is about, what each said, and how it ended."""

    members: tuple[str, str]
    about: str
    statements: tuple[Remark, ...] = ()
    outcome: str | None = None
    text: str | None = None


class Case(Part, frozen=True, kw_only=True):
    """All of it. `version` grows with each change."""

    id: str
    brand: str
    community: str
    kind: Kind = "content"
    source: str = ""
    channel: str | None = None
    content: str | None = None
    member: str | None = None
    imported: bool = False
    """Whether all that was told of it is history: what happens now makes it one of the present."""
    gone: bool = False
    """Whether the content is no longer on the platform, whoever deleted it."""
    version: int = 0
    status: Literal["open", "closed"] = "closed"
    opened_ms: int = 0
    due_ms: int = 0
    """By which open cases are sorted, the smallest first (priority.py)."""
    why: tuple[str, ...] = ()
    """What opened it: rules, `complaints`, `appeal`, `review`."""
    severity: Severity = "medium"
    reach: int = 0
    decisions: tuple[Held, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    claim: Claimed | None = None
    assigned: str | None = None
    escalated: bool = False
    notes: tuple[Remark, ...] = ()
    appeal: Appeal | None = None
    review: Review | None = None
    outcome: Outcome | None = None
    dispute: Dispute | None = None
    unmade: Unmade | None = None
    """Set while the content is still to be seen although it was to be taken away."""
    pending: tuple[Pending, ...] = ()
    early: tuple[Early, ...] = ()
    place: int | None = None
    """Where in `community.events.v1` the last complaint stands: the content stands before it."""

    @property
    def weight(self) -> int:
        """Return what its complaints weigh together. Those of nobody known cannot be told apart, and weigh little."""
        known = sum(one.weight for one in self.complaints if one.reporter is not None)
        return known + min(ANONYMOUS_WEIGHT_MAX, sum(one.weight for one in self.complaints if one.reporter is None))

    @property
    def standing(self) -> tuple[Held, ...]:
        """Return the decisions that did something which stands."""
        return tuple(held for held in self.decisions if held.lasts)

    @property
    def is_appealed(self) -> bool:
        """Say whether an appeal waits for its answer."""
        return self.appeal is not None and self.appeal.answer is None

    @property
    def is_blind(self) -> bool:
        """Say whether it is looked at a second time: who looks must not know of the first."""
        return self.review is not None and self.review.second is None


class Gone(Part, frozen=True, kw_only=True):
    """A content of which no case tells (yet), and which is no longer on the platform."""

    at_ms: int
    """When it was heard."""


class Reporter(Part, frozen=True, kw_only=True):
    """How often a reporter was right in a community."""

    right: int = 0
    wrong: int = 0

    @property
    def weight(self) -> int:
        """Return what a complaint weighs, in percent: the rule of succession (Laplace), so one who is new has 50."""
        return 100 * (self.right + 1) // (self.right + self.wrong + 2)


class Lasting(Part, frozen=True, kw_only=True):
    """A decision about a member that did something."""

    case: str
    decision: str
    at_ms: int


class Last(Part, frozen=True, kw_only=True):
    """The last decisions about a member that did something: what they appeal against without naming anything."""

    decisions: tuple[Lasting, ...] = ()
    """In the order in which they were made."""
    early: Early | None = None
    """Their appeal that names nothing, where no decision was known."""


def milliseconds(at: datetime) -> int:
    """Return a moment as a case holds it."""
    return round(at.timestamp() * 1000)


def moment(at_ms: int) -> datetime:
    """Return a moment as events hold it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)

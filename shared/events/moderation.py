"""What moderation decides: `moderation.decisions.v1` and `moderation.sanctions.v1`."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from shared.events.envelope import Common, Data, Envelope, Instant, Int, Name, Text

Verdict = Literal["allow", "label", "flag", "hold", "hide", "remove", "warn", "mute", "ban"]
Severity = Literal["low", "medium", "high", "critical"]

TAKES_AWAY = frozenset({"hold", "hide", "remove", "mute", "ban"})
"""Verdicts after which members no longer see the content. Who is muted or put out loses the content that caused it, too."""

FINDINGS_MAX, SPANS_MAX = 100, 100
"""Of a decision, and of a finding: whoever makes one leaves out what is more, for nobody could read the event."""


class Span(Data, frozen=True, kw_only=True):
    """A matched piece of the text: characters from `start` (counted from 0) up to, not including, `end`."""

    start: Int
    end: Int


class Finding(Data, frozen=True, kw_only=True):
    """One rule that matched: its id, its policy's version, what it saw."""

    rule: Name
    version: Int
    verdict: Verdict
    spans: Annotated[tuple[Span, ...], Meta(max_length=SPANS_MAX)] | None = None
    facts: dict[str, str] | None = None
    """What the rule went by, for a person; never the member's text."""
    description: Text | None = None
    """What a brand's own rule is for, in the brand's words."""


class Decision(Common, frozen=True, kw_only=True):
    """What is to happen to `content_id`, and why."""

    decision: Name
    verdict: Verdict
    findings: Annotated[tuple[Finding, ...], Meta(max_length=FINDINGS_MAX)]
    cause: Name
    """Id of the event that was judged."""
    by: Name | None = None
    """The member of staff who decided; absent where rules did."""
    skipped: Annotated[tuple[Name, ...], Meta(max_length=200)] | None = None
    """Rules that could not be evaluated."""
    severity: Severity | None = None
    channel: Name | None = None
    """The room of the content."""
    parked: Verdict | None = None
    """What rules wanted where the brake held it back: `verdict` is `hold` then, and nothing is done without a person."""
    until: Instant | None = None
    """When a label or a mute ends."""
    label: Name | None = None
    """For the verdict `label`: what the author is marked with."""
    reach: Int | None = None
    """Messages in the community in the hour before: how many people may have seen it."""
    language: Name | None = None
    """In which the author is written to: `en` or `ru`."""
    reason: Text | None = None
    """What the author is told, in that language."""

    @property
    def takes_away(self) -> bool:
        """Say whether members no longer see the content."""
        return self.parked is None and self.verdict in TAKES_AWAY


class Reversal(Common, frozen=True, kw_only=True):
    """A decision is taken back."""

    decision: Name
    verdict: Verdict
    """What had been decided."""
    by: Name | None = None
    reason: Text | None = None
    parked: Verdict | None = None
    """What the brake had held back, so was never done."""
    appeal: bool = False
    """Whether it is taken back because the member asked for it."""
    replaced_by: Name | None = None
    """The decision that stands in its place: the content is not shown again."""

    @property
    def took_away(self) -> bool:
        """Say whether members did not see the content because of what is taken back."""
        return self.parked is None and self.verdict in TAKES_AWAY


class RuleFailure(Common, frozen=True, kw_only=True):
    """A rule could not be evaluated and was skipped."""

    rule: Name
    version: Int
    reason: Text
    cause: Name


class Brake(Common, frozen=True, kw_only=True):
    """Automatic acts were stopped because there were too many."""

    rule: Name
    limit: Int
    window_s: Int


class Sanction(Common, frozen=True, kw_only=True):
    """A member is muted, banned or warned by the brand, or no longer. Without a community: everywhere in the brand."""

    member: Name
    kind: Literal["warn", "mute", "ban"]
    decision: Name
    """The decision whose strike brought it."""
    until: Instant | None = None
    """Absent: without an end."""
    reason: Text | None = None
    points: Int | None = None
    """The member's strikes at that time, in thousandths of a point."""
    by: Name | None = None
    """The member of staff who lifted it; absent where it ended by itself or with its decision."""


class Answering(Common, frozen=True, kw_only=True):
    """A member's appeal against `decision`, and by when it is to be answered."""

    decision: Name
    due: Instant
    answer: Literal["upheld", "rejected"] | None = None
    """Of an appeal that was answered."""


class DecisionMade(Envelope, frozen=True, kw_only=True, tag="moderation.decision.made"):
    """Moderation decided."""

    data: Decision


class DecisionReversed(Envelope, frozen=True, kw_only=True, tag="moderation.decision.reversed"):
    """A decision was taken back."""

    data: Reversal


class RuleFailed(Envelope, frozen=True, kw_only=True, tag="moderation.rule.failed"):
    """A rule failed and was skipped."""

    data: RuleFailure


class BrakeOpened(Envelope, frozen=True, kw_only=True, tag="moderation.brake.opened"):
    """Automatic acts were stopped."""

    data: Brake


class SanctionApplied(Envelope, frozen=True, kw_only=True, tag="moderation.sanction.applied"):
    """A member was sanctioned."""

    data: Sanction


class SanctionLifted(Envelope, frozen=True, kw_only=True, tag="moderation.sanction.lifted"):
    """A sanction ended."""

    data: Sanction


class AppealDue(Envelope, frozen=True, kw_only=True, tag="moderation.appeal.due"):
    """An appeal is to be answered soon, and is not yet."""

    data: Answering


class AppealAnswered(Envelope, frozen=True, kw_only=True, tag="moderation.appeal.answered"):
    """An appeal that was due is answered."""

    data: Answering

"""What reporting notices: `reporting.alerts.v1`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from shared.events.envelope import Common, Data, Envelope, Instant, Int, Name, Text

EVIDENCE_NAMES_MAX = 200
"""Communities, contents and decisions that evidence names, each."""

Named = Annotated[tuple[Name, ...], Meta(max_length=EVIDENCE_NAMES_MAX)]


class Incident(Common, frozen=True, kw_only=True):
    """Something unusual in a community: the figure, what was seen and what was expected."""

    incident: Name
    figure: Name
    observed: float
    expected: float | None = None
    since: Instant | None = None
    evidence: Text | None = None
    severity: Name | None = None
    """`low`, `medium`, `high` or `critical`, as whoever noticed it says."""
    ratio: float | None = None
    """How many times the usual."""
    bar: float | None = None
    """The strength that is an alarm, in the units of the watch."""
    signals: Named | None = None
    """All that is unusual at once; `figure` is the one that is furthest from the usual."""
    communities: Named | None = None
    """Where it goes on; of one of the whole brand all that are affected."""
    contents: Named | None = None
    """Those around which most of it happened."""
    decisions: Named | None = None
    routes: Named | None = None
    """Routes of the brand's `Notify` by which it is told beside those that would tell it anyway."""
    opened: Instant | None = None
    lasted_s: Int | None = None
    """From its first to its last alarm, in seconds; told when it is over."""
    by: Name | None = None
    """Who closed it; absent where it became quiet."""


class GoalRisk(Common, frozen=True, kw_only=True):
    """A goal will probably be missed."""

    goal: Name
    figure: Name
    target: float
    forecast: float
    due: Instant


class Bilingual(Data, frozen=True, kw_only=True):
    """Words in both languages."""

    en: Text
    ru: Text


class Headline(Data, frozen=True, kw_only=True):
    """One figure of a report, and what it was in the period before."""

    figure: Name
    """Its id."""
    name: Bilingual
    form: Literal["count", "share", "rate", "seconds"]
    """How it is written: shares are parts of one."""
    value: float | None = None
    """Absent: nothing tells it, or there is nothing to divide by."""
    before: float | None = None


HEADLINES_MAX = 20


class ScheduledReport(Common, frozen=True, kw_only=True):
    """A report that was made by its schedule. It names no member."""

    schedule: Name
    title: Bilingual
    every: Name
    """`day`, `week` or `month`."""
    period: Name
    """`2026-10-05`, `2026-W41` or `2026-10`."""
    since: date
    until: date
    """Not included."""
    languages: Annotated[tuple[Name, ...], Meta(max_length=10)]
    formats: Annotated[tuple[Name, ...], Meta(max_length=10)]
    link: Text
    """Whoever has it reads the report until it expires; a path where the installation has no public address. `lang` and
    `format` say in which language and as what. Empty where files go into the operator's folder alone: then there is none."""
    expires: Instant
    figures: Annotated[tuple[Headline, ...], Meta(max_length=HEADLINES_MAX)]
    routes: Named | None = None
    """Routes of the brand's `Notify` by which it is told, and no others."""
    by: Name | None = None
    """Who had it made; absent where its time had come."""


class IncidentOpened(Envelope, frozen=True, kw_only=True, tag="reporting.incident.opened"):
    """An incident began."""

    data: Incident


class IncidentWorsened(Envelope, frozen=True, kw_only=True, tag="reporting.incident.worsened"):
    """An incident became more severe than it was told to be, or another signal joined it."""

    data: Incident


class IncidentClosed(Envelope, frozen=True, kw_only=True, tag="reporting.incident.closed"):
    """An incident is over."""

    data: Incident


class GoalAtRisk(Envelope, frozen=True, kw_only=True, tag="reporting.goal.at_risk"):
    """A goal is at risk."""

    data: GoalRisk


class ReportReady(Envelope, frozen=True, kw_only=True, tag="reporting.report.ready"):
    """A scheduled report was made."""

    data: ScheduledReport

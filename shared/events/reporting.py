"""What reporting notices: `reporting.alerts.v1`."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from shared.events.envelope import Common, Envelope, Instant, Int, Name, Text

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

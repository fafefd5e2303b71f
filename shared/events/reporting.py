"""What reporting notices: `reporting.alerts.v1`."""

from __future__ import annotations

from shared.events.envelope import Common, Envelope, Instant, Name, Text


class Incident(Common, frozen=True, kw_only=True):
    """Something unusual in a community: the figure, what was seen and what was expected."""

    incident: Name
    figure: Name
    observed: float
    expected: float | None = None
    since: Instant | None = None
    evidence: Text | None = None


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


class IncidentClosed(Envelope, frozen=True, kw_only=True, tag="reporting.incident.closed"):
    """An incident is over."""

    data: Incident


class GoalAtRisk(Envelope, frozen=True, kw_only=True, tag="reporting.goal.at_risk"):
    """A goal is at risk."""

    data: GoalRisk

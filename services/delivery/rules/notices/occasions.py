"""What happened that staff may be told: how severe it is, what it is about, and whether it is over.

| occasion | severity | over |
|---|---|---|
| incident | its own; else medium, from 3 times the expected (or a third) high, from 10 critical, unknown high | its end |
| brake | high: acts wait for people | - |
| appeal_deadline | medium: a day is left | its answer |
| connection_lost | high: what is done there waits | it works again |
| goal_at_risk | low; medium where the forecast is below half of the target | - |
| report | low; told by the routes that its schedule names, and by no other | - |

Nothing of a member is kept: no text, no name, no id. Evidence of incidents may quote members, so it stays where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal

import msgspec

from services.delivery.rules.notices.reports import details, values_of
from shared.documents.outward import Occasion
from shared.events import Envelope
from shared.events.actions import ConnectionLost, ConnectionRestored
from shared.events.moderation import AppealAnswered, AppealDue, BrakeOpened, Severity
from shared.events.reporting import GoalAtRisk, IncidentClosed, IncidentOpened, IncidentWorsened, ReportReady

SEVERITIES: tuple[Severity, ...] = ("low", "medium", "high", "critical")
"""From the least on."""

HIGH_TIMES, CRITICAL_TIMES = 3, 10
"""So many times what was expected, or so little of it."""

WORDS_CHARS_MAX = 300
"""Of one value in a notice: names and reasons are short, and a notice is a line."""


class Told(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One thing that staff may be told."""

    occasion: Occasion
    severity: Severity
    subject: str
    """What it is about, the same when it is over."""
    cause: str
    """Id of the event."""
    brand: str
    community: str | None = None
    at_ms: int
    over: bool = False
    values: dict[str, str] = {}
    """What its words are filled with."""
    routes: tuple[str, ...] = ()
    """Routes by which it is told whatever they tell of otherwise: the brand's playbook, or a report's schedule, says so."""
    details: dict[str, tuple[str, ...]] = {}
    """By language: lines that follow the first."""

    @property
    def is_urgent(self) -> bool:
        """Say whether it comes at any hour."""
        return self.severity == "critical" and not self.over


def told_of(event: Envelope) -> Told | None:
    """Return what an event is to staff; None where it is nothing. History, and communities of others, tell nobody."""
    read = _READ.get(type(event))
    if read is None or event.imported or event.purpose is not None:
        return None
    occasion, is_over, severity, subject, values = read(event)
    return Told(
        occasion=occasion,
        severity=severity,
        subject=f"{occasion} {subject}",
        cause=event.id,
        brand=event.brand,
        community=event.community,
        at_ms=round(event.recordedtime.timestamp() * 1000),
        over=is_over,
        values={name: _plain(value) for name, value in values.items()},
        routes=event.data.routes or () if isinstance(event, Incidents | ReportReady) else (),
        details=details(event.data) if isinstance(event, ReportReady) else {},
    )


def at_least(severity: Severity, least: Severity) -> bool:
    """Say whether something is as severe as that."""
    return SEVERITIES.index(severity) >= SEVERITIES.index(least)


Read = tuple[Occasion, bool, Severity, str, dict[str, object]]

Incidents = IncidentOpened | IncidentWorsened | IncidentClosed


def _incident(event: Incidents) -> Read:
    data = event.data
    told = next((severity for severity in SEVERITIES if severity == data.severity), None)
    severity = told or severity_of(data.observed, data.expected)
    values: dict[str, object] = {"figure": data.figure, "observed": data.observed, "expected": data.expected}
    if data.ratio is not None and data.expected is not None:
        values["expected"] = round(data.expected, 1)
    if data.lasted_s is not None:
        values["hours"] = round(data.lasted_s / 3_600, 1)
    return "incident", isinstance(event, IncidentClosed), severity, data.incident, values


def severity_of(observed: float, expected: float | None) -> Severity:
    """Return how severe it is that a figure is not as expected."""
    if expected is None or expected <= 0:
        return "high"
    low, high = sorted((max(observed, 0.0), expected))
    times = high / low if low > 0 else float("inf")
    return "critical" if times >= CRITICAL_TIMES else "high" if times >= HIGH_TIMES else "medium"


def _brake(event: BrakeOpened) -> Read:
    values = {"rule": event.data.rule, "limit": event.data.limit, "minutes": event.data.window_s // 60}
    return "brake", False, "high", event.id, values


def _appeal(event: AppealDue | AppealAnswered) -> Read:
    due = event.data.due.strftime("%Y-%m-%d %H:%M UTC")
    values: dict[str, object] = {"due": due, "answer": event.data.answer}
    return "appeal_deadline", isinstance(event, AppealAnswered), "medium", event.data.decision, values


def _connection(event: ConnectionLost | ConnectionRestored) -> Read:
    data = event.data
    values: dict[str, object] = {"connection": data.connection, "platform": data.platform, "reason": data.reason}
    return "connection_lost", isinstance(event, ConnectionRestored), "high", data.connection, values


def _goal(event: GoalAtRisk) -> Read:
    data = event.data
    is_far = data.forecast * 2 < data.target or data.forecast > 2 * data.target  # from a goal that is to rise, or to fall
    severity: Literal["low", "medium"] = "medium" if is_far else "low"
    due = data.due.strftime("%Y-%m-%d")
    values = {"goal": data.goal, "figure": data.figure, "target": data.target, "forecast": data.forecast, "due": due}
    return "goal_at_risk", False, severity, data.goal, values


def _report(event: ReportReady) -> Read:
    return "report", False, "low", f"{event.data.schedule} {event.data.period}", values_of(event.data)


_READ: Mapping[type[Envelope], Callable[[Any], Read]] = MappingProxyType(
    {
        IncidentOpened: _incident,
        IncidentWorsened: _incident,
        IncidentClosed: _incident,
        BrakeOpened: _brake,
        AppealDue: _appeal,
        AppealAnswered: _appeal,
        ConnectionLost: _connection,
        ConnectionRestored: _connection,
        GoalAtRisk: _goal,
        ReportReady: _report,
    }
)


def _plain(value: object) -> str:
    """Return a value on one line."""
    if value is None:
        return ""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return " ".join(text.split())[:WORDS_CHARS_MAX]

"""Incidents: how grave, how long, and on what evidence."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from services.reporting.rules.recent import HOUR_S

Severity = Literal["low", "medium", "high", "critical"]

GRADES: tuple[tuple[float, Severity], ...] = ((16.0, "critical"), (8.0, "high"), (4.0, "medium"))
"""By how many times the usual; below the last one it is low."""

QUIET_S = 12 * HOUR_S
"""So long without an alarm, and it is over: what flares up again after a night's sleep is the same crisis."""


class Evidence(Struct, frozen=True, gc=False):
    """What an alarm rests on; it does not change when more is heard."""

    second: float
    since: float
    """When it began, as far as can be told."""
    observed: int
    """People from then on."""
    expected: float
    """As many are usual in that time, at that hour of such a day."""
    ratio: float
    """The one over the other; less than one person expected counts as one."""
    strength: float
    bar: float
    """The strength that is an alarm on that day."""
    days: int
    """Of the community's past that the bar is made of."""


class Incident(Struct, frozen=True, gc=False):
    """Alarms that belong together."""

    first: Evidence
    """Why it was opened."""
    worst: Evidence
    """Where it was highest by its ratio; the severity is that of it."""
    last: float
    """The second of the last alarm."""
    alarms: int

    @property
    def opened(self) -> float:
        """The second at which it was opened; with the signal and the community it names the incident."""
        return self.first.second

    @property
    def severity(self) -> Severity:
        """How grave it was at its worst; it does not fall while the incident lasts."""
        return severity(self.worst.ratio)

    @property
    def lasted_s(self) -> float:
        """From the first to the last alarm."""
        return self.last - self.first.second


def severity(ratio: float) -> Severity:
    """Return how grave so many times the usual is."""
    return next((grade for least, grade in GRADES if ratio >= least), "low")


def continued(incident: Incident | None, alarm: Evidence) -> Incident:
    """Return the incident with one more alarm; a new one where there is none."""
    if incident is None:
        return Incident(alarm, alarm, alarm.second, 1)
    worst = alarm if alarm.ratio > incident.worst.ratio else incident.worst
    return replace(incident, worst=worst, last=max(incident.last, alarm.second), alarms=incident.alarms + 1)


def is_over(incident: Incident, now: float) -> bool:
    """Return whether it has been quiet for long enough."""
    return now - incident.last >= QUIET_S

"""Which case comes first: its severity, reach and complaints count as hours of waiting, so an old case is never forgotten.

`due = opened - hours`, where `hours` are added up from the numbers below. It changes only with the case, so a store can keep
cases sorted by it; between two open cases the order never changes by time alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log2
from types import MappingProxyType

from msgspec.structs import replace

from services.moderation.cases.case import Case
from shared.events.moderation import Severity

HOUR_MS = 3_600_000

HOURS: Mapping[Severity, int] = MappingProxyType({"low": 0, "medium": 4, "high": 24, "critical": 72})
HOURS_BY_DOUBLING = 1.0
"""Twice the reach is as urgent as one hour more."""
HOURS_BY_COMPLAINT = 2.0
"""Of a reporter who is always right."""
HOURS_ESCALATED = 168
HOURS_WAITING = 12
"""Of what nobody sees until somebody decides, of an appeal, and of what everybody sees although it was to go."""


def hours(case: Case) -> float:
    """Return how many hours of waiting a case is ahead of one that has nothing to say for itself."""
    waits = case.is_appealed or case.unmade is not None or any(held.waits for held in case.decisions)
    return (
        HOURS[case.severity]
        + HOURS_BY_DOUBLING * log2(1 + case.reach)
        + HOURS_BY_COMPLAINT * case.weight / 100
        + HOURS_ESCALATED * case.escalated
        + HOURS_WAITING * waits
    )


def placed(case: Case) -> Case:
    """Return the case with its place among open ones."""
    return replace(case, due_ms=case.opened_ms - round(hours(case) * HOUR_MS))

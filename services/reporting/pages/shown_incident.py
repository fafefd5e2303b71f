"""An incident as the API tells it: moments as ISO 8601, evidence by signal, the newest state of everything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from services.reporting.rules.crises.crisis import Crisis, moment
from services.reporting.rules.crises.lookout import Part
from services.reporting.rules.incidents import Evidence

TIMES = {"at_ms": "at", "until_ms": "until", "ended_ms": "ended"}
"""Fields that hold milliseconds, and as what they are told."""

WRITTEN = frozenset({"text", "reason"})
"""What people wrote: it may quote members."""


def shown(crisis: Crisis, *, texts: bool = True) -> dict[str, Any]:
    """Return an incident as JSON holds it; without `texts` what people wrote is left out."""
    lines, closed = msgspec.to_builtins(crisis.moments), crisis.closed
    if not texts:
        lines = [line | {"what": _without_text(line.get("what", {}))} for line in lines]
        closed = closed if closed is None else replace(closed, reason=None)
    told = {
        **brief(crisis),
        "acknowledged": crisis.acknowledged,
        "closed": closed,
        "evidence": {signal: evidence(part) for signal, part in crisis.parts.items()},
        "plays": crisis.plays,
        "routes": crisis.routes,
        "steps": crisis.steps,
        "statements": crisis.statements,
        "slow_mode": crisis.slow,
        "time_line": lines,
    }
    found: dict[str, Any] = _timed(msgspec.to_builtins(told))
    return found


def brief(crisis: Crisis) -> dict[str, Any]:
    """Return what a list tells of an incident."""
    worst = crisis.parts[crisis.main].worst
    return {
        "id": crisis.id,
        "brand": crisis.brand,
        "community": crisis.community or None,
        "own": crisis.own,
        "status": "open" if crisis.closed is None else "closed",
        "severity": crisis.severity,
        "signals": sorted(crisis.parts),
        "communities": list(crisis.communities),
        "opened": moment(crisis.opened_ms).isoformat(),
        "last_alarm": moment(crisis.last * 1_000).isoformat(),
        "people": worst.observed,
        "expected": round(worst.expected, 2),
        "ratio": round(worst.ratio, 2),
        "acknowledged_by": None if crisis.acknowledged is None else crisis.acknowledged.by,
        "assigned": crisis.assigned,
        "version": crisis.version,
    }


def evidence(part: Part) -> Mapping[str, Any]:
    """Return why a signal belongs to it, as it was then and at its worst."""
    return {
        "severity": part.severity,
        "first": _evidence(part.first),
        "worst": _evidence(part.worst),
        "alarms": part.alarms,
        "last_alarm": moment(part.last * 1_000).isoformat(),
        "about": list(part.refs),
    }


def _evidence(one: Evidence) -> Mapping[str, Any]:
    return {
        "at": moment(one.second * 1_000).isoformat(),
        "since": moment(one.since * 1_000).isoformat(),
        "people": one.observed,
        "expected": round(one.expected, 3),
        "ratio": round(one.ratio, 2),
        "strength": round(one.strength, 3),
        "bar": round(one.bar, 3),
        "days": one.days,
    }


def _without_text(what: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in what.items() if name not in WRITTEN}


def _timed(value: Any) -> Any:  # noqa: ANN401 - a document
    if isinstance(value, Mapping):
        return {
            TIMES.get(name, name): moment(one).isoformat() if name in TIMES and one is not None else _timed(one)
            for name, one in value.items()
        }
    if isinstance(value, list | tuple):
        return [_timed(one) for one in value]
    return value

"""What is told and asked for because of an incident: alerts for everybody, acts for the platforms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from services.reporting.rules.crises.crisis import BY_RULES, Crisis, Draft, Slow, moment
from shared.events import event_id
from shared.events.actions import Act, ActionHold, ActionPublish, ActionSlowMode
from shared.events.reporting import Incident, IncidentClosed, IncidentOpened, IncidentWorsened

SOURCE = "veche/incidents"

SPOKEN = timedelta(days=1)
"""A statement that could not be published for so long is out of date."""

SLOWED = timedelta(hours=1)
"""The same of slow mode: what is over by then needs none."""

Alert = IncidentOpened | IncidentWorsened | IncidentClosed
CrisisAct = ActionPublish | ActionSlowMode | ActionHold

OF_CONTENTS = ("volume", "negativity", "complaints")
"""Signals whose evidence names contents."""


def alert(make: type[Alert], crisis: Crisis, at_ms: float, heard: datetime) -> Alert:
    """Return what everybody hears of the incident as it is now. `at_ms` is when it happened, `heard` when we knew."""
    return make(
        id=event_id("reporting.alert", crisis.id, crisis.version, make.__name__),
        source=SOURCE,
        time=moment(at_ms),
        brand=crisis.brand,
        recordedtime=heard,
        community=crisis.community or None,
        subject=crisis.id,
        data=_data(crisis),
    )


def _data(crisis: Crisis) -> Incident:
    worst, main = crisis.parts[crisis.main].worst, crisis.main
    closed = crisis.closed
    refs = {signal: part.refs for signal, part in crisis.parts.items()}
    contents = tuple(dict.fromkeys(ref for signal in OF_CONTENTS for ref in refs.get(signal, ())))  # type: ignore[call-overload]
    return Incident(
        incident=crisis.id,
        figure=main,
        observed=float(worst.observed),
        expected=worst.expected,
        since=moment(worst.since * 1_000),
        evidence=f"{worst.observed} people where {worst.expected:.1f} are usual, {worst.ratio:.1f} times; {main}",
        severity=crisis.severity,
        ratio=worst.ratio,
        bar=worst.bar,
        signals=tuple(sorted(crisis.parts)),
        communities=crisis.communities or None,
        contents=(contents or None) if crisis.community else None,
        decisions=(refs.get("removals") or None) if crisis.community else None,
        routes=crisis.routes or None,
        opened=moment(crisis.opened_ms),
        lasted_s=None if closed is None else round(crisis.last - crisis.opened_ms / 1_000),
        by=None if closed is None or closed.by == BY_RULES else closed.by,
    )


def published(crisis: Crisis, draft: Draft, at: datetime) -> Iterator[ActionPublish]:
    """Yield what publishes a statement: in a chat of the staff, or wherever the incident goes on."""
    for community in crisis.communities if draft.community is None else (draft.community,):
        yield ActionPublish(
            id=event_id("reporting.statement", crisis.id, draft.id, community),
            source=SOURCE,
            time=at,
            brand=crisis.brand,
            recordedtime=at,
            community=community,
            data=Act(cause=crisis.id, channel=draft.channel, text=draft.text, deadline=at + SPOKEN, priority="crisis"),
        )


def held(crisis: Crisis, at: datetime, until_ms: int) -> Iterator[ActionHold]:
    """Yield what has planned posts wait where the incident is, up to then; what is over lets them go on."""
    for community in crisis.communities:
        yield ActionHold(
            id=event_id("reporting.hold", crisis.id, community, str(until_ms)),
            source=SOURCE,
            time=at,
            brand=crisis.brand,
            recordedtime=at,
            community=community,
            data=Act(cause=crisis.id, until=moment(until_ms)),
        )


def paced(crisis: Crisis, slow: Slow, at: datetime, *, ends: bool) -> Iterator[ActionSlowMode]:
    """Yield what slows its places down, or lets them go as before: as slowly as other plays still want them.

    Of the crisis as it is then.
    """
    for community in slow.communities:
        for channel in slow.channels or (None,):
            yield ActionSlowMode(
                id=event_id("reporting.pace", crisis.id, slow.play, community, channel or "", "end" if ends else "begin"),
                source=SOURCE,
                time=at,
                brand=crisis.brand,
                recordedtime=at,
                community=community,
                data=Act(
                    cause=crisis.id,
                    channel=channel,
                    delay_s=max((one.pause_s for one in crisis.slow if one.covers(community, channel)), default=0),
                    deadline=at + (SPOKEN if ends else SLOWED),
                    priority="crisis",
                ),
            )

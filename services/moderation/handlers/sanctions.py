"""The fold of sanctions: strikes into what befalls members. States are kept by member of a brand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from services.moderation.rules.case import Policy
from services.moderation.rules.consequences import message
from services.moderation.rules.notices import Links, said
from services.moderation.rules.sanctions import (
    Sanction,
    Standing,
    beside,
    change,
    is_as_strict,
    is_in_force,
    sanctions,
    standing_of,
    with_strike,
    without_strike,
)
from services.moderation.rules.strikes import End, Lift, Strike, Told, Withdrawal, decoded
from shared.bus.record import Record
from shared.documents.discipline import Strikes
from shared.events import event_id
from shared.events import moderation as events
from shared.events.actions import Act, ActionBan, ActionMute, ActionUnban, ActionUnmute
from shared.fold.definition import Document, Item, Output, Step, Timer
from shared.policy import PolicyBook
from shared.telemetry.traces import trace_of
from shared.topics import ACTIONS, SANCTIONS, STRIKES, dead_letters, retries

GROUP = "sanctions"
INPUTS = (STRIKES.name, retries(GROUP).name)
OUTPUTS = (SANCTIONS.name, ACTIONS.name, STRIKES.name, dead_letters(GROUP).name)

REMEMBERED_MAX = 200
"""Sanctions that are remembered to be over or ended."""

NOBODY = Standing()


class Heard(NamedTuple):
    """What a record tells, and its trace."""

    told: Told
    trace: str | None


class Sanctions:
    """The fold of strikes into sanctions."""

    group = GROUP
    topics: Sequence[str] = INPUTS

    def __init__(self, policies: PolicyBook[Policy], links: Links | None = None) -> None:
        self._policies, self._links = policies, links or Links()

    async def prepare(self) -> None:
        """Have the policies up to date."""
        await self._policies.refresh()

    def read(self, record: Record) -> Sequence[Item[Heard]]:
        """Return what is told of a member."""
        told = decoded(record.value or b"")
        return (Item(f"{told.brand}/{told.member}", Heard(told, trace_of(record)), f"{told.brand}/{told.id}"),)

    def evolve(self, state: Standing | None, event: Heard) -> Step[Standing]:
        """Give a strike, take one back, or end a sanction; post the difference to what was in force before."""
        before, told = state or NOBODY, event.told
        match told:
            case Strike():
                return self._settled(before, with_strike(before, told, self._terms), told, event.trace)
            case Withdrawal():
                return self._settled(before, without_strike(before, told.decision), told, event.trace)
            case Lift():
                after = replace(before, lifted=(*before.lifted, told.sanction)[-REMEMBERED_MAX:])
                return self._settled(before, after, told, event.trace)
            case End():
                return self._ended(before, told, event.trace)

    def _settled(self, before: Standing, after: Standing, told: Told, trace: str | None) -> Step[Standing]:
        """Post the difference. What is over by now, as far as strikes tell, was never felt, and is told to nobody."""
        old, now = sanctions(before, self._terms), sanctions(after, self._terms)
        changes = change(old, now, (*before.ended, *_forgotten(before, after, told)))
        late = [one for one in changes.applied if one.kind != "warn" and not is_in_force(one, _now(one, after, told), ())]
        after = _with_ended(after, late, changes.applied)
        entries, outputs, timers, done = list[Document](), list[Output](), list[Timer](), list[str]()
        felt = [one for one in old if one in changes.lifted or one.id in {late_.id for late_ in late}]
        for one in felt:
            entries.append(_entry(one, "lifted", told, trace))
            outputs += _lifted(one, told, now, after.ended, _now(one, after, told))
            done.append(_timer_id(one))
        for one in changes.applied:
            done += [_timer_id(earlier) for earlier in old if earlier.id == one.id and earlier.until is not None]
            if one not in late:
                entries.append(_entry(one, "applied", told, trace))
                outputs += self._applied(one, told)
                timers += _timers(one)
        return Step(after, entries, outputs, timers, [id_ for id_ in done if id_ not in {timer.id for timer in timers}])

    def _ended(self, before: Standing, told: End, trace: str | None) -> Step[Standing]:
        """Say that the time of a sanction is over; the platform itself ends a mute. Its time may be another one by now."""
        found = [one for one in sanctions(before, self._terms) if one.id == told.sanction and one.until == told.at]
        known = [one for one in found if one.id not in before.ended]
        if not known:
            return Step(before, done_timers=(told.id,))
        after = replace(before, ended=(*before.ended, told.sanction)[-REMEMBERED_MAX:])
        outputs = [output for one in known for output in _lifted(one, told, (), after.ended, told.at)]
        entries = [_entry(one, "ended", told, trace) for one in known]
        return Step(after, entries, outputs, done_timers=(told.id,))

    def _terms(self, strike: Strike) -> Strikes:
        return self._policies.at(strike.brand, strike.community, strike.recorded).spec.strikes

    def _applied(self, one: Sanction, told: Told) -> Sequence[Output]:
        strike = one.strike
        applied = events.SanctionApplied(
            **_attributes(one, event_id("moderation.sanction.applied", one.id, told.id), one.since)
            | {"community": one.community},
            data=_data(one, points=one.points, reason=strike.reason),
        )
        outputs = [Output(SANCTIONS.name, f"{strike.brand}/{strike.member}", applied)]
        cause, place = applied.id, f"{strike.brand}/{strike.community}"
        act = {"mute": ActionMute, "ban": ActionBan}.get(one.kind)
        if act is not None:
            data = Act(member=strike.member, cause=cause, until=one.until, reason=strike.reason)
            outputs.append(
                Output(ACTIONS.name, place, act(**_attributes(one, event_id("moderation.act", cause), one.since), data=data))
            )
        told_at = _attributes(one, event_id("moderation.notice", cause), one.since)
        return [*outputs, Output(ACTIONS.name, place, message(told_at, strike.member, self._text(one), cause))]

    def _text(self, one: Sanction) -> str:
        strike, until = one.strike, f"{one.until:%Y-%m-%d %H:%M}" if one.until else ""
        what = "ban_until" if one.kind == "ban" and one.until else one.kind
        link = self._links.appeal(strike.id)
        appeal = None if link is None else said("appeal", strike.language, link=link)
        parts = (said(what, strike.language, until=until), strike.reason, appeal)
        return " ".join(part for part in parts if part)

    def encode(self, state: Standing) -> Document:
        """Return a member's standing as a document: strikes as JSON would hold them, times as text."""
        told: dict[str, Any] = msgspec.to_builtins(state)
        return told | {"last": max((strike.at for strike in state.strikes), default=None)}

    def decode(self, document: Document) -> Standing:
        """Return the standing of a document."""
        return standing_of(document)


def _forgotten(before: Standing, after: Standing, told: Told) -> set[str]:
    """Return the strikes of which nothing is known any more, for they had to make room: what they brought is not lifted."""
    if not isinstance(told, Strike):
        return set()
    return _known(before) - _known(after) - set(told.replaces or ())


def _known(standing: Standing) -> set[str]:
    return {one.id for one in standing.strikes} | {one.strike.id for one in standing.running}


def _attributes(one: Sanction, id_: str, at: datetime) -> dict[str, Any]:
    strike = one.strike
    return {
        "id": id_,
        "source": strike.source,
        "time": at,
        "brand": strike.brand,
        "recordedtime": strike.recorded,
        "community": strike.community,
        "subject": strike.member,
    }


def _data(one: Sanction, *, points: int | None = None, reason: str | None = None, by: str | None = None) -> events.Sanction:
    return events.Sanction(
        content_id=one.strike.content,
        member=one.strike.member,
        kind=one.kind,
        decision=one.strike.id,
        until=one.until,
        reason=reason,
        points=points,
        by=by,
    )


def _now(one: Sanction, standing: Standing, told: Told) -> datetime:
    """Return the latest moment of which is known where a sanction holds: nothing reads the clock."""
    near = [strike.at for strike in standing.strikes if one.community in {None, strike.community}]
    return max([one.since, *near, *([told.at] if one.community in {None, told.community} else [])])


def _with_ended(standing: Standing, late: Sequence[Sanction], applied: Sequence[Sanction]) -> Standing:
    """Remember what is over already, and forget that something was over which now lasts longer."""
    lasting = {one.id for one in applied} - {one.id for one in late}
    ended = [id_ for id_ in standing.ended if id_ not in lasting]
    fresh = [one.id for one in late if one.id not in ended]
    return replace(standing, ended=(*ended, *fresh)[-REMEMBERED_MAX:])


def _lifted(one: Sanction, told: Told, now: Sequence[Sanction], ended: Sequence[str], moment: datetime) -> Sequence[Output]:
    """Return that a sanction is over, and what gives the member back what it took; nothing where another one goes on."""
    by = getattr(told, "by", None)
    lifted = events.SanctionLifted(
        **_attributes(one, event_id("moderation.sanction.lifted", one.id, told.id), told.at) | {"community": one.community},
        data=_data(one, reason=getattr(told, "reason", None), by=by),
    )
    strike = one.strike
    outputs = [Output(SANCTIONS.name, f"{strike.brand}/{strike.member}", lifted)]
    others = beside(one, now, moment, ended)
    is_over = isinstance(told, End) or not is_in_force(one, moment, ())
    if is_over or any(is_as_strict(other, one) for other in others):
        return outputs
    return [*outputs, *_given_back(one, lifted, told, is_free=not others)]


def _given_back(one: Sanction, lifted: events.SanctionLifted, told: Told, *, is_free: bool) -> Sequence[Output]:
    strike, place = one.strike, f"{one.strike.brand}/{one.strike.community}"
    act = ActionUnmute if one.kind == "mute" else ActionUnban
    undo = Act(member=strike.member, cause=lifted.id)
    outputs = [
        Output(ACTIONS.name, place, act(**_attributes(one, event_id("moderation.act", lifted.id), told.at), data=undo))
    ]
    if is_free:
        told_at = _attributes(one, event_id("moderation.notice", lifted.id), told.at)
        text = said("lifted", strike.language)
        outputs.append(Output(ACTIONS.name, place, message(told_at, strike.member, text, lifted.id)))
    return outputs


def _timer_id(one: Sanction) -> str:
    return event_id("moderation.sanction.end", one.id, one.until.isoformat() if one.until else "")


def _timers(one: Sanction) -> Sequence[Timer]:
    if one.until is None:
        return ()
    strike, id_ = one.strike, _timer_id(one)
    end = End(
        id=id_,
        brand=strike.brand,
        community=strike.community,
        member=strike.member,
        source=strike.source,
        at=one.until,
        recorded=strike.recorded,
        sanction=one.id,
    )
    return (Timer(id_, one.until, STRIKES.name, f"{strike.brand}/{strike.member}", msgspec.json.encode(end)),)


def _entry(one: Sanction, what: str, told: Told, trace: str | None) -> Document:
    strike = one.strike
    entry = {
        "_id": event_id("moderation.sanction.entry", one.id, what, told.id),
        "kind": "sanction",
        "what": what,
        "sanction": one.id,
        "brand": strike.brand,
        "community": one.community,
        "place": strike.community,
        "member": strike.member,
        "then": one.kind,
        "decision": strike.id,
        "points": one.points,
        "until": one.until,
        "by": getattr(told, "by", None),
        "at": told.at,
        "trace": trace,
    }
    return {name: value for name, value in entry.items() if value is not None}

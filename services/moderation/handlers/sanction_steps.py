"""What a change of a sanction comes to on the bus and in the stores: the writing half of the fold of sanctions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from services.moderation.rules.consequences import message
from services.moderation.rules.notices import Links, said
from services.moderation.rules.sanctions import Sanction, beside, is_as_strict, is_in_force
from services.moderation.rules.strikes import End, Told
from shared.events import event_id
from shared.events import moderation as events
from shared.events.actions import Act, ActionBan, ActionMute, ActionUnban, ActionUnmute
from shared.fold.definition import Document, Output, Timer
from shared.topics import ACTIONS, SANCTIONS, STRIKES


def applied(one: Sanction, told: Told, links: Links) -> Sequence[Output]:
    """Return that a sanction begins, what is done for it, and what the member is told."""
    strike = one.strike
    event = events.SanctionApplied(
        **_attributes(one, event_id("moderation.sanction.applied", one.id, told.id), one.since)
        | {"community": one.community},
        data=_data(one, points=one.points, reason=strike.reason),
    )
    outputs = [Output(SANCTIONS.name, f"{strike.brand}/{strike.member}", event)]
    cause, place = event.id, f"{strike.brand}/{strike.community}"
    act = {"mute": ActionMute, "ban": ActionBan}.get(one.kind)
    if act is not None:
        data = Act(member=strike.member, cause=cause, until=one.until, reason=strike.reason, everywhere=_everywhere(one))
        outputs.append(
            Output(ACTIONS.name, place, act(**_attributes(one, event_id("moderation.act", cause), one.since), data=data))
        )
    told_at = _attributes(one, event_id("moderation.notice", cause), one.since)
    return [*outputs, Output(ACTIONS.name, place, message(told_at, strike.member, _text(one, links), cause))]


def _everywhere(one: Sanction) -> bool | None:
    return True if one.community is None else None


def _text(one: Sanction, links: Links) -> str:
    strike, until = one.strike, f"{one.until:%Y-%m-%d %H:%M}" if one.until else ""
    what = "ban_until" if one.kind == "ban" and one.until else one.kind
    link = links.appeal(strike.id)
    appeal = None if link is None else said("appeal", strike.language, link=link)
    parts = (said(what, strike.language, until=until), strike.reason, appeal)
    return " ".join(part for part in parts if part)


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


def lifted(one: Sanction, told: Told, now: Sequence[Sanction], ended: Sequence[str], moment: datetime) -> Sequence[Output]:
    """Return that a sanction is over, and what gives the member back what it took; nothing where another one goes on."""
    by = getattr(told, "by", None)
    event = events.SanctionLifted(
        **_attributes(one, event_id("moderation.sanction.lifted", one.id, told.id), told.at) | {"community": one.community},
        data=_data(one, reason=getattr(told, "reason", None), by=by),
    )
    strike = one.strike
    outputs = [Output(SANCTIONS.name, f"{strike.brand}/{strike.member}", event)]
    others = beside(one, now, moment, ended)
    is_over = isinstance(told, End) or not is_in_force(one, moment, ())
    if is_over or any(is_as_strict(other, one) for other in others):
        return outputs
    return [*outputs, *_given_back(one, event, told, is_free=not others)]


def _given_back(one: Sanction, lifted: events.SanctionLifted, told: Told, *, is_free: bool) -> Sequence[Output]:
    strike, place = one.strike, f"{one.strike.brand}/{one.strike.community}"
    act = ActionUnmute if one.kind == "mute" else ActionUnban
    undo = Act(member=strike.member, cause=lifted.id, everywhere=_everywhere(one))
    outputs = [
        Output(ACTIONS.name, place, act(**_attributes(one, event_id("moderation.act", lifted.id), told.at), data=undo))
    ]
    if is_free:
        told_at = _attributes(one, event_id("moderation.notice", lifted.id), told.at)
        text = said("lifted", strike.language)
        outputs.append(Output(ACTIONS.name, place, message(told_at, strike.member, text, lifted.id)))
    return outputs


def timer_id(one: Sanction) -> str:
    """Return the id of the timer of its end: another end is another timer."""
    return event_id("moderation.sanction.end", one.id, one.until.isoformat() if one.until else "")


def timers_of(one: Sanction) -> Sequence[Timer]:
    """Return the timer of its end, where it has one."""
    if one.until is None:
        return ()
    strike, id_ = one.strike, timer_id(one)
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


def entry_of(one: Sanction, what: str, told: Told, trace: str | None) -> Document:
    """Return what is entered of a sanction that was applied, was lifted or has ended."""
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

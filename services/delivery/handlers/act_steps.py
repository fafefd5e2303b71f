"""What a change of a target comes to on the bus and in the store: the writing half of the fold of acts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from services.delivery.handlers.act_items import Asked, Undone
from services.delivery.rules import works
from services.delivery.rules.commands import Finished, Forget, LineChanged
from services.delivery.rules.states import LineState, State
from services.delivery.rules.works import REMEMBERED, Target, Work, target_of
from shared.events import TYPES, event_id
from shared.events.actions import ActionDone, ActionFailed, ConnectionLost, ConnectionRestored, Line, Receipt
from shared.fold.definition import Document, Output, Step, Timer
from shared.telemetry.traces import trace_id
from shared.topics import ACTIONS, DELIVERY_COMMANDS, RECEIPTS


def kept(target: Target, outputs: Sequence[Output] = ()) -> Step[State]:
    """Return the step to a target; of one with nothing to remember nothing is kept."""
    return Step(None if target.is_empty else target, outputs=outputs)


def spread(asked: Asked, community: str) -> Output:
    """Return the act for another community of the brand, as an act of its own."""
    work = asked.work
    act = TYPES[f"community.action.{work.kind}"]
    event: Any = act(
        id=event_id("delivery.everywhere", work.id, community),
        source=work.source,
        time=work.time,
        brand=asked.brand,
        recordedtime=work.recorded,
        community=community,
        subject=work.subject,
        data=msgspec.structs.replace(work.act, everywhere=None),  # type: ignore[call-arg]
    )
    return Output(ACTIONS.name, f"{asked.brand}/{community}", event)


def taken_back(target: Target, undone: Undone) -> Step[State]:
    """Remember that a decision was taken back, for as long as an act of it may still come."""
    key = f"{undone.brand}/{undone.community}"
    id_ = event_id("delivery.forget", key, undone.target, undone.decision)
    forget = Forget(id_, undone.brand, undone.community, undone.target, undone.decision)
    timer = Timer(id_, undone.at + REMEMBERED, DELIVERY_COMMANDS.name, key, msgspec.json.encode(forget))
    return Step(works.taken_back(target, undone.decision), timers=(timer,))


def forgotten(target: Target, told: Forget) -> Step[State]:
    """Forget a reversal."""
    after = works.forgotten(target, told.decision)
    return Step(None if after.is_empty else after, done_timers=(told.id,))


def finished(target: Target, told: Finished) -> Step[State]:
    """Close an act, with its receipt; one that is closed already stays as it was told first."""
    work = next((open_ for open_ in target.works if open_.id == told.action), None)
    if work is None:
        return kept(target)
    receipt = _receipt(target, work, told)
    output = Output(RECEIPTS.name, f"{target.brand}/{target.community}", receipt)
    after = works.closed(target, work)
    return Step(None if after.is_empty else after, (_entry(target, work, told),), (output,))


def _receipt(target: Target, work: Work, told: Finished) -> ActionDone | ActionFailed:
    make = ActionDone if told.code is None else ActionFailed
    return make(
        id=event_id("delivery.receipt", work.id),
        source=work.source,
        time=told.at,
        brand=target.brand,
        recordedtime=work.recorded,
        community=target.community,
        subject=work.subject,
        data=Receipt(
            action=work.id,
            content_id=told.content or work.act.content_id,
            content_author=work.act.content_author,
            answer=told.answer,
            reason=told.reason,
            code="refused" if told.code == "unreachable" else told.code,
            unreachable=True if told.code == "unreachable" else None,
            kind=work.kind,
            cause=work.act.cause,
            member=work.act.member,
            connection=told.connection,
        ),
    )


def _entry(target: Target, work: Work, told: Finished) -> Document:
    """Return what stays to be read: what was asked, and what came of it. Texts are not kept."""
    entry = {
        "_id": work.id,
        "brand": target.brand,
        "community": target.community,
        "target": target_of(work.kind, work.act),
        "kind": work.kind,
        "cause": work.act.cause,
        "content": work.act.content_id,
        "member": work.act.member or work.act.content_author,
        "made": told.content,
        "asked": work.asked,
        "at": told.at,
        "attempts": told.attempts,
        "connection": told.connection,
        "answer": told.answer,
        "code": told.code,
        "reason": told.reason,
        "trace": trace_id(work.trace),
    }
    return {name: value for name, value in entry.items() if value is not None}


def line_changed(state: LineState | None, told: LineChanged) -> Step[State]:
    """Tell that a connection stopped working, or works again; each once, however many processes saw it."""
    was_lost = state is not None and state.lost
    if was_lost == told.lost:
        return Step(state)
    make = ConnectionLost if told.lost else ConnectionRestored
    event = make(
        id=event_id("delivery.line", told.brand, told.connection, told.at.isoformat(), str(told.lost)),
        source=f"{told.platform}/{told.connection}",
        time=told.at,
        brand=told.brand,
        recordedtime=told.at,
        subject=told.connection,
        data=Line(connection=told.connection, platform=told.platform, reason=told.reason),
    )
    after = LineState(told.brand, told.connection, lost=True) if told.lost else None
    return Step(after, outputs=(Output(RECEIPTS.name, f"{told.brand}/{told.connection}", event),))

"""What becomes of an incident: by alarms, by people, by time. Each step is a new incident, and what follows elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from services.reporting.rules.crises.commands import (
    Acknowledge,
    Approve,
    Asked,
    Assign,
    Close,
    Ease,
    Finish,
    Note,
    Quiet,
    Raise,
)
from services.reporting.rules.crises.crisis import (
    BY_RULES,
    MOMENTS_MAX,
    TEXTS_BYTES_MAX,
    Closing,
    Crisis,
    CrisisStep,
    Did,
    Draft,
    Moment,
    Signed,
    Slow,
    milliseconds,
    moment,
)
from services.reporting.rules.crises.lookout import Open, worst_of
from services.reporting.rules.crises.playbooks import Book, plays_for
from services.reporting.rules.crises.telling import Alert, CrisisAct, alert, held, paced, published
from services.reporting.rules.incidents import QUIET_S
from shared.documents.discipline import seconds
from shared.documents.playbook import Play, Statement
from shared.events.reporting import IncidentClosed, IncidentOpened, IncidentWorsened

LATE_S = 600
"""Signs that were given before the end of the quiet are read by then, unless the service lags behind."""

QUIET = "quiet"
"""Why it was closed, where nobody closed it."""


class Refused(Exception):
    """What was asked for cannot be done; the text tells a person why."""


class Later(NamedTuple):
    """When to look again: for quiet (no play), or for the end of a play's slow mode."""

    at_ms: int
    play: str | None = None


class Worked(NamedTuple):
    """An incident after a step, and what follows."""

    crisis: Crisis
    alerts: Sequence[Alert] = ()
    acts: Sequence[CrisisAct] = ()
    later: Sequence[Later] = ()


def raised(before: Crisis | None, command: Raise, book: Book) -> Worked:
    """Take in what a lookout tells; the playbook does what it says for such an incident."""
    crisis = _grown(before, command)
    at_ms = round(crisis.last * 1_000)
    did: Did = "opened"
    if before is not None:
        joined = crisis.parts.keys() - before.parts.keys()
        did = "reopened" if before.closed is not None else "joined" if joined else "worsened"
    main = crisis.parts[crisis.main].worst
    what = {
        "signals": ", ".join(sorted(crisis.parts)),
        "severity": crisis.severity,
        "people": str(main.observed),
        "ratio": f"{main.ratio:.1f}",
    }
    crisis = crisis.noted(Moment(at_ms=at_ms, by=BY_RULES, did=did, what=what))
    crisis, acts, later = _played(crisis, book, command.at, at_ms)
    make = IncidentOpened if did in {"opened", "reopened"} else IncidentWorsened
    if did in {"opened", "reopened"}:
        later = [*later, Later(_quiet_ms(crisis.last))]
    return Worked(crisis, [alert(make, crisis, at_ms, command.at)], acts, later)


def _grown(before: Crisis | None, command: Raise) -> Crisis:
    severity = worst_of(part.severity for part in command.parts.values())
    parts = dict(command.parts)
    places = (command.community,) if command.community else tuple(sorted({r for p in parts.values() for r in p.refs}))
    if before is None:
        first = min(part.first.second for part in parts.values())
        return Crisis(
            id=command.incident,
            brand=command.brand,
            community=command.community,
            own=command.own,
            opened_ms=round(first * 1_000),
            parts=parts,
            communities=places,
            severity=severity,
        )
    return replace(before, parts=parts, severity=severity, communities=places, closed=None)


def _played(crisis: Crisis, book: Book, at: datetime, at_ms: int) -> tuple[Crisis, Sequence[CrisisAct], Sequence[Later]]:
    """Begin the plays that are for it by now, each once. In a place that is not the brand's own nothing is done."""
    acts: list[CrisisAct] = []
    later: list[Later] = []
    for play in plays_for(book, crisis.parts, crisis.severity):
        if play.id in crisis.plays:
            continue
        crisis = _begun(crisis, play, book)
        if play.slow_mode is not None and crisis.own:
            slow = Slow(
                play=play.id,
                pause_s=play.slow_mode.pause_s,
                channels=play.slow_mode.channels,
                communities=crisis.communities,
                until_ms=milliseconds(at) + seconds(play.slow_mode.lasts) * 1_000,
            )
            later.append(Later(slow.until_ms, play.id))
            what = {"play": play.id, "pause_s": str(slow.pause_s), "until": moment(slow.until_ms).isoformat()}
            crisis = replace(crisis, slow=(*crisis.slow, slow))
            acts += paced(crisis, slow, at, ends=False)
            crisis = crisis.noted(Moment(at_ms=at_ms, by=BY_RULES, did="slowed", what=what))
        if play.hold_posts is not None and crisis.own:
            until_ms = max(crisis.held_ms or 0, milliseconds(at) + seconds(play.hold_posts.lasts) * 1_000)
            acts += held(crisis, at, until_ms)
            what = {"play": play.id, "until": moment(until_ms).isoformat()}
            crisis = replace(crisis, held_ms=until_ms)
            crisis = crisis.noted(Moment(at_ms=at_ms, by=BY_RULES, did="held", what=what))
    return crisis, acts, later


def _begun(crisis: Crisis, play: Play, book: Book) -> Crisis:
    steps = (CrisisStep(id=one.id, role=one.role, en=one.text.en, ru=one.text.ru) for one in play.steps)
    statements = (_draft(one, book) for one in play.statements if crisis.own or one.audience == "internal")
    return replace(
        crisis,
        plays=(*crisis.plays, play.id),
        routes=tuple(dict.fromkeys((*crisis.routes, *play.routes))),
        steps=(*crisis.steps, *steps),
        statements=(*crisis.statements, *statements),
    )


def _draft(statement: Statement, book: Book) -> Draft:
    to = statement.to
    return Draft(
        id=statement.id,
        audience=statement.audience,
        approval=statement.approval,
        en=statement.text.en,
        ru=statement.text.ru,
        languages=book.spec.languages,
        community=None if to is None else to.community,
        channel=statement.channel if to is None else to.channel,
    )


def asked(crisis: Crisis, order: Asked) -> Worked:
    """Do what a person asks. Raises Refused."""
    _check(crisis, order)
    signed = Signed(by=order.by, at_ms=milliseconds(order.at))
    match order:
        case Acknowledge():
            if crisis.acknowledged is not None:
                raise Refused(f"{crisis.acknowledged.by} has acknowledged it")
            return Worked(_signed(replace(crisis, acknowledged=signed), signed, "acknowledged"))
        case Assign():
            return Worked(_signed(replace(crisis, assigned=order.to), signed, "assigned", to=order.to))
        case Note():
            return Worked(_signed(crisis, signed, "noted", text=order.text))
        case Finish():
            return Worked(_finished(crisis, order, signed))
        case Approve():
            return _approved(crisis, order, signed)
        case Close():
            closing = Closing(by=order.by, at_ms=signed.at_ms, reason=order.reason)
            return _closed(crisis, closing, order.at)


def _check(crisis: Crisis, order: Asked) -> None:
    if order.version is not None and order.version != crisis.version:
        raise Refused(f"it was changed since: version {crisis.version} now; look again")
    if len(crisis.moments) >= MOMENTS_MAX:
        raise Refused("its time line is full")
    is_written = bool(getattr(order, "text", None) or getattr(order, "reason", None))
    if is_written and sum(len(text.encode()) for one in crisis.moments for text in one.what.values()) > TEXTS_BYTES_MAX:
        raise Refused("its notes are full: go on without words, and write elsewhere")
    if crisis.closed is not None and not isinstance(order, Note | Finish):
        raise Refused("it is closed; notes can be added, and steps finished")


def _signed(crisis: Crisis, signed: Signed, did: Did, **what: str) -> Crisis:
    return crisis.noted(Moment(at_ms=signed.at_ms, by=signed.by, did=did, what=what))


def _finished(crisis: Crisis, order: Finish, signed: Signed) -> Crisis:
    step = next((one for one in crisis.steps if one.id == order.step), None)
    if step is None:
        raise Refused(f"it has no step {order.step}")
    if step.done is not None:
        raise Refused(f"{step.done.by} has done {step.id}")
    steps = tuple(replace(one, done=signed) if one is step else one for one in crisis.steps)
    what = {"step": step.id} | ({"text": order.text} if order.text else {})
    return _signed(replace(crisis, steps=steps), signed, "finished", **what)


def _approved(crisis: Crisis, order: Approve, signed: Signed) -> Worked:
    draft = next((one for one in crisis.statements if one.id == order.statement), None)
    if draft is None:
        raise Refused(f"it has no statement {order.statement}")
    if draft.approved is not None:
        raise Refused(f"{draft.approved.by} has approved {draft.id}: it was published once")
    statements = tuple(replace(one, approved=signed) if one is draft else one for one in crisis.statements)
    after = _signed(replace(crisis, statements=statements), signed, "approved", statement=draft.id)
    return Worked(after, (), list(published(crisis, draft, order.at)))


def _closed(crisis: Crisis, closing: Closing, at: datetime) -> Worked:
    crisis, acts = _eased(crisis, at, closing.at_ms, None)
    crisis, let_go = _let_go(crisis, at, closing.at_ms)
    acts = [*acts, *let_go]
    what = {} if closing.reason is None else {"reason": closing.reason}
    after = replace(crisis, closed=closing).noted(Moment(at_ms=closing.at_ms, by=closing.by, did="closed", what=what))
    return Worked(after, [alert(IncidentClosed, after, closing.at_ms, at)], acts)


def _eased(crisis: Crisis, at: datetime, at_ms: int, play: str | None) -> tuple[Crisis, Sequence[CrisisAct]]:
    """End slow mode: that of a play, or all of it."""
    ending = [one for one in crisis.slow if one.ended_ms is None and play in {None, one.play}]
    if not ending:
        return crisis, ()
    slow = tuple(replace(one, ended_ms=at_ms) if one in ending else one for one in crisis.slow)
    crisis = replace(crisis, slow=slow)
    acts = [act for one in ending for act in paced(crisis, one, at, ends=True)]
    what = {"play": ", ".join(one.play for one in ending)}
    return crisis.noted(Moment(at_ms=at_ms, by=BY_RULES, did="eased", what=what)), acts


def _let_go(crisis: Crisis, at: datetime, at_ms: int) -> tuple[Crisis, Sequence[CrisisAct]]:
    """Let planned posts go on, where they still wait."""
    if crisis.held_ms is None or crisis.held_ms <= milliseconds(at):
        return crisis, ()
    acts = list(held(crisis, at, milliseconds(at)))
    return replace(crisis, held_ms=None).noted(Moment(at_ms=at_ms, by=BY_RULES, did="let_go")), acts


def eased(crisis: Crisis, command: Ease) -> Worked:
    """End slow mode: its time is over."""
    after, acts = _eased(crisis, command.at, milliseconds(command.at), command.play)
    return Worked(after, (), acts)


def quieted(crisis: Crisis, open_: Open | None, command: Quiet) -> Worked:
    """Close it where it has been quiet for long enough by the moment of the command; else look again later."""
    if crisis.closed is not None:
        return Worked(crisis)
    if open_ is not None and open_.id == crisis.id:
        crisis = replace(crisis, parts=dict(open_.parts))
    due_ms = _quiet_ms(crisis.last)
    if due_ms > milliseconds(command.at):
        return Worked(crisis, later=[Later(due_ms)])
    at_ms = round((crisis.last + QUIET_S) * 1_000)
    return _closed(crisis, Closing(by=BY_RULES, at_ms=at_ms, reason=QUIET), command.at)


def _quiet_ms(last: float) -> int:
    return round((last + QUIET_S + LATE_S) * 1_000)

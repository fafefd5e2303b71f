"""What a change of a case comes to in the stores and on the bus: the writing half of the fold of cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from services.moderation.cases.appeals import EARLY_DAYS, early_in, near_ms
from services.moderation.cases.audit import Chain, linked
from services.moderation.cases.case import Case, Early, Gone, milliseconds, moment
from services.moderation.cases.entries import entries_of
from services.moderation.cases.states import State
from services.moderation.cases.worked import Worked, changed
from services.moderation.handlers.judge import struck
from services.moderation.rules import commands
from shared.events import event_id
from shared.events.community import ContentDeleted, ContentRestored
from shared.fold.definition import Output, Step, Timer
from shared.topics import ACTIONS, DECISIONS, MODERATION_COMMANDS

BY_PLATFORM = "platform"
"""Who told, in the audit, what became of an act."""

BY_RULES = "rules"
"""Who decided, in the audit, where nobody did."""

NAMED = ("ruling", "decision", "sanction", "member", "to", "outcome", "of", "force", "members", "severity")
"""Fields of commands that the audit tells; what was written is known by its digest alone."""


Entry = Mapping[str, Any]


class Note(NamedTuple):
    """What the audit is to say."""

    at_ms: int
    by: str
    what: Mapping[str, Any]


def note_of(command: commands.Command) -> Note:
    """Return what the audit says of a command."""
    told = {name: getattr(command, name) for name in NAMED if getattr(command, name, None) is not None}
    what: dict[str, Any] = {"did": command.__struct_config__.tag, "case": command.case, "command": command.id}
    what |= msgspec.to_builtins(told) | {"digest": event_id(msgspec.json.encode(command).decode())}
    return Note(milliseconds(command.at), command.by, what)


def step_of(
    worked: Worked, chain: State | None, note: Note, trace: str | None, others: Sequence[State | None]
) -> Step[State]:
    """Return what is written of a change of a case. `others` are the states beside it but for the audit."""
    case = worked.case
    note = note._replace(what={**note.what, "waits": True}) if worked.waits else note
    after, entry = _audited(case, chain, note, trace)
    entries = [entry, *entries_of(worked, note.at_ms, trace)]
    timers = [] if worked.due is None else [_deadline(case, worked.due.at_ms), *_nearing(case)]
    return Step(case, entries, _outputs(worked), timers, beside=(after, *others))


def refused_step(
    state: State | None, case: Case, chain: State | None, note: Note, trace: str | None, others: Sequence[State | None]
) -> Step[State]:
    """Return what is written of a command that changes nothing: the audit says so."""
    after, entry = _audited(case, chain, note, trace)
    return Step(state, [entry], beside=(after, *others))


def waiting_step(
    state: State | None, chain: State | None, note: Note, trace: str | None, about: commands.About
) -> Step[State]:
    """Return what is written of an appeal that has no case yet."""
    after, entry = _linked(about, chain, note, trace)
    return Step(state, [entry], beside=(after,))


def _audited(case: Case, chain: State | None, note: Note, trace: str | None) -> tuple[Chain, Entry]:
    return _linked(case, chain, note._replace(what={**note.what, "version": case.version}), trace)


def _linked(about: Case | commands.About, chain: State | None, note: Note, trace: str | None) -> tuple[Chain, Entry]:
    assert chain is None or isinstance(chain, Chain), "an audit's key is nothing else's"
    what = {**note.what, **({} if trace is None else {"trace": trace})}
    return linked(chain or Chain(), about.brand, about.community, note.at_ms, note.by, what)


def _outputs(worked: Worked) -> Sequence[Output]:
    case = worked.case
    key = f"{case.brand}/{case.community}"
    outputs = [Output(DECISIONS.name, key, event) for event in worked.events]
    outputs += [Output(ACTIONS.name, key, act) for act in worked.acts]
    outputs += [struck(strike) for strike in worked.strikes]
    outputs += [commanded(command) for command in worked.commands]
    return outputs


def commanded(command: commands.Command) -> Output:
    """Return what the fold asks of itself: another state's change, in its own turn."""
    return Output(MODERATION_COMMANDS.name, f"{command.brand}/{command.community}", msgspec.json.encode(command))


def _deadline(case: Case, at_ms: int) -> Timer:
    id_ = event_id("moderation.overdue", case.brand, case.community, case.id, at_ms)
    command = commands.Overdue(
        id=id_, brand=case.brand, community=case.community, case=case.id, at=moment(at_ms), by=BY_RULES
    )
    key = f"{case.brand}/{case.community}"
    return Timer(id_, moment(at_ms), MODERATION_COMMANDS.name, key, msgspec.json.encode(command))


def _nearing(case: Case) -> Sequence[Timer]:
    """Return what tells that the appeal is to be answered soon."""
    if case.appeal is None:
        return ()
    deadline, due = moment(case.appeal.deadline_ms), moment(near_ms(case.appeal))
    id_ = event_id("moderation.nearing", case.brand, case.community, case.id, case.appeal.deadline_ms)
    command = commands.Nearing(
        id=id_, brand=case.brand, community=case.community, case=case.id, at=due, by=BY_RULES, deadline=deadline
    )
    key = f"{case.brand}/{case.community}"
    return (Timer(id_, due, MODERATION_COMMANDS.name, key, msgspec.json.encode(command)),)


def with_timers(before: Sequence[State | None], step: Step[State], brand: str, community: str) -> Step[State]:
    """Have appeals that wait from now on forgotten some day, and no others. `before` holds all states, as the step does."""
    old, new = _waiting(before), _waiting((step.state, *(step.beside or before[1:])))
    begun = [_patience(brand, community, one) for id_, one in new.items() if id_ not in old]
    done = [_patience(brand, community, one).id for id_, one in old.items() if id_ not in new]
    return replace(step, timers=(*step.timers, *begun), done_timers=(*step.done_timers, *done)) if begun or done else step


def _waiting(states: Sequence[State | None]) -> Mapping[str, tuple[Case | None, Early]]:
    """Return the appeals that wait, by their commands, each with its case."""
    told = [(state if isinstance(state, Case) else None, one) for state in states for one in early_in(state)]
    return {one.command: (case, one) for case, one in told}


def _patience(brand: str, community: str, waiting: tuple[Case | None, Early]) -> Timer:
    case, early = waiting
    due = moment(early.heard_ms) + timedelta(days=EARLY_DAYS)
    id_ = event_id("moderation.unheard", brand, community, early.command)
    command = commands.Unheard(
        id=id_,
        brand=brand,
        community=community,
        case="" if case is None else case.id,
        at=due,
        by=BY_RULES,
        appeal=early.command,
        member=early.by if case is None else None,
    )
    return Timer(id_, due, MODERATION_COMMANDS.name, f"{brand}/{community}", msgspec.json.encode(command))


def seen_step(state: State | None, event: ContentDeleted | ContentRestored) -> Step[State]:
    """Return what is kept of a content that is gone, or is there again; of one without a case for a while."""
    is_gone = isinstance(event, ContentDeleted)
    if isinstance(state, Case):
        return Step(state if state.gone == is_gone else changed(state, gone=is_gone))
    if event.imported or is_gone == isinstance(state, Gone):
        return Step(state)
    gone = Gone(at_ms=milliseconds(event.recordedtime))
    return Step(gone, timers=[_forgetting(gone, event)]) if is_gone else Step(None)


def _forgetting(gone: Gone, event: ContentDeleted | ContentRestored) -> Timer:
    brand, community, due = event.brand, event.community or "", moment(gone.at_ms) + timedelta(days=EARLY_DAYS)
    id_ = event_id("moderation.forget", brand, community, event.id)
    command = commands.Forget(
        id=id_, brand=brand, community=community, case=event.data.content_id or "", at=due, by=BY_RULES
    )
    return Timer(id_, due, MODERATION_COMMANDS.name, f"{brand}/{community}", msgspec.json.encode(command))


def forgotten_step(state: State | None, command: commands.Forget) -> Step[State]:
    """Return a content without a case forgotten, unless it is gone anew since."""
    is_over = isinstance(state, Gone) and moment(state.at_ms) + timedelta(days=EARLY_DAYS) <= command.at
    return Step(None if is_over else state, done_timers=(command.id,))

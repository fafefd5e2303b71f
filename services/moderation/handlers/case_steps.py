"""What a change of a case comes to in the stores and on the bus: the writing half of the fold of cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from services.moderation.cases.audit import Chain, linked
from services.moderation.cases.case import Case, milliseconds, moment
from services.moderation.cases.entries import entries_of
from services.moderation.cases.states import State
from services.moderation.cases.worked import Worked
from services.moderation.handlers.judge import struck
from services.moderation.rules import commands
from shared.events import event_id
from shared.fold.definition import Output, Step, Timer
from shared.topics import ACTIONS, DECISIONS, MODERATION_COMMANDS

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
    timers = [] if worked.due is None else [_deadline(case, worked.due.at_ms)]
    return Step(case, entries, _outputs(worked), timers, beside=(after, *others))


def refused_step(
    state: State | None, case: Case, chain: State | None, note: Note, trace: str | None, others: Sequence[State | None]
) -> Step[State]:
    """Return what is written of a command that changes nothing: the audit says so."""
    after, entry = _audited(case, chain, note, trace)
    return Step(state, [entry], beside=(after, *others))


def waiting_step(state: State, chain: State | None, note: Note, trace: str | None, asked: commands.Ask) -> Step[State]:
    """Return what is written of an appeal that has no case yet."""
    after, entry = _linked(asked, chain, note, trace)
    return Step(state, [entry], beside=(after,))


def _audited(case: Case, chain: State | None, note: Note, trace: str | None) -> tuple[Chain, Entry]:
    return _linked(case, chain, note._replace(what={**note.what, "version": case.version}), trace)


def _linked(about: Case | commands.Ask, chain: State | None, note: Note, trace: str | None) -> tuple[Chain, Entry]:
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

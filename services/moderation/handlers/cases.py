"""The fold of cases: decisions, complaints, appeals and the commands of moderators into what people decide.

It is the only one that takes decisions back, and that decides for a person. States are kept by case, by reporter, by
member (the last decision that they may appeal against) and by community (how far its audit has come).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from services.moderation.cases import appeals, disputes, working
from services.moderation.cases.audit import Chain, linked
from services.moderation.cases.case import Case, Last, Reporter, milliseconds, moment
from services.moderation.cases.deciding import decide
from services.moderation.cases.entries import entries_of
from services.moderation.cases.recording import complained, judged
from services.moderation.cases.reversing import reverse
from services.moderation.cases.states import State, audit_key, case_key, decoded_state, encoded_state, member_key
from services.moderation.cases.worked import Refused, Worked, changed
from services.moderation.handlers.judge import struck
from services.moderation.rules import commands
from services.moderation.rules.case import Policy
from services.moderation.rules.notices import Links
from shared.bus.record import Record
from shared.events import decode, event_id
from shared.events.community import AppealMade, ContentDeleted, ContentFlagged, ContentRestored
from shared.events.moderation import DecisionMade
from shared.fold.deadletter import first_topic
from shared.fold.definition import Document, Item, Output, Step, Timer
from shared.policy import PolicyBook
from shared.telemetry.traces import trace_of
from shared.topics import ACTIONS, DECISIONS, EVENTS, MODERATION_COMMANDS, STRIKES, dead_letters, retries

GROUP = "cases"
INPUTS = (DECISIONS.name, EVENTS.name, MODERATION_COMMANDS.name, retries(GROUP).name)
OUTPUTS = (DECISIONS.name, ACTIONS.name, STRIKES.name, MODERATION_COMMANDS.name, dead_letters(GROUP).name)

BY_RULES = "rules"
"""Who decided, in the audit, where nobody did."""

Heard = ContentFlagged | AppealMade | ContentDeleted | ContentRestored


class Told(NamedTuple):
    """What a record tells, its trace, and where among the events it stands."""

    event: DecisionMade | Heard | commands.Command
    trace: str | None
    place: int | None = None


Items = Sequence[Item[Told]]


class Cases:
    """The fold of decisions, complaints and commands into cases."""

    group = GROUP
    topics: Sequence[str] = INPUTS

    def __init__(self, policies: PolicyBook[Policy], links: Links | None = None) -> None:
        self._policies, self._links = policies, links or Links()

    async def prepare(self) -> None:
        """Have the policies up to date."""
        await self._policies.refresh()

    def read(self, record: Record) -> Items:
        """Return what concerns a case."""
        topic = first_topic(record)
        if topic == MODERATION_COMMANDS.name:
            return _commanded(commands.decoded(record.value or b""), trace_of(record))
        event = decode(record.value or b"")
        place = record.offset if record.topic == EVENTS.name else None
        match event:
            case DecisionMade() if event.data.by is None and event.data.findings[:1] != () and topic == DECISIONS.name:
                return _decided(event, Told(event, trace_of(record)))
            case AppealMade() if event.imported:
                return ()  # what was asked then was answered then
            case ContentFlagged() | AppealMade() | ContentDeleted() | ContentRestored() if event.purpose is None:
                return _heard(event, Told(event, trace_of(record), place))
            case _:
                return ()

    def evolve(self, state: State | None, event: Told) -> Step[State]:
        """Take in what changes one state alone: a reporter's record, a content that is gone, an appeal that names none."""
        told = event.event
        if isinstance(told, commands.Credit):
            return Step(_credited(state if isinstance(state, Reporter) else Reporter(), told))
        if isinstance(told, AppealMade):
            last = _last(state)
            return Step(state, outputs=() if last is None else (_asked(told, last),))
        return Step(_seen(state, is_gone=isinstance(told, ContentDeleted)))

    def evolve_beside(self, state: State | None, beside: Sequence[State | None], event: Told) -> Step[State]:
        """Change a case, and note in the audit who did what."""
        assert state is None or isinstance(state, Case), "a case's key is nothing else's"
        told = event.event
        if isinstance(told, DecisionMade):
            return self._judged(state, beside, told, event.trace)
        if isinstance(told, ContentFlagged):
            return self._complained(state, beside, told, event)
        assert not isinstance(told, AppealMade | ContentDeleted | ContentRestored), "these change one state alone"
        return self._commanded(state, beside, told, event.trace)

    def _judged(
        self, state: Case | None, beside: Sequence[State | None], event: DecisionMade, trace: str | None
    ) -> Step[State]:
        case = state or new_case(event)
        worked = judged(case, event)
        if worked.case is case:
            return Step(state)
        what = {"did": "decided", "case": case.id, "decision": event.data.decision, "verdict": event.data.verdict}
        last: State | None = beside[1]
        held = worked.case.decisions[-1]
        if held.lasts and held.id == event.data.decision:
            last = Last(case=case.id, decision=held.id)
        return _step(worked, beside[0], Note(milliseconds(event.time), BY_RULES, what), trace, (last,))

    def _complained(
        self, state: Case | None, beside: Sequence[State | None], event: ContentFlagged, told: Told
    ) -> Step[State]:
        case = state or new_case(event)
        reporter = beside[1] if len(beside) > 1 else None
        assert reporter is None or isinstance(reporter, Reporter)
        policy = self._policies.at(event.brand, event.community, event.recordedtime)
        worked = complained(case, event, reporter, policy, self._links)
        if worked.case is case:
            return Step(state)
        worked = worked._replace(case=msgspec.structs.replace(worked.case, place=told.place))
        by = event.data.actor.id if event.data.actor else "anonymous"
        what = {"did": "complained", "case": case.id, "category": event.data.category}
        return _step(worked, beside[0], Note(milliseconds(event.time), by, what), told.trace, tuple(beside[1:]))

    def _commanded(
        self, state: Case | None, beside: Sequence[State | None], command: commands.Command, trace: str | None
    ) -> Step[State]:
        case = state or commanded_case(command)
        what = {"did": command.__struct_config__.tag, "case": command.case, "command": command.id, **_named(command)}
        note = Note(milliseconds(command.at), command.by, what)
        policy = self._policies.at(command.brand, command.community, command.at)
        try:
            worked = self._worked(case, command, policy)
        except Refused as refused:
            why = note._replace(what=what | {"refused": str(refused)})
            return _step(Worked(case), beside[0], why, trace, tuple(beside[1:]), keep=state)
        step = _step(worked, beside[0], note, trace, _lasts(worked, beside[1:]))
        return replace(step, done_timers=(command.id,)) if isinstance(command, commands.Overdue) else step

    def _worked(self, case: Case, command: commands.Command, policy: Policy) -> Worked:
        if isinstance(command, commands.Decide):
            working.check_version(case, command)
            working.check_claim(case, command)
            return decide(case, command, policy, self._links)
        if not isinstance(command, UNVERSIONED):
            working.check_version(case, command)
        return _WORK[type(command)](case, command, policy)

    def encode(self, state: State) -> Document:
        """Return a state as a document."""
        return encoded_state(state)

    def decode(self, document: Document) -> State:
        """Return the state of a document."""
        return decoded_state(document)


UNVERSIONED = (commands.Ask, commands.Overdue, commands.Reverse)
"""Commands whose authors did not look at the case."""

_WORK: Mapping[type[commands.About], Callable[[Case, Any, Policy], Worked]] = MappingProxyType(
    {
        commands.Claim: working.claim,
        commands.Release: lambda case, command, _: working.release(case, command),
        commands.Assign: lambda case, command, _: working.assign(case, command),
        commands.Escalate: lambda case, command, _: working.escalate(case, command),
        commands.Note: lambda case, command, _: working.note(case, command),
        commands.Reverse: lambda case, command, _: reverse(case, command),
        commands.Ask: appeals.ask,
        commands.Overdue: lambda case, command, _: appeals.overdue(case, command),
        commands.Dispute: lambda case, command, _: disputes.dispute(case, command),
        commands.Statement: lambda case, command, _: disputes.statement(case, command),
        commands.Settle: lambda case, command, _: disputes.settle(case, command),
    }
)


class Note(NamedTuple):
    """What the audit is to say."""

    at_ms: int
    by: str
    what: Mapping[str, Any]


def _step(
    worked: Worked,
    chain: State | None,
    note: Note,
    trace: str | None,
    others: Sequence[State | None],
    keep: State | None = None,
) -> Step[State]:
    """Return what a change of a case comes to. `keep` is the state where nothing changed."""
    case = worked.case
    assert chain is None or isinstance(chain, Chain), "an audit's key is nothing else's"
    what = {**note.what} | ({} if trace is None else {"trace": trace})
    after, entry = linked(
        chain or Chain(), case.brand, case.community, note.at_ms, note.by, what | {"version": case.version}
    )
    entries = [entry, *entries_of(worked, note.at_ms, trace)]
    is_same = "refused" in note.what
    timers = [] if worked.due is None else [_deadline(case, worked.due.at_ms)]
    return Step(
        keep if is_same else case, entries, _outputs(worked), timers, beside=(after, *others) if others else (after,)
    )


def _outputs(worked: Worked) -> Sequence[Output]:
    case = worked.case
    key = f"{case.brand}/{case.community}"
    outputs = [Output(DECISIONS.name, key, event) for event in worked.events]
    outputs += [Output(ACTIONS.name, key, act) for act in worked.acts]
    outputs += [struck(strike) for strike in worked.strikes]
    outputs += [Output(MODERATION_COMMANDS.name, key, msgspec.json.encode(credit)) for credit in worked.credits]
    return outputs


def _deadline(case: Case, at_ms: int) -> Timer:
    id_ = event_id("moderation.overdue", case.brand, case.community, case.id, at_ms)
    command = commands.Overdue(
        id=id_, brand=case.brand, community=case.community, case=case.id, at=moment(at_ms), by=BY_RULES
    )
    key = f"{case.brand}/{case.community}"
    return Timer(id_, moment(at_ms), MODERATION_COMMANDS.name, key, msgspec.json.encode(command))


def case_of(event: DecisionMade) -> str:
    """Return to which case a decision belongs: its content's; what concerns none has a case of its own."""
    return event.data.content_id or event.data.decision


def _decided(event: DecisionMade, told: Told) -> Items:
    place = (event.brand, event.community)
    member = event.data.content_author
    beside = (audit_key(*place), member_key(*place, "last", member or ""))
    return (Item(case_key(*place, case_of(event)), told, None, beside),)


def _heard(event: Heard, told: Told) -> Items:
    place, content, actor = (event.brand, event.community), event.data.content_id, event.data.actor
    if isinstance(event, AppealMade) and content is None:
        return () if actor is None else (Item(member_key(*place, "last", actor.id), told),)
    if content is None:
        return ()
    beside: tuple[str, ...] = ()
    if isinstance(event, ContentFlagged):
        reporter = () if actor is None else (member_key(*place, "reporter", actor.id),)
        beside = (audit_key(*place), *reporter)
    return (Item(case_key(*place, content), told, None, beside),)


def _commanded(command: commands.Command, trace: str | None) -> Items:
    place, identity = (command.brand, command.community), f"{command.brand}/{command.id}"
    if isinstance(command, commands.Credit):
        return (Item(member_key(*place, "reporter", command.reporter), Told(command, trace), identity),)
    beside: tuple[str, ...] = (audit_key(*place),)
    if isinstance(command, commands.Decide) and command.member is not None:
        beside = (*beside, member_key(*place, "last", command.member))
    return (Item(case_key(*place, command.case), Told(command, trace), identity, beside),)


def _lasts(worked: Worked, last: Sequence[State | None]) -> tuple[State | None, ...]:
    """Return the last decision about the member: a person's, where it does something that they may appeal against."""
    made = [event for event in worked.events if isinstance(event, DecisionMade) and event.data.verdict != "allow"]
    return (Last(case=worked.case.id, decision=made[-1].id),) if made and last else tuple(last)


def _credited(reporter: Reporter, credit: commands.Credit) -> Reporter:
    return Reporter(right=reporter.right + credit.was_right, wrong=reporter.wrong + (not credit.was_right))


def _seen(state: State | None, *, is_gone: bool) -> State | None:
    """Return a case that knows whether its content is still on the platform; nothing of a content without one."""
    return changed(state, gone=is_gone) if isinstance(state, Case) and state.gone != is_gone else state


def _last(state: State | None) -> Last | None:
    """Return what an appeal is against: the last decision about the content, or the member, that stands."""
    if isinstance(state, Case):
        return Last(case=state.id, decision=state.standing[-1].id) if state.standing else None
    return state if isinstance(state, Last) else None


def _asked(event: AppealMade, last: Last) -> Output:
    """Return the appeal against the last decision about a member, who need not know its id."""
    assert event.data.actor is not None, "nobody's appeal has no state"
    command = commands.Ask(
        id=event.id,
        brand=event.brand,
        community=event.community or "",
        case=last.case,
        at=event.time,
        by=event.data.actor.id,
        decision=last.decision,
        text=event.data.text,
    )
    return Output(MODERATION_COMMANDS.name, f"{event.brand}/{event.community}", msgspec.json.encode(command))


def new_case(event: DecisionMade | ContentFlagged) -> Case:
    """Return the case of something of which nothing was told yet."""
    id_ = case_of(event) if isinstance(event, DecisionMade) else (event.data.content_id or "")
    return Case(
        id=id_,
        brand=event.brand,
        community=event.community or "",
        kind=_kind(event),
        source=event.source,
        content=event.data.content_id,
        member=event.data.content_author,
        imported=event.imported,
    )


def _kind(event: DecisionMade | ContentFlagged) -> Any:  # noqa: ANN401 - a case's kind
    if event.data.content_id is not None:
        return "content"
    rules = {finding.rule for finding in event.data.findings} if isinstance(event, DecisionMade) else set()
    return "raid" if "raids" in rules else "request"


def commanded_case(command: commands.Command) -> Case:
    """Return the case that a command is the first to name."""
    told = isinstance(command, commands.Decide | commands.Reverse)
    return Case(
        id=command.case,
        brand=command.brand,
        community=command.community,
        content=command.content if told else None,  # type: ignore[union-attr]
        member=command.member if told else None,  # type: ignore[union-attr]
    )


NAMED = ("ruling", "decision", "to", "outcome", "of", "force", "members", "severity")
"""Fields of commands that the audit tells; what was written is known by its digest alone."""


def _named(command: commands.Command) -> dict[str, Any]:
    told = {name: getattr(command, name) for name in NAMED if getattr(command, name, None) is not None}
    named: dict[str, Any] = msgspec.to_builtins(told)
    return named | {"digest": event_id(msgspec.json.encode(command).decode())}

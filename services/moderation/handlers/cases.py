"""The fold of cases: decisions, complaints, appeals and the commands of moderators into what people decide.

It is the only one that takes decisions back, and that decides for a person. States are kept by case, by reporter, by
member (the last decision that they may appeal against) and by community (how far its audit has come). What records
concern is read in case_items.py, what is written of a change in case_steps.py; what is decided stands in `cases/`.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from services.moderation.cases.case import Case, Last, Reporter, milliseconds
from services.moderation.cases.following import follow
from services.moderation.cases.fresh import commanded_case, new_case
from services.moderation.cases.recording import complained, judged
from services.moderation.cases.states import State, decoded_state, encoded_state
from services.moderation.cases.worked import Refused, Worked, changed
from services.moderation.handlers.case_items import Items, Told, items_of
from services.moderation.handlers.case_steps import BY_RULES, Note, commanded, note_of, refused_step, step_of
from services.moderation.rules import commands
from services.moderation.rules.case import Policy
from services.moderation.rules.notices import Links
from shared.bus.record import Record
from shared.events.community import AppealMade, ContentDeleted, ContentFlagged, ContentRestored
from shared.events.moderation import DecisionMade
from shared.fold.definition import Document, Output, Step
from shared.policy import PolicyBook
from shared.topics import ACTIONS, DECISIONS, EVENTS, MODERATION_COMMANDS, STRIKES, dead_letters, retries

GROUP = "cases"
INPUTS = (DECISIONS.name, EVENTS.name, MODERATION_COMMANDS.name, retries(GROUP).name)
OUTPUTS = (DECISIONS.name, ACTIONS.name, STRIKES.name, MODERATION_COMMANDS.name, dead_letters(GROUP).name)


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
        return items_of(record)

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
        return step_of(worked, beside[0], Note(milliseconds(event.time), BY_RULES, what), trace, (last,))

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
        worked = worked._replace(case=replace(worked.case, place=told.place))
        by = event.data.actor.id if event.data.actor else "anonymous"
        what = {"did": "complained", "case": case.id, "category": event.data.category}
        return step_of(worked, beside[0], Note(milliseconds(event.time), by, what), told.trace, beside[1:])

    def _commanded(
        self, state: Case | None, beside: Sequence[State | None], command: commands.Command, trace: str | None
    ) -> Step[State]:
        case = state or commanded_case(command)
        note = note_of(command)
        policy = self._policies.at(command.brand, command.community, command.at)
        try:
            worked = follow(case, command, policy, self._links)
        except Refused as refused:
            why = note._replace(what={**note.what, "refused": str(refused)})
            return refused_step(state, case, beside[0], why, trace, beside[1:])
        step = step_of(worked, beside[0], note, trace, _lasts(worked, beside[1:]))
        return replace(step, done_timers=(command.id,)) if isinstance(command, commands.Overdue) else step

    def encode(self, state: State) -> Document:
        """Return a state as a document."""
        return encoded_state(state)

    def decode(self, document: Document) -> State:
        """Return the state of a document."""
        return decoded_state(document)


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
    return commanded(command)

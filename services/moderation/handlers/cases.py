"""The fold of cases: decisions, complaints, appeals and the commands of moderators into what people decide.

It is the only one that takes decisions back, and that decides for a person. States are kept by case, by reporter, by
member (the last decision that they may appeal against) and by community (how far its audit has come, how busy it is).
What records concern is read in case_items.py, what is written of a change in case_steps.py; what is decided stands in
`cases/`.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from services.moderation.cases.appeals import early_of, is_blank, last_before, latest, released
from services.moderation.cases.case import Case, Gone, Last, Reporter, milliseconds
from services.moderation.cases.following import follow
from services.moderation.cases.fresh import begun, commanded_case, new_case, told_case
from services.moderation.cases.receipts import received
from services.moderation.cases.recording import Company, complained, judged
from services.moderation.cases.states import State, decoded_state, encoded_state
from services.moderation.cases.worked import Refused
from services.moderation.handlers.case_items import Items, Told, asked_in, items_of
from services.moderation.handlers.case_steps import (
    BY_PLATFORM,
    BY_RULES,
    Note,
    commanded,
    forgotten_step,
    note_of,
    refused_step,
    seen_step,
    step_of,
    waiting_step,
    with_timers,
)
from services.moderation.rules import commands
from services.moderation.rules.case import Policy
from services.moderation.rules.community import Community, counted
from services.moderation.rules.notices import Links
from shared.bus.record import Record
from shared.events.actions import ActionDone, ActionFailed
from shared.events.community import AppealMade, ContentCreated, ContentDeleted, ContentFlagged, ContentRestored
from shared.events.moderation import DecisionMade
from shared.fold.definition import Document, Step
from shared.policy import PolicyBook
from shared.topics import ACTIONS, DECISIONS, EVENTS, MODERATION_COMMANDS, RECEIPTS, STRIKES, dead_letters, retries

GROUP = "cases"
INPUTS = (DECISIONS.name, EVENTS.name, RECEIPTS.name, MODERATION_COMMANDS.name, retries(GROUP).name)
OUTPUTS = (DECISIONS.name, ACTIONS.name, STRIKES.name, MODERATION_COMMANDS.name, dead_letters(GROUP).name)

BY_TIMER = (commands.Nearing, commands.Overdue, commands.Unheard)
"""Commands of timers, which have fired with them."""


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
        """Take in what changes one state alone: a reporter's record, a content that is gone, how busy a community is."""
        told = event.event
        if isinstance(told, ContentCreated):
            pace = state if isinstance(state, Community) else Community()
            return Step(counted(pace, milliseconds(told.time), messages=1))
        if isinstance(told, commands.Credit):
            return Step(_credited(state if isinstance(state, Reporter) else Reporter(), told))
        if isinstance(told, commands.Forget):
            return forgotten_step(state, told)
        assert isinstance(told, ContentDeleted | ContentRestored), "what else is told looks at several states"
        return seen_step(state, told)

    def evolve_beside(self, state: State | None, beside: Sequence[State | None], event: Told) -> Step[State]:
        """Change a case, and note in the audit who did what."""
        told = event.event
        step = self._noted(state, beside, event)
        return with_timers((state, *beside), step, told.brand, told.community or "")

    def _noted(self, state: State | None, beside: Sequence[State | None], event: Told) -> Step[State]:
        told = event.event
        if isinstance(told, AppealMade):
            return _appealed(state, beside[0], told, event.trace)
        if isinstance(told, commands.Unheard) and told.member is not None:
            return _unheard(state, beside[0], told, event.trace)
        assert state is None or isinstance(state, Case | Gone), "a case's key is nothing else's"
        if isinstance(told, DecisionMade):
            return self._judged(state, beside, told, event.trace)
        if isinstance(told, ContentFlagged):
            return self._complained(state, beside, told, event)
        if isinstance(told, ActionDone | ActionFailed):
            return _received(state, beside[0], told, event.trace)
        assert not isinstance(told, ContentCreated | ContentDeleted | ContentRestored), "these change one state alone"
        return self._commanded(state, beside, told, event.trace)

    def _judged(
        self, state: Case | Gone | None, beside: Sequence[State | None], event: DecisionMade, trace: str | None
    ) -> Step[State]:
        case = begun(state, new_case(event))
        worked = released(judged(case, event))
        last, asked = _last_after(beside[1], worked.case, event.data.decision)
        if worked.case is case:  # its own, of complaints: only its member's record does not know of it
            return Step(state, outputs=[commanded(one) for one in asked], beside=(beside[0], last))
        worked = worked._replace(commands=[*worked.commands, *asked])
        what = {"did": "decided", "case": case.id, "decision": event.data.decision, "verdict": event.data.verdict}
        return step_of(worked, beside[0], Note(milliseconds(event.time), BY_RULES, what), trace, (last,))

    def _complained(
        self, state: Case | Gone | None, beside: Sequence[State | None], event: ContentFlagged, told: Told
    ) -> Step[State]:
        case = begun(state, new_case(event))
        chain, pace, *reporter = beside
        policy = self._policies.at(event.brand, event.community, event.recordedtime)
        worked = complained(case, event, _company(pace, *reporter), policy, self._links)
        if worked.case is case:
            return Step(state)
        worked = released(worked._replace(case=replace(worked.case, place=told.place)))
        by = event.data.actor.id if event.data.actor else "anonymous"
        what = {"did": "complained", "case": case.id, "event": event.id}  # the category may be in the member's own words
        return step_of(worked, chain, Note(milliseconds(event.time), by, what), told.trace, (worked.pace or pace, *reporter))

    def _commanded(
        self, state: Case | Gone | None, beside: Sequence[State | None], command: commands.Command, trace: str | None
    ) -> Step[State]:
        case = begun(state, commanded_case(command))
        note = note_of(command)
        policy = self._policies.at(command.brand, command.community, command.at)
        try:
            worked = released(follow(case, command, policy, self._links))
        except Refused as refused:
            why = note._replace(what={**note.what, "refused": str(refused)})
            return refused_step(state, case, beside[0], why, trace, beside[1:])
        if worked.case is case and isinstance(command, commands.Nearing):
            return Step(state, done_timers=(command.id,))  # it was answered in time, so nothing came of it
        others = beside[1:]
        made = [event.data.decision for event in worked.events if isinstance(event, DecisionMade)]
        if made and others:
            last, asked = _last_after(others[0], worked.case, made[-1])
            worked, others = worked._replace(commands=[*worked.commands, *asked]), (last,)
        step = step_of(worked, beside[0], note, trace, others)
        if worked.case is case:  # where it stayed as it was, none begins
            step = replace(step, state=state)
        if isinstance(command, commands.Unheard) and is_blank(worked.case):
            step = replace(step, state=None)
        return replace(step, done_timers=(command.id,)) if isinstance(command, BY_TIMER) else step

    def encode(self, state: State) -> Document:
        """Return a state as a document."""
        return encoded_state(state)

    def decode(self, document: Document) -> State:
        """Return the state of a document."""
        return decoded_state(document)


def _received(
    state: Case | Gone | None, chain: State | None, event: ActionDone | ActionFailed, trace: str | None
) -> Step[State]:
    """Have somebody look at what the platform did not do."""
    case = begun(state, told_case(event))
    worked = received(case, event)
    if worked.case is case:
        return Step(state)
    what = {"did": "told", "case": case.id, "action": event.data.action, "outcome": event.data.code or "done"}
    return step_of(worked, chain, Note(milliseconds(event.time), BY_PLATFORM, what), trace, ())


def _company(pace: State | None, reporter: State | None = None) -> Company:
    assert pace is None or isinstance(pace, Community), "a community's key is nothing else's"
    assert reporter is None or isinstance(reporter, Reporter), "a reporter's key is nothing else's"
    return Company(reporter, pace or Community())


def _last_after(before: State | None, case: Case, decision: str) -> tuple[State | None, Sequence[commands.Ask]]:
    """Return the last decision about a member once this one is known, and the appeal of theirs that waited for it."""
    held = next((one for one in case.decisions if one.id == decision and one.lasts), None)
    if held is None:
        return before, ()
    assert before is None or isinstance(before, Last), "a member's key is nothing else's"
    last, early = latest(before or Last(), case, held)
    return last, () if early is None else (early,)


def _appealed(state: State | None, chain: State | None, event: AppealMade, trace: str | None) -> Step[State]:
    """Pass on an appeal that names nothing to the case of what was decided last about the member, or keep it until then."""
    last, actor = state or Last(), event.data.actor
    assert isinstance(last, Last), "a member's key is nothing else's"
    assert actor is not None, "nobody's appeal has no state"
    found = last_before(last, milliseconds(event.time))
    asked = asked_in(event, actor.id, "") if found is None else asked_in(event, actor.id, found.case, found.decision)
    if found is not None:
        return Step(state, outputs=(commanded(asked),))
    kept = replace(last, early=early_of(asked))
    if last.early is not None:  # who asks again is heard as of now, and it was noted already
        return Step(kept)
    what = {"did": commands.Ask.__struct_config__.tag, "command": event.id, "waits": True}
    return waiting_step(kept, chain, Note(milliseconds(event.time), actor.id, what), trace, asked)


def _unheard(state: State | None, chain: State | None, command: commands.Unheard, trace: str | None) -> Step[State]:
    """Forget an appeal that names nothing, whose decision never came."""
    last = state or Last()
    assert isinstance(last, Last), "a member's key is nothing else's"
    is_meant = last.early is not None and last.early.command == command.appeal
    kept = replace(last, early=None) if is_meant else last
    return waiting_step(kept if kept.decisions or kept.early else None, chain, note_of(command), trace, command)


def _credited(reporter: Reporter, credit: commands.Credit) -> Reporter:
    return Reporter(right=reporter.right + credit.was_right, wrong=reporter.wrong + (not credit.was_right))

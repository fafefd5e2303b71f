"""Members who ask for another look. One who asks before the decision is read here is heard when it is.

Decisions come by another topic than appeals, so either may be read first. An appeal is about what was decided before it was
made, whichever is read first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import replace

from services.moderation.cases import telling
from services.moderation.cases.case import Appeal, Case, Early, Held, Last, Lasting, milliseconds, moment
from services.moderation.cases.worked import Due, Refused, Worked, changed, opened
from services.moderation.rules.case import Policy
from services.moderation.rules.commands import About, Ask, Nearing, Overdue, Unheard
from shared.documents.discipline import seconds
from shared.events import event_id

APPEAL = "appeal"

EARLY_MAX = 10
"""Appeals of one case that wait for their decisions, one a member, where nobody told whose the content is. Its author alone
has any to make: once that is known, others are refused, and the author has a place of their own."""

EARLY_DAYS = 31
"""So long an appeal waits for its decision: a day more than the topics are kept by which appeals come, so of none that is
read again the time is over before the decision is read again, too."""

APART_MS = 5 * 60_000
"""So far the clock of a platform may be behind ours: a decision made so shortly after an appeal may be what it is about."""

NEAR_MS = 24 * 3_600_000
"""So long before its deadline an appeal is told to be due; of one that is to be answered within four days, a quarter of
the time before."""

LASTING_MAX = 20
"""Decisions about a member in a community that are remembered for appeals which name nothing."""


def ask(case: Case, command: Ask, policy: Policy) -> Worked:
    """Open the case again, with a deadline. Raises Refused with what the member is told."""
    rule = policy.spec.appeals
    if rule.status == "off":
        raise Refused("decisions are not appealed against here")
    held = _meant(case, command)
    if held is None:
        return _early(case, command)
    if not held.lasts:
        raise Refused("there is nothing to be taken back")
    if case.member != command.by:
        raise Refused("it concerns somebody else")
    if case.appeal is not None and case.appeal.decision == held.id:
        raise Refused("somebody has looked, or will look, already")
    if milliseconds(command.at) > held.at_ms + 1000 * seconds(rule.within):
        raise Refused("it was too long ago")
    deadline_ms = milliseconds(command.at + timedelta(seconds=seconds(rule.answer)))
    appeal = Appeal(decision=held.id, at_ms=milliseconds(command.at), deadline_ms=deadline_ms, text=command.text)
    again = opened(case, milliseconds(command.at), APPEAL)
    review = None if case.is_blind else case.review  # a second look that nobody took: the appeal is one
    return Worked(changed(again, appeal=appeal, outcome=None, review=review), due=Due(deadline_ms))


def _meant(case: Case, command: Ask) -> Held | None:
    """Return the decision that is asked about: the one that is named, else the last before that which stands."""
    if command.decision is not None:
        return next((one for one in case.decisions if one.id == command.decision), None)
    before = [one for one in case.standing if is_before(one.at_ms, milliseconds(command.at))]
    return max(before, key=lambda one: one.at_ms, default=None)


def is_before(decided_ms: int, asked_ms: int) -> bool:
    """Say whether an appeal that names no decision may be about this one."""
    return decided_ms <= asked_ms + APART_MS


def _early(case: Case, command: Ask) -> Worked:
    """Keep an appeal until its decision is read; who asks again is heard as of now, and of what was named last."""
    author = case.member or command.author
    if author not in {None, command.by}:
        raise Refused("it concerns somebody else")
    others = tuple(one for one in case.early if one.by != command.by)
    if author is None and len(others) >= EARLY_MAX:
        raise Refused("too many appeals wait for their decisions")
    return Worked(changed(case, early=(*others, early_of(command))), waits=True)


def early_of(command: Ask) -> Early:
    """Return what is kept of an appeal that has to wait."""
    return Early(
        by=command.by,
        at_ms=milliseconds(command.at),
        heard_ms=milliseconds(command.heard or command.at),
        command=command.id,
        decision=command.decision,
        text=command.text,
    )


def released(worked: Worked) -> Worked:
    """Ask again for those that waited for a decision which the case knows now: they are answered like any other."""
    case = worked.case
    ready = {one: decision for one in case.early if (decision := _come(one, case)) is not None}
    if not ready:
        return worked
    asked = [asked_again(one, case, decision) for one, decision in ready.items()]
    rest = tuple(one for one in case.early if one not in ready)
    return worked._replace(case=replace(case, early=rest), commands=[*worked.commands, *asked])


def _come(early: Early, case: Case) -> str | None:
    """Return the decision that an appeal waited for."""
    held = _meant(case, asked_again(early, case, early.decision))
    return None if held is None else held.id


def asked_again(early: Early, case: Case, decision: str | None) -> Ask:
    """Return the command of an appeal that waited; it counts from when it was made."""
    return Ask(
        id=event_id("moderation.early", early.command, decision or ""),
        brand=case.brand,
        community=case.community,
        case=case.id,
        at=moment(early.at_ms),
        by=early.by,
        decision=decision,
        text=early.text,
    )


def latest(before: Last, case: Case, held: Held) -> tuple[Last, Ask | None]:
    """Return the last decisions about a member with one more, and their appeal that waited for it."""
    known = (*before.decisions, Lasting(case=case.id, decision=held.id, at_ms=held.at_ms))
    last = replace(before, decisions=tuple(sorted(known, key=lambda one: one.at_ms)[-LASTING_MAX:]))
    early = before.early
    if early is not None and is_before(held.at_ms, early.at_ms):
        return replace(last, early=None), asked_again(early, case, held.id)
    return last, None


def last_before(last: Last, asked_ms: int) -> Lasting | None:
    """Return the last decision about a member of which an appeal that names nothing may be."""
    return next((one for one in reversed(last.decisions) if is_before(one.at_ms, asked_ms)), None)


def unheard(case: Case, command: Unheard) -> Worked:
    """Forget an appeal whose decision never came."""
    rest = tuple(one for one in case.early if one.command != command.appeal)
    return Worked(case if rest == case.early else changed(case, early=rest))


def early_in(state: object) -> Sequence[Early]:
    """Return the appeals that wait in a state."""
    if isinstance(state, Last):
        return () if state.early is None else (state.early,)
    return state.early if isinstance(state, Case) else ()


def is_blank(case: Case) -> bool:
    """Say whether nothing was told of a case but its name."""
    return replace(case, version=0, due_ms=0) == Case(id=case.id, brand=case.brand, community=case.community)


def overdue(case: Case, command: Overdue) -> Worked:
    """Have a community manager look, where nobody answered in time. The timer of an earlier appeal says nothing."""
    at_ms = milliseconds(command.at)
    if not case.is_appealed or case.escalated or case.appeal is None or case.appeal.deadline_ms != at_ms:
        return Worked(case)
    return Worked(changed(opened(case, at_ms, "overdue"), escalated=True))


def near_ms(appeal: Appeal) -> int:
    """Return from when on an appeal is to be answered soon."""
    return appeal.deadline_ms - min(NEAR_MS, max(0, appeal.deadline_ms - appeal.at_ms) // 4)


def nearing(case: Case, command: Nearing) -> Worked:
    """Tell that an appeal is due, where nobody has answered yet. The timer of an earlier one says nothing."""
    appeal = case.appeal
    if not case.is_appealed or appeal is None or appeal.near or appeal.deadline_ms != milliseconds(command.deadline):
        return Worked(case)
    told = replace(appeal, near=True)
    return Worked(changed(case, appeal=told), (telling.appeal_due(case, told, command.at),))


def answered(before: Case, worked: Worked, command: About) -> Worked:
    """Add that an appeal which was told to be due is answered, where it is by now."""
    appeal = before.appeal
    if appeal is None or not appeal.near or not before.is_appealed or worked.case.is_appealed or worked.case.appeal is None:
        return worked
    told = telling.appeal_answered(before, appeal, worked.case.appeal.answer, command.at)
    return worked._replace(events=[*worked.events, told])

"""Members who ask for another look. One who asks before the decision is read here is heard when it is.

Decisions come by another topic than appeals, so either may be read first.
"""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from services.moderation.cases.case import Appeal, Case, Early, Held, Last, milliseconds, moment
from services.moderation.cases.worked import Due, Refused, Worked, changed, opened
from services.moderation.rules.case import Policy
from services.moderation.rules.commands import Ask, Overdue
from shared.documents.discipline import seconds
from shared.events import event_id

APPEAL = "appeal"

EARLY_MAX = 10
"""Appeals of one case that wait for their decisions, one a member: its author alone has any to make, others are mistaken."""


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
    """Return the decision that is asked about: the one that is named, else the last that stands."""
    if command.decision is not None:
        return next((one for one in case.decisions if one.id == command.decision), None)
    return case.standing[-1] if case.standing else None


def _early(case: Case, command: Ask) -> Worked:
    """Keep an appeal until its decision is read; who asks again is heard as of now, and of what was named last."""
    others = tuple(one for one in case.early if one.by != command.by)
    if len(others) >= EARLY_MAX:
        raise Refused("too many appeals wait for their decisions")
    return Worked(changed(case, early=(*others, early_of(command))), waits=True)


def early_of(command: Ask) -> Early:
    """Return what is kept of an appeal that has to wait."""
    at_ms = milliseconds(command.at)
    return Early(by=command.by, at_ms=at_ms, command=command.id, decision=command.decision, text=command.text)


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
    """Return the decision that an appeal waited for. One that names none is about what was decided before it was made."""
    if early.decision is not None:
        return early.decision if any(held.id == early.decision for held in case.decisions) else None
    meant = [held.id for held in case.standing if held.at_ms <= early.at_ms]
    return meant[-1] if meant else None


def asked_again(early: Early, case: Case, decision: str) -> Ask:
    """Return the command of an appeal that waited; it counts from when it was made."""
    return Ask(
        id=event_id("moderation.early", early.command, decision),
        brand=case.brand,
        community=case.community,
        case=case.id,
        at=moment(early.at_ms),
        by=early.by,
        decision=decision,
        text=early.text,
    )


def latest(before: Last, case: Case, held: Held) -> tuple[Last, Ask | None]:
    """Return a decision as the last one about a member, and their appeal that waited for it."""
    early = before.early
    if early is not None and held.at_ms <= early.at_ms:
        return Last(case=case.id, decision=held.id), asked_again(early, case, held.id)
    return Last(case=case.id, decision=held.id, early=early), None


def overdue(case: Case, command: Overdue) -> Worked:
    """Have a community manager look, where nobody answered in time. The timer of an earlier appeal says nothing."""
    at_ms = milliseconds(command.at)
    if not case.is_appealed or case.escalated or case.appeal is None or case.appeal.deadline_ms != at_ms:
        return Worked(case)
    return Worked(changed(opened(case, at_ms, "overdue"), escalated=True))

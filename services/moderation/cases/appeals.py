"""Members who ask for another look."""

from __future__ import annotations

from datetime import timedelta

from services.moderation.cases.case import Appeal, Case, milliseconds
from services.moderation.cases.worked import Due, Refused, Worked, changed, opened
from services.moderation.rules.case import Policy
from services.moderation.rules.commands import Ask, Overdue
from shared.documents.discipline import seconds

APPEAL = "appeal"


def ask(case: Case, command: Ask, policy: Policy) -> Worked:
    """Open the case again, with a deadline. Raises Refused with what the member is told."""
    rule = policy.spec.appeals
    held = next((one for one in case.decisions if one.id == command.decision), None)
    if rule.status == "off":
        raise Refused("decisions are not appealed against here")
    if held is None or not held.lasts:
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


def overdue(case: Case, command: Overdue) -> Worked:
    """Have a community manager look, where nobody answered in time. The timer of an earlier appeal says nothing."""
    at_ms = milliseconds(command.at)
    if not case.is_appealed or case.escalated or case.appeal is None or case.appeal.deadline_ms != at_ms:
        return Worked(case)
    return Worked(changed(opened(case, at_ms, "overdue"), escalated=True))

"""A decision that is taken back, by itself: what it did is undone, once. And a sanction that ends before its time."""

from __future__ import annotations

from msgspec.structs import replace

from services.moderation.cases import telling
from services.moderation.cases.case import Case, Held, Outcome, Pending, milliseconds, moment
from services.moderation.cases.deciding import without_decisions
from services.moderation.cases.worked import Refused, Worked, changed
from services.moderation.cases.working import check_claim
from services.moderation.rules import commands
from services.moderation.rules.commands import Reverse
from services.moderation.rules.strikes import Lift

PENDING_MAX = 20
"""Reversals of one case that may be there before their decisions."""


def reverse(case: Case, command: Reverse) -> Worked:
    """Take a decision back. One that is not known yet is taken back when it comes; one that was, stays so."""
    held = next((one for one in case.decisions if one.id == command.decision), None)
    told = Pending(
        decision=command.decision,
        by=command.by,
        at_ms=milliseconds(command.at),
        command=command.id,
        reason=command.reason,
    )
    if held is None:
        return _later(case, told)
    if held.reversed:
        return Worked(case)
    check_claim(case, command)
    _check_not_blind(case)
    if case.is_appealed and case.appeal is not None and case.appeal.decision == held.id and held.by == command.by:
        raise Refused("you made the decision that is appealed against; somebody else has to look")
    return reverse_held(case, held, told)


def _later(case: Case, told: Pending) -> Worked:
    if any(one.decision == told.decision for one in case.pending):
        return Worked(case)
    if len(case.pending) >= PENDING_MAX:
        raise Refused("too many reversals of this case wait for their decisions")
    return Worked(changed(case, pending=(*case.pending, told)), waits=True)


def _check_not_blind(case: Case) -> None:
    """Raise Refused before a second look: whoever gives it would see what the first decided by what is undone."""
    if case.is_blind:
        raise Refused("it is looked at a second time: end that look first")


def lift(case: Case, command: commands.Lift) -> Worked:
    """Pass on that a sanction ends: the fold of sanctions ends it. Here it is noted who asked for it; the case stays."""
    _check_not_blind(case)
    told = Lift(
        id=command.id,
        brand=command.brand,
        community=command.community,
        member=command.member,
        source=command.source,
        at=command.at,
        recorded=command.at,
        sanction=command.sanction,
        by=command.by,
        reason=command.reason,
    )
    return Worked(case, strikes=(told,))


def reverse_held(case: Case, held: Held, told: Pending) -> Worked:
    """Take back a decision that the case knows."""
    command = Reverse(
        id=told.command,
        brand=case.brand,
        community=case.community,
        case=case.id,
        at=moment(told.at_ms),
        by=told.by,
        decision=held.id,
        reason=told.reason,
    )
    upheld = case.is_appealed and case.appeal is not None and case.appeal.decision == held.id
    event = telling.reversal(case, held, command, appeal=upheld)
    acts = telling.restored(case, [held], [event])
    withdrawn = telling.withdrawn(case, held, command) if held.struck else None
    after = without_decisions(case, [held])
    if upheld and after.appeal is not None:
        after = replace(after, appeal=replace(after.appeal, answer="upheld"))
    is_done = not any(one.waits for one in after.decisions) and (upheld or held.waits or held.verdict == "flag")
    status = "closed" if is_done else after.status
    outcome = after.outcome if after.standing else Outcome(ruling="allow", by=told.by, at_ms=told.at_ms)
    case = changed(after, status=status, outcome=outcome)
    return Worked(case, (event,), acts, () if withdrawn is None else (withdrawn,))

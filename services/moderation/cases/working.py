"""Who works on a case, and what they write down."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from services.moderation.cases.case import NOTES_MAX, Case, Claimed, Remark, milliseconds
from services.moderation.cases.worked import Refused, Worked, changed
from services.moderation.rules.case import Policy
from services.moderation.rules.commands import About, Assign, Claim, Escalate, Note, Release
from shared.documents.discipline import seconds


def check_version(case: Case, command: About) -> None:
    """Raise Refused where the case was changed since its author looked."""
    if command.version is not None and command.version != case.version:
        raise Refused(f"the case was changed meanwhile: it is version {case.version}, you saw {command.version}; look again")


def check_claim(case: Case, command: About) -> None:
    """Raise Refused where the case is somebody else's for now."""
    claim = case.claim
    if claim is not None and claim.by != command.by and milliseconds(command.at) < claim.until_ms:
        raise Refused(f"{claim.by} works on it")


def claim(case: Case, command: Claim, policy: Policy) -> Worked:
    """Have a case for oneself for a while; one's own is had anew."""
    if case.status != "open":
        raise Refused("the case is closed")
    if case.is_blind and case.review is not None and case.review.first.by == command.by:
        raise Refused("you decided it the first time; somebody else has to look")
    if not command.force:
        check_claim(case, command)
    until = command.at + timedelta(seconds=seconds(policy.spec.review.lease))
    return Worked(changed(case, claim=Claimed(by=command.by, until_ms=milliseconds(until))))


def release(case: Case, command: Release) -> Worked:
    """Give it back."""
    if case.claim is None:
        return Worked(case)
    check_claim(case, command)
    return Worked(changed(case, claim=None))


def assign(case: Case, command: Assign) -> Worked:
    """Have somebody work on it."""
    if case.status != "open":
        raise Refused("the case is closed")
    return Worked(changed(case, assigned=command.to, claim=None))


def escalate(case: Case, command: Escalate) -> Worked:
    """Have a community manager look."""
    if case.status != "open":
        raise Refused("the case is closed")
    noted = case if command.reason is None else _noted(case, command, command.reason)
    return Worked(changed(noted, escalated=True, claim=None))


def note(case: Case, command: Note) -> Worked:
    """Write something down."""
    return Worked(changed(_noted(case, command, command.text)))


def _noted(case: Case, command: About, text: str) -> Case:
    if len(case.notes) >= NOTES_MAX:
        raise Refused(f"a case holds {NOTES_MAX} notes")
    remark = Remark(by=command.by, at_ms=milliseconds(command.at), text=text)
    return replace(case, notes=(*case.notes, remark))

"""Two members at odds: what each says, and how it ends."""

from __future__ import annotations

from msgspec.structs import replace

from services.moderation.cases.case import STATEMENTS_MAX, Case, Dispute, Remark, milliseconds
from services.moderation.cases.worked import Refused, Worked, changed, opened
from services.moderation.rules import commands

DISPUTE = "dispute"


def dispute(case: Case, command: commands.Dispute) -> Worked:
    """Open it."""
    if case.dispute is not None:
        return Worked(case)
    if command.members[0] == command.members[1]:
        raise Refused("a dispute is between two members")
    new = replace(case, kind="dispute", dispute=Dispute(members=command.members, about=command.about))
    return Worked(changed(opened(new, milliseconds(command.at), DISPUTE)))


def statement(case: Case, command: commands.Statement) -> Worked:
    """Take down what one side says."""
    found = _open(case)
    if command.of not in found.members:
        raise Refused("only the two members are heard")
    if len(found.statements) >= STATEMENTS_MAX:
        raise Refused(f"a dispute holds {STATEMENTS_MAX} statements")
    said = Remark(by=command.by, at_ms=milliseconds(command.at), text=command.text, of=command.of)
    return Worked(changed(case, dispute=replace(found, statements=(*found.statements, said))))


def settle(case: Case, command: commands.Settle) -> Worked:
    """End it. Both sides have to be heard before one of them is found to be wrong."""
    found = _open(case)
    heard = {remark.of for remark in found.statements}
    if command.outcome != "settled" and not heard.issuperset(found.members):
        raise Refused("both have to be heard first: take down a statement of each")
    ended = replace(found, outcome=command.outcome, text=command.text)
    return Worked(changed(case, dispute=ended, status="closed", claim=None, assigned=None, escalated=False))


def _open(case: Case) -> Dispute:
    if case.dispute is None:
        raise Refused("this case is no dispute")
    if case.status != "open":
        raise Refused("the dispute is over")
    return case.dispute

"""Which command changes a case how: the one place where each finds its deed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from services.moderation.cases import appeals, disputes, working
from services.moderation.cases.case import Case
from services.moderation.cases.deciding import decide
from services.moderation.cases.reversing import lift, reverse
from services.moderation.cases.worked import Worked
from services.moderation.rules import commands
from services.moderation.rules.case import Policy
from services.moderation.rules.notices import Links

UNVERSIONED = (commands.Ask, commands.Lift, commands.Nearing, commands.Overdue, commands.Reverse, commands.Unheard)
"""Commands whose authors did not look at the case."""

_DEEDS: Mapping[type[commands.About], Callable[[Case, Any, Policy], Worked]] = MappingProxyType(
    {
        commands.Claim: working.claim,
        commands.Release: lambda case, command, _: working.release(case, command),
        commands.Assign: lambda case, command, _: working.assign(case, command),
        commands.Escalate: lambda case, command, _: working.escalate(case, command),
        commands.Note: lambda case, command, _: working.note(case, command),
        commands.Reverse: lambda case, command, _: reverse(case, command),
        commands.Lift: lambda case, command, _: lift(case, command),
        commands.Ask: appeals.ask,
        commands.Overdue: lambda case, command, _: appeals.overdue(case, command),
        commands.Nearing: lambda case, command, _: appeals.nearing(case, command),
        commands.Unheard: lambda case, command, _: appeals.unheard(case, command),
        commands.Dispute: lambda case, command, _: disputes.dispute(case, command),
        commands.Statement: lambda case, command, _: disputes.statement(case, command),
        commands.Settle: lambda case, command, _: disputes.settle(case, command),
    }
)


def follow(case: Case, command: commands.Command, policy: Policy, links: Links) -> Worked:
    """Return what a command comes to. Raises Refused with what its author is told."""
    if not isinstance(command, UNVERSIONED):
        working.check_version(case, command)
    if isinstance(command, commands.Decide):
        working.check_claim(case, command)
        worked = decide(case, command, policy, links)
    else:
        worked = _DEEDS[type(command)](case, command, policy)
    return appeals.answered(case, worked, command)

"""What a change of a case comes to: the case as it becomes, and what follows elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from services.moderation.cases.case import Case
from services.moderation.cases.priority import placed
from services.moderation.rules.commands import Ask, Credit
from services.moderation.rules.community import Community
from services.moderation.rules.strikes import Lift, Strike, Withdrawal
from shared.events.actions import ActionDelete, ActionHide, ActionMessage, ActionRestore
from shared.events.moderation import AppealAnswered, AppealDue, BrakeOpened, DecisionMade, DecisionReversed

Event = DecisionMade | DecisionReversed | BrakeOpened | AppealDue | AppealAnswered
CaseAct = ActionDelete | ActionHide | ActionRestore | ActionMessage


class Refused(Exception):
    """A command cannot be followed; the text tells a person why."""


class Due(NamedTuple):
    """An appeal that is to be answered by then."""

    at_ms: int


class Worked(NamedTuple):
    """A change of a case."""

    case: Case
    events: Sequence[Event] = ()
    acts: Sequence[CaseAct] = ()
    strikes: Sequence[Strike | Withdrawal | Lift] = ()
    commands: Sequence[Credit | Ask] = ()
    """What the fold asks of itself: changes of other states, and appeals whose decision has come."""
    due: Due | None = None
    reviewed: bool = False
    """Whether a second look has just ended."""
    pace: Community | None = None
    """The community after a hold of complaints, which counts, or opened the brake."""
    waits: bool = False
    """Whether what was asked for is kept until its decision is known."""


def changed(case: Case, **fields: object) -> Case:
    """Return the next version of a case."""
    return placed(replace(case, version=case.version + 1, **fields))


def opened(case: Case, at_ms: int, *why: str) -> Case:
    """Return a case that somebody has to look at. One that is open stays as old as it is."""
    reasons = tuple(dict.fromkeys((*case.why, *why))) if case.status == "open" else why
    if case.status == "open":
        return replace(case, why=reasons)
    return replace(case, status="open", opened_ms=at_ms, why=reasons, claim=None)

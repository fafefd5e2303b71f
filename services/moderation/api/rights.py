"""What community managers alone may do."""

from __future__ import annotations

from services.moderation.api.second_looks import may_look_again
from services.moderation.cases.case import Case
from shared.directory import Principal, Role
from shared.http.problems import Problem

MANAGERS = frozenset({Role.OWNER, Role.COMMUNITY_MANAGER})
"""Who may assign, take over, and decide what was escalated."""


def check_manager(principal: Principal) -> None:
    """Raise Problem 403 where this is no community manager."""
    if principal.role not in MANAGERS:
        raise Problem(403, "a community manager gives cases to others, and takes them; you may claim a free one")


def check_escalated(case: Case, principal: Principal) -> None:
    """Raise Problem 403 where a case is for a community manager and this is none."""
    if case.escalated and principal.role not in MANAGERS:
        raise Problem(403, "it was escalated: a community manager decides")


def check_reversal(case: Case, principal: Principal) -> None:
    """Raise Problem where this person may take back no decision of a case: 403 by their role, 409 before a second look."""
    check_escalated(case, principal)
    if may_look_again(case, principal):
        raise Problem(409, "it is looked at a second time: end that look first")

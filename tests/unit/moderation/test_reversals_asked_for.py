"""A reversal: asked for by a form as by the API, of an escalated case by a community manager, again after a refusal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest
from msgspec.structs import replace

from services.moderation.api.decisions import ReversalRequest, reversal
from services.moderation.api.desk import Desk
from services.moderation.cases.case import Case
from services.moderation.cases.states import url_key
from shared.directory import ROLE_SCOPES, Principal, Role
from shared.http.forms import Form, asked
from shared.http.problems import Problem

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
DECISION = {"_id": "d1", "brand": "acme", "community": "c", "content": "c:1"}
CASE = Case(id="c:1", brand="acme", community="c", escalated=True)
KEY = url_key("acme", "c", "c:1")


class Stored:
    """Cases, where there is one or none."""

    def __init__(self, case: Case | None) -> None:
        self.case = case

    async def one(self, key: str) -> Case | None:
        return self.case if key == KEY else None


def desk(case: Case | None) -> Desk:
    rest: dict[str, Any] = dict.fromkeys(
        ("decisions", "orders", "conversations", "excerpts", "exposures", "policies", "clock"), cast("Any", None)
    )
    return Desk(cases=cast("Any", Stored(case)), **rest)


def who(role: Role) -> Principal:
    return Principal("vera", role, "acme", ROLE_SCOPES[role])


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1_001])
def test_a_form_needs_a_reason_that_the_api_takes(reason: str) -> None:
    with pytest.raises(Problem) as refused:
        asked(Form((("reason", reason),)), ReversalRequest)

    assert refused.value.status == 422


async def test_a_decision_of_an_escalated_case_is_not_taken_back_by_a_moderator() -> None:
    with pytest.raises(Problem) as refused:
        await desk(CASE).check_reversal(KEY, who(Role.MODERATOR))

    assert refused.value.status == 403


@pytest.mark.parametrize(
    ("case", "role"),
    [(CASE, Role.COMMUNITY_MANAGER), (replace(CASE, escalated=False), Role.MODERATOR), (None, Role.MODERATOR)],
    ids=["by a manager", "not escalated", "no case"],
)
async def test_any_other_decision_is_taken_back(case: Case | None, role: Role) -> None:
    await desk(case).check_reversal(KEY, who(role))


def test_each_request_for_a_reversal_is_a_command_of_its_own() -> None:
    first, second = (reversal(DECISION, "a joke", who(Role.MODERATOR), AT) for _ in range(2))

    assert first.id != second.id
    assert (first.case, first.decision) == (second.case, second.decision) == ("c:1", "d1")

"""What the tests of moderation share: the built-in policy, and judging one text of one member."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from services.moderation.rules.case import Found, Member, Policy
from services.moderation.rules.judging import judge
from services.moderation.rules.policies import built
from services.moderation.store.lists import read_lists
from tests.builders import content_created

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KNOWN = Member(messages=5)


@cache
def default_policy() -> Policy:
    return built(read_lists(), 0, {})


def policy(**spec: Any) -> Policy:  # noqa: ANN401 - as the document holds it
    return built(read_lists(), 1, spec)


def found(text: str, member: Member = KNOWN, by: Policy | None = None, **event: Any) -> dict[str, Found]:  # noqa: ANN401
    judgement = judge(content_created(text=text, **event), member, by or default_policy())
    return {finding.rule: finding for finding in judgement.findings}


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)

"""However much rules find, their decision is an event that all others can read."""

from __future__ import annotations

from typing import Any

import pytest

from services.moderation.rules.case import Member
from services.moderation.rules.judging import judge
from services.moderation.rules.notices import Links
from services.moderation.rules.outcome import decided
from services.moderation.rules.ruling import ruled
from shared.events import decode, encode
from shared.events.moderation import FINDINGS_MAX, SPANS_MAX, DecisionMade
from tests.builders import content_created
from tests.unit.moderation.cases import policy


def made(text: str, **spec: Any) -> DecisionMade:  # noqa: ANN401 - sections of a policy
    """Return the decision about a text, as others read it."""
    event, by, newcomer = content_created(text=text), policy(**spec), Member()
    judgement = judge(event, newcomer, by)
    outcome = decided(event, judgement, ruled(event, newcomer, judgement, by), by, None, Links())
    found = decode(encode(outcome.event))
    assert isinstance(found, DecisionMade)
    return found


def test_a_newcomer_with_hundreds_of_links_is_decided_of_for_all_to_read() -> None:
    (found,) = made(" ".join(f"t.me/a{number}" for number in range(300))).data.findings

    assert (found.rule, len(found.spans or ())) == ("newcomer-links", SPANS_MAX)


@pytest.mark.parametrize("strict", [0, 149])
def test_of_more_rules_than_a_decision_holds_the_strictest_are_told(strict: int) -> None:
    rules = [{"id": f"r{n}", "when": "true", "then": "hide" if n == strict else "flag"} for n in range(150)]

    decision = made("Hello", rules=rules).data

    assert (decision.verdict, len(decision.findings)) == ("hide", FINDINGS_MAX)
    assert f"r{strict}" in {finding.rule for finding in decision.findings}

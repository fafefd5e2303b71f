"""Policies of rewards that cannot be: each mistake with its place, and all at once."""

from __future__ import annotations

from typing import Any

import pytest

from services.engagement.rules.rewards import built
from shared.errors import Misplaced
from tests.builders import AT


@pytest.mark.parametrize(
    ("rules", "at", "said"),
    [
        ([{"for": "reaction", "to": "voter"}], "[0].to", "`reaction` rewards author or reactor"),
        ([{"for": "join", "kinds": ["post"]}], "[0].kinds", "about no content"),
        ([{"for": "content", "each": 2}], "[0].each", "has no amount"),
        ([{"for": "join", "anonymous": True}], "[0].anonymous", "it is known who did it"),
        ([{"for": "kpi", "cooldown": "1h", "each": 5}], "[0].cooldown", "have no cool-down"),
        ([{"for": "content", "cooldown": "2d"}], "[0].cooldown", "a part of a day"),
        ([{"for": "downvote", "points": -2, "cap_per_day": 5}], "[0].cap_per_day", "taken away has no limit"),
        ([{"for": "join", "once": True, "cap_per_day": 5}], "[0].once", "no other limit"),
        ([{"for": "join", "once": True, "karma": 5}], "[0].karma", "karma has no limit"),
        ([{"for": "content", "cooldown": "1h", "karma": 5}], "[0].karma", "karma has no limit"),
        ([{"for": "content", "when": "content.lenght > 5"}], "[0].when", "did you mean"),
        ([{"for": "content", "when": "content.length"}], "[0].when", "a whole number"),
        ([{"id": "a", "for": "content"}, {"id": "a", "for": "join"}], "[1].id", "same id"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(rules: list[dict[str, Any]], at: str, said: str) -> None:
    with pytest.raises(Misplaced, match=said) as refused:
        built(1, {"rules": [{"id": f"r{n}"} | rule for n, rule in enumerate(rules)]})

    assert refused.value.at == f"$.spec.rules{at}"


def test_all_that_is_wrong_is_told_at_once() -> None:
    rules = [{"id": "a", "for": "content", "when": "1"}, {"id": "a", "for": "join", "to": "author"}]
    times = {"from": AT.isoformat(), "until": AT.isoformat(), "times": 2, "id": "never", "rules": ["b"]}

    with pytest.raises(Misplaced) as refused:
        built(1, {"rules": rules, "campaigns": [times]})

    assert [one.at for one in refused.value.all] == [
        "$.spec.rules[0].when",
        "$.spec.rules[1].id",
        "$.spec.rules[1].to",
        "$.spec.campaigns[0].until",
        "$.spec.campaigns[0].rules",
    ]

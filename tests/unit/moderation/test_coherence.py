"""Verdicts that lack what they need are refused, with their place."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import Misplaced
from tests.unit.moderation.cases import policy

OWN = {"id": "own", "when": "true"}


@pytest.mark.parametrize(
    ("spec", "place", "why"),
    [
        ({"rules": [OWN | {"then": "mute"}]}, "$.spec.rules[0].then", "needs `for`"),
        ({"rules": [OWN | {"then": "label", "for": "1d"}]}, "$.spec.rules[0].then", "needs `label`"),
        ({"rules": [OWN | {"then": "hide", "for": "1d"}]}, "$.spec.rules[0].then", "goes with label, mute or ban"),
        ({"words": {"then": "mute"}}, "$.spec.words.then", "needs `for`"),
        ({"flood": {"label": "loud"}}, "$.spec.flood.then", "goes with `then: label`"),
        ({"strikes": {"thresholds": [{"points": 3, "then": "mute"}]}}, "$.spec.strikes.thresholds[0].then", "needs `for`"),
    ],
)
def test_a_verdict_without_what_it_needs_is_refused_with_its_place(spec: dict[str, Any], place: str, why: str) -> None:
    with pytest.raises(Misplaced, match=why) as told:
        policy(**spec)

    assert told.value.at == place


def test_a_ban_may_have_an_end_or_none() -> None:
    assert policy(words={"then": "ban"}, flood={"then": "ban", "for": "30d"}).version == 1


def test_all_that_is_wrong_with_a_policy_is_told_at_once() -> None:
    rules = [OWN | {"when": "text.length > 3 AND true"}, OWN | {"when": "text.contains('x')"}]
    terms = ["re:(a", "good", "re:[z-a]"]

    with pytest.raises(Misplaced) as told:
        policy(rules=rules, words={"terms": terms, "then": "mute"}, classifiers=[{"model": "m", "then": "label"}])

    assert [(one.at.removeprefix("$.spec."), str(one).partition(";")[0]) for one in told.value.all] == [
        ("classifiers[0].then", "a classifier marks nobody"),
        ("words.then", "`then: mute` needs `for`, how long it lasts: 30m, 12h, 7d"),
        ("words.terms[0]", "`re:(a` is no term: missing )"),
        ("words.terms[2]", "`re:[z-a]` is no term: invalid character class range z-a"),
        ("rules[0].when", "`AND` means nothing here"),
        ("rules[1].id", "there are two rules of the name `own`"),
        (
            "rules[1].when",
            "there is no `text`: conditions do not see the text itself",
        ),
    ]

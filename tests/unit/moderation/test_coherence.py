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

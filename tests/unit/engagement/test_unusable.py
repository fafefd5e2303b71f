"""What a document names, and nobody has, is told when it is applied: it is stored, and not usable yet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from services.engagement.rules.unusable import Known, unusable
from shared.documents import KINDS
from shared.documents.directory import Connection
from shared.documents.standing import Standing
from tests.unit.engagement.participation.stage import AT, WORDS

LISTED = msgspec.convert({"platform": "telegram", "communities": [{"id": "telegram:-1"}]}, Connection)
HEARING = Connection(platform="vk")
KNOWN = Known(
    AT, Standing(), frozenset({"content", "accepted"}), frozenset({"spring"}), (LISTED, HEARING), has_draw_key=True
)
LATER = (AT + timedelta(days=9)).isoformat()
CONTEST = {"title": WORDS, "enter": {"by": "form"}, "until": LATER}
MEETUP = {"title": WORDS, "starts": AT.isoformat(), "ends": LATER}


def told(kind: str, spec: Mapping[str, Any], known: Known = KNOWN) -> list[str]:
    return list(unusable(msgspec.convert(spec, KINDS[kind].spec), known))


@pytest.mark.parametrize(
    ("kind", "spec", "said"),
    [
        ("Contest", CONTEST | {"eligible": {"level": "membr"}}, "no level `membr`; did you mean `member`?"),
        ("Goods", {"title": WORDS, "price": 5, "eligible": {"level": "nosuch"}}, "known are expert, legend, member"),
        ("Contest", CONTEST | {"enter": {"by": "quiz", "quiz": "sprng"}}, "no quiz `sprng`; did you mean `spring`?"),
        (
            "Contest",
            CONTEST | {"community": "telegram:-2"},
            "no connection lists `telegram:-2`; did you mean `telegram:-1`?",
        ),
        ("Contest", CONTEST | {"community": "slack:C1"}, "no connection of the brand is of slack"),
        ("Standing", {"streak": {"rules": ["acepted"]}}, "no rule `acepted`; did you mean `accepted`?"),
        ("Standing", {"invites": {"rules": ["mesage"]}}, "no rule `mesage`; known are accepted, content"),
        ("Standing", {"vip": {"enter": 9, "keep": 9, "subscriptions": ["club"]}}, "no rule `club`"),
        (
            "Standing",
            {"badges": [{"id": "a", "name": WORDS, "needs": [{"rule": "acepted", "times": 1}]}]},
            "no rule `acepted`",
        ),
        ("Standing", {"tasks": [{"id": "a", "name": WORDS, "steps": [{"rule": "lkied", "times": 1}]}]}, "no rule `lkied`"),
        ("Poll", {"title": WORDS, "ask": "nps", "until": "2026-01-01T00:00:00Z"}, "it is over: until 2026-01-01 00:00 UTC"),
        ("Activity", MEETUP | {"starts": "2025-01-01T00:00:00Z", "ends": "2025-01-02T00:00:00Z"}, "it is over"),
    ],
)
def test_what_nobody_has_is_told(kind: str, spec: Mapping[str, Any], said: str) -> None:
    (found,) = told(kind, spec)

    assert said in found


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("Contest", CONTEST | {"eligible": {"level": "member"}, "community": "telegram:-1"}),
        ("Contest", CONTEST | {"enter": {"by": "quiz", "quiz": "spring"}, "community": "vk:-7"}),
        ("Standing", {"streak": {"rules": ["content"]}, "invites": {"rules": ["accepted"]}}),
        ("Activity", MEETUP),
    ],
)
def test_what_is_there_is_told_of_in_no_way(kind: str, spec: Mapping[str, Any]) -> None:
    assert told(kind, spec) == []


@pytest.mark.parametrize(("kind", "spec"), [("Contest", CONTEST), ("Activity", MEETUP)])
def test_a_draw_and_a_code_need_the_key(kind: str, spec: Mapping[str, Any]) -> None:
    (found,) = told(kind, spec, KNOWN._replace(has_draw_key=False))

    assert "VECHE_DRAW_KEY" in found
    assert "start it again" in found

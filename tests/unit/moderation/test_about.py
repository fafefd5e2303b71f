"""Whoever reads a finding is told what its rule looks for."""

from __future__ import annotations

import pytest

from services.moderation.rules.about import ABOUT, about
from shared.documents.moderation import SECTIONS


def test_every_built_in_rule_says_what_it_looks_for_and_nothing_else_does() -> None:
    assert ABOUT.keys() - {"complaints"} == {section.replace("_", "-") for section in SECTIONS}


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        ({"rule": "newcomer-links"}, "never seen before, an ordinary link is looked at by a moderator"),
        ({"rule": "classifier:chat.spam"}, "A classifier of the brand"),
        ({"rule": "shouting", "description": "People who shout."}, "People who shout."),
    ],
)
def test_a_finding_says_why(finding: dict[str, str], said: str) -> None:
    told = about(finding)

    assert told is not None
    assert said in told.en


def test_a_rule_of_their_own_without_a_description_has_none() -> None:
    assert about({"rule": "shouting"}) is None

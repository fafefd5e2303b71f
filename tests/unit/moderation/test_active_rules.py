"""Which rules look at a content, whom they leave alone, and how bad they say it is."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from services.moderation.rules import RULES
from services.moderation.rules.judging import judge, told
from services.moderation.rules.outcome import REASONS
from services.moderation.rules.own import BUILT_IN
from shared.documents.moderation import SECTIONS
from shared.documents.rule import Role
from shared.events import Actor
from tests.builders import content_created
from tests.unit.moderation.cases import KNOWN, default_policy, found, policy

SPAM = "Online casino, 200 free spins for everyone https://spin.example/x"
MEMBER = Actor(id="telegram:42", role="member")


def test_every_section_of_a_policy_is_a_rule_with_words_for_the_member() -> None:
    assert set(SECTIONS) - set(RULES) == {"raids", "join_requests"}, "which look at no content"
    assert [section for section in SECTIONS if section in RULES] == list(RULES)
    assert set(REASONS) == BUILT_IN - {"brakes", "complaints"}, "which decide nothing about a content's words"
    assert all("".join(told_) for told_ in REASONS.values())


def test_a_rule_that_is_off_is_not_even_asked() -> None:
    names = {rule.look for rule in policy(phrases={"status": "off"}).active}

    assert RULES["phrases"] not in names
    assert RULES["words"] in names
    assert "phrases" not in found(SPAM, by=policy(phrases={"status": "off"}))


def test_a_role_that_a_rule_exempts_is_left_alone_by_that_rule_and_by_no_other() -> None:
    by = policy(words={"terms": ["casino"]}, phrases={"exempt": ["member"]})

    assert set(found(SPAM, by=by, actor=MEMBER)) == {"words"}
    assert set(found(SPAM, by=by)) == {"words", "phrases"}


def test_an_own_rule_exempts_roles_too() -> None:
    rules: list[dict[str, Any]] = [
        {"id": "broken", "when": 'words["none"] > 1', "exempt": ["member"]},
        {"id": "mine", "when": "true"},
    ]
    by = policy(rules=[rules[0], rules[1] | {"exempt": ["member"]}, {"id": "all", "when": "true"}])

    exempt = judge(content_created(text="hi", actor=MEMBER), KNOWN, by)
    others = judge(content_created(text="hi"), KNOWN, by)

    assert [one.rule for one in exempt.findings] == ["all"]
    assert [one.rule for one in others.findings] == ["mine", "all"]
    assert (list(exempt.own.failed), list(others.own.failed)) == ([], ["broken"])


def test_the_roles_that_may_be_exempt_are_those_that_events_tell() -> None:
    events: Any = get_args(get_type_hints(Actor)["role"])[0]

    assert get_args(Role) == get_args(events)
    with pytest.raises(msgspec.ValidationError):
        policy(words={"exempt": ["moderator"]})


def test_a_finding_is_as_bad_as_its_section_says() -> None:
    found_, mild = found(SPAM), found(SPAM, by=policy(phrases={"severity": "low"}))

    assert (found_["phrases"].severity, mild["phrases"].severity) == ("high", "low")
    assert (told(mild["phrases"], 1).facts or {})["severity"] == "low"
    assert default_policy().spec.flood.severity == "low"

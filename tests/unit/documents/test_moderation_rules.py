"""The page about rules of one's own names the facts that there are, and its policy is one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from services.moderation.rules.facts import FACTS
from services.moderation.rules.policies import built
from services.moderation.store.lists import read_lists
from services.moderation.verdicts import VerdictRequest, answered
from shared.conditions.facts import LIST_MAX
from shared.conditions.language import LOOPS_MAX
from shared.documents.moderation import RULES_MAX
from shared.documents.reading import read

PAGE = (Path(__file__).parents[3] / "docs" / "moderation-rules.md").read_text()

TYPES = {
    "bool": "bool",
    "int": "int",
    "double": "double",
    "string": "string",
    "strings": "list of strings",
    "counts": "map from names to int",
    "shares": "map from names to double",
}


def test_the_page_names_every_fact_and_no_other() -> None:
    rows = re.findall(r"^\| `([a-z_.]+)` \| ([a-z ]+) \| (.*) \|$", PAGE, re.MULTILINE)

    assert [row for row in rows if row[1] in TYPES.values()] == [(fact.name, TYPES[fact.kind], fact.about) for fact in FACTS]


def test_the_policy_of_the_page_is_one() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (source,) = read(text, "policy.yaml")

    policy = built(read_lists(), 1, source.document.spec)

    assert [rule.id for rule in policy.spec.rules] == ["shouting", "foreign-links"]


def test_the_rules_of_the_sample_are_conditions() -> None:
    sample = Path(__file__).parents[3] / "docs" / "samples" / "moderation-policy.yaml"

    brand_s, community_s = (built(read_lists(), 1, source.document.spec) for source in read(sample.read_text(), "sample"))

    assert (bool(brand_s.own), bool(community_s.own)) == (True, False)


def test_what_the_page_asks_before_publishing_is_a_question() -> None:
    (body,) = re.findall(r"-d '(\{.*?\})'", PAGE, re.DOTALL)
    (answer,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    asked = msgspec.json.decode(body, type=VerdictRequest)

    found = answered(asked, built(read_lists(), 1, {}), "acme", datetime(2026, 3, 2, tzinfo=UTC))

    assert msgspec.json.decode(answer) == found


def test_the_page_names_the_limits() -> None:
    assert f"at most {RULES_MAX} rules" in PAGE
    assert f"holds {LIST_MAX} entries" in PAGE
    assert f"at most {LOOPS_MAX} times" in PAGE

"""The page about rewards names what there is: facts, what is rewarded, fields, limits; and its policy is one."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import get_args

import msgspec
import pytest
import typer.main

from services.__main__ import app
from services.engagement.api.orders import ToSpend
from services.engagement.rules.answers import AGAIN_S
from services.engagement.rules.causes import BENEFICIARIES
from services.engagement.rules.contents import REACTORS_MAX
from services.engagement.rules.facts import FACTS
from services.engagement.rules.rewards import built
from shared.conditions.language import CHARS_MAX
from shared.documents.reading import read
from shared.documents.rewards import CAMPAIGNS_MAX, POINTS_MAX, RULES_MAX, For, RewardRule, RewardsPolicy
from tests.unit.documents.test_moderation_rules import TYPES

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "rewards.md").read_text()


def test_the_page_names_every_fact_and_no_other() -> None:
    rows = re.findall(r"^\| `([a-z_.]+)` \| ([a-z ]+) \| (.*) \|$", PAGE, re.MULTILINE)

    assert [row for row in rows if row[1] in TYPES.values()] == [(fact.name, TYPES[fact.kind], fact.about) for fact in FACTS]


def test_the_page_says_who_is_rewarded_for_what() -> None:
    rows = re.findall(r"^\| `([a-z]+)` \| [^|]+ \| ([^|]+) \| [^|]+ \|$", PAGE, re.MULTILINE)

    assert {for_: tuple(re.findall(r"`([a-z]+)`", who)) for for_, who in rows if for_ != "for"} == BENEFICIARIES
    assert set(BENEFICIARIES) == set(get_args(For))


def test_every_field_of_a_rule_stands_on_the_page() -> None:
    fields = {field.encode_name for field in msgspec.structs.fields(RewardRule)}

    policy = {field.encode_name for field in msgspec.structs.fields(RewardsPolicy)}
    named = {*re.findall(r"`([a-z_]+)`", PAGE)}
    assert fields <= {*named, "id"}
    assert policy <= {*named, "timezone", "rules", "caps", "campaigns"}


@pytest.mark.parametrize("line", re.findall(r"^veche .*$", PAGE, re.MULTILINE))
def test_the_commands_of_the_page_are_there(line: str) -> None:
    words = shlex.split(line.partition(" #")[0])

    with pytest.raises(SystemExit) as ended:
        typer.main.get_command(app)([*words[1:], "--help"], prog_name="veche")

    assert ended.value.code == 0


def test_the_order_of_the_page_is_one() -> None:
    (body,) = re.findall(r"-d '(\{.*?\})'", PAGE)

    assert msgspec.json.decode(body, type=ToSpend).amount == 20


def test_the_policy_of_the_page_and_the_samples_are_policies() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    texts = [text, *(path.read_text() for path in sorted((DOCS / "samples").glob("rewards-*.yaml")))]

    assert [len(built(1, source.document.spec).spec.rules) for one in texts for source in read(one, "policy.yaml")] == [
        6,
        6,
        8,
    ]


def test_the_page_names_the_limits() -> None:
    assert f"{RULES_MAX} rules and {CAMPAIGNS_MAX} campaigns" in PAGE
    assert f"{CHARS_MAX:,} characters a condition; {REACTORS_MAX} members" in PAGE
    assert POINTS_MAX == 1_000_000
    assert f"in {AGAIN_S} seconds" in PAGE.replace("\n", " ")


def test_what_it_links_to_is_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)", PAGE) if "://" not in link]

    assert links
    assert all((DOCS / link).exists() for link in links)

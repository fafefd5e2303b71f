"""A brand's own rules: what they see, whom they concern, and what is said where one is none or fails."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.moderation.rules.case import Member
from services.moderation.rules.facts import FACTS, LANGUAGE, OF
from services.moderation.rules.judging import Judgement, case_of, judge, told
from services.moderation.rules.members import digest, milliseconds
from services.moderation.rules.own import told_of
from services.moderation.rules.policies import built
from services.moderation.store.lists import read_lists
from shared.errors import Misplaced
from shared.events import Actor
from shared.events.community import Media
from shared.terms.text import JUDGED_CHARS_MAX
from tests.builders import PLACE, content_created, content_edited
from tests.unit.moderation.cases import KNOWN, NOON, default_policy, policy


def rule(when: str, id_: str = "mine", **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - as the document holds it
    return {"id": id_, "when": when} | fields


def judged(*rules: dict[str, Any], member: Member = KNOWN, **event: Any) -> Judgement:  # noqa: ANN401 - an event's fields
    return judge(content_created(**({"text": "Hello there"} | event)), member, policy(rules=list(rules)))


def matched(judgement: Judgement) -> list[str]:
    return [found.rule for found in judgement.own.live]


def facts(member: Member = KNOWN, **event: Any) -> dict[str, Any]:  # noqa: ANN401 - an event's fields
    case = case_of(content_created(**event), member, default_policy())
    return {name: of(case) for name, of in OF.items()}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"text": "ПРИВЕТ, Anna \U0001f600\U0001f600"}, {"text.words": 3, "text.capitals": 7 / 10, "text.emoji": 2}),
        ({"text": "BUY a.xyz"}, {"text.capitals": 3 / 7, "links.count": 1}),
        ({"text": ""}, {"text.length": 0, "text.capitals": 0.0, "text.words": 0}),
        ({"text": None, "media": (Media(type="photo"), Media(type="photo"))}, {"content.media": ["photo"]}),
        ({"text": "see t.me/x and t.me/y"}, {"links.count": 2, "links.hosts": ["t.me"], "links.risky": 2}),
        ({"parent": "telegram:1:1", "mentions": ("anna", "boris")}, {"content.reply": True, "content.mentions": 2}),
        ({"kind": "question", "channel": "general"}, {"content.kind": "question", "content.channel": "general"}),
    ],
)
def test_facts_a_content(told: dict[str, Any], expected: dict[str, Any]) -> None:
    found = facts(**told)

    assert {name: found[name] for name in expected} == expected


def test_facts_an_author() -> None:
    at = milliseconds(NOON)
    before = tuple(at - seconds * 1_000 for seconds in (7_200, 1_800, 30, 10))
    member = Member(messages=70, joined_ms=at - 90_000, at_ms=before, digests=(digest("hello"),) * 4)

    found = facts(member, text="hello", time=NOON)

    assert (found["author.messages"], found["author.joined_minutes"]) == (70, 1)
    assert (found["author.last_minute"], found["author.last_hour"], found["author.same_text"]) == (2, 3, 3)
    assert facts(Member(), text="hello")["author.joined_minutes"] == -1


@given(st.text(max_size=300), st.integers(min_value=0, max_value=5))
def test_every_fact_has_a_value_of_its_kind(text: str, links: int) -> None:
    found = facts(text=text, links=tuple(f"https://{n}.example/" for n in range(links)) or None)

    assert found.keys() == LANGUAGE.facts.keys()
    conditions = LANGUAGE.compiled([f"{fact.name} == {fact.name}" for fact in FACTS])
    assert conditions.held({name: itemgetter(name) for name in found}, found).holds == list(range(len(FACTS)))


def test_a_rule_sees_what_stands_in_its_facts() -> None:
    found = judged(
        rule("text.words == 2", "two"),
        rule("text.words > 2", "more"),
        rule("author.messages > 4 && !content.edited", "known", then="hide", severity="high"),
    )

    assert matched(found) == ["two", "known"]
    assert [(one.rule, one.then) for one in found.findings] == [("two", "flag"), ("known", "hide")]
    assert [one.severity for one in found.findings] == ["medium", "high"]


def test_a_finding_names_the_facts_that_its_condition_asks_for_and_what_it_is_for() -> None:
    when = 'text.capitals > 0.2 && links.hosts.exists(h, h != "text.words") && author.messages < 900 && !content.edited'
    found = judged(rule(when, description="Newcomers who shout links."), rule("true", "other"), text="BUY a.xyz b.xyz")

    shouting, other = (told(one, 3) for one in found.findings if one.rule in {"mine", "other"})
    assert shouting.description == "Newcomers who shout links."
    assert (shouting.facts or {}).items() >= {"links.hosts": "a.xyz, b.xyz", "content.edited": "false"}.items()
    assert "text.words" not in (shouting.facts or {})
    assert (other.description, other.facts) == (None, {"severity": "medium"})


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.70713, "0.707"),
        (7, "7"),
        ("", "–"),
        ([], "–"),
        ({"own": 2, "insults": 1}, "own: 2, insults: 1"),
        ([f"h{n}" for n in range(50)], "h0, h1, h2, h3, h4, h5, h6, h7, h8, h9, and 40 more"),
        ("x" * 500, "x" * 119 + "…"),
    ],
)
def test_a_fact_is_told_short(value: Any, said: str) -> None:  # noqa: ANN401 - a fact's value
    assert told_of(value) == said


def test_an_edit_is_judged_by_own_rules_too() -> None:
    edited = judge(content_edited(text="Hello"), KNOWN, policy(rules=[rule("content.edited")]))

    assert matched(edited) == ["mine"]


def test_a_rule_in_shadow_is_noted_and_nothing_follows_and_one_that_is_off_is_not_even_that() -> None:
    found = judged(rule("true", "shy", status="shadow", then="remove"), rule("true", "away", status="off"))

    assert (found.findings, matched(found)) == ([], [])
    assert [one.rule for one in found.own.shadow] == ["shy"]


def test_a_rule_applies_to_its_communities() -> None:
    assert matched(judged(rule("true", communities=[PLACE]))) == ["mine"]
    assert matched(judged(rule("true", communities=["telegram:-1"]))) == []


def test_a_share_of_the_members_is_always_the_same_and_only_grows() -> None:
    members = [f"telegram:{n}" for n in range(400)]

    def concerned(share: int, id_: str = "mine") -> set[str]:
        trial = policy(rules=[rule("true", id_, share=share)])
        return {who for who in members if judge(content_created(text="x", actor=Actor(id=who)), KNOWN, trial).findings}

    few, many = concerned(20), concerned(60)
    assert few < many < concerned(100) == set(members)
    assert 40 < len(few) < 120
    assert concerned(0) == set()
    assert concerned(20, "another") != few


def test_one_that_fails_is_told_and_the_others_go_on() -> None:
    found = judged(rule('words["nope"] > 1', "broken"), rule("true", "sound"))

    assert matched(found) == ["sound"]
    assert found.own.failed.keys() == {"broken"}
    assert "nope" in found.own.failed["broken"]


@pytest.mark.parametrize(
    ("rules", "said", "place"),
    [
        (
            [rule("true"), rule("text.lenght > 1", "b")],
            "`text.length`?; line 1, column 5",
            "$.spec.rules[1].when",
        ),
        ([rule("text.lenght > 1", status="off")], "did you mean", "$.spec.rules[0].when"),
        ([rule("true"), rule("false")], "two rules of the name `mine`", "$.spec.rules[1].id"),
        ([rule("true", "phrases")], "built-in", "$.spec.rules[0].id"),
        ([rule("links.hosts.all(h, true)", f"r{n}") for n in range(101)], "at most 100 times", "$.spec.rules"),
    ],
)
def test_a_policy_whose_rules_are_none_is_refused_with_the_place(rules: list[Any], said: str, place: str) -> None:
    with pytest.raises(Misplaced) as caught:
        built(read_lists(), 1, {"rules": rules})

    assert said in str(caught.value)
    assert caught.value.at == place


def test_a_rule_needs_a_condition_and_no_other_fields() -> None:
    for wrong in ({"id": "a"}, rule("true", then="explode"), rule("true", share=101), rule("true", wen="x"), rule("")):
        with pytest.raises(msgspec.ValidationError):
            built(read_lists(), 1, {"rules": [wrong]})


def test_a_text_of_any_length_is_seen_up_to_the_limit() -> None:
    assert facts(text="A" * 100_000)["text.capitals"] == 1.0
    assert len(case_of(content_created(text="A" * 100_000), KNOWN, default_policy()).told) == JUDGED_CHARS_MAX

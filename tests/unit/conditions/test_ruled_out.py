"""Conditions that one fact rules out, whatever the others are: none that would have held, or failed."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.conditions.facts import Fact
from shared.conditions.ruled_out import RuledOut
from tests.unit.conditions.asking import FACTS, LANGUAGE, OF

PARTS = (
    "author.is_new",
    "!author.is_new",
    "author.is_new == true",
    "text.capitals > 0.5",
    "text.capitals == 0.0",
    "text.capitals <= -0.5",
    "text.capitals * 2.0 > 1.0",
    "text.length > 5",
    "text.length >= 5 && text.length < 7",
    "text.length != 5",
    "text.length==-1",
    "!(text.length > 5)",
    "text.length + 1 > 6",
    "5 < text.length",
    "(text.length > 5) == author.is_new",
    "text.length in [5, 7]",
    "(text.length > 6 ? author.is_new : text.capitals > 0.5)",
    "text.length > 5 // && text.length > 8\n",
    'text.language == "text.length > 8"',
    'text.language != ""',
    '"slurs" in words && words["slurs"] > 1',
    'words["nope"] > 1',
    "links.hosts.exists(h, h == 'b.xyz')",
    "links.hosts.exists(h, h.size() > text.length)",
    "links.hosts.all(h, h != 'b.xyz')",
    "text.length / (text.length - 5) > 1",
)
WHOLE = st.lists(st.sampled_from(PARTS), min_size=1, max_size=3)
SOME_FACTS = st.fixed_dictionaries(
    {
        "text.length": st.integers(-3, 10),
        "text.capitals": st.sampled_from([-0.6, -0.5, 0.0, 0.3, 0.5, 0.51, 0.7]),
        "text.language": st.sampled_from(["", "ru", "text.length > 8"]),
        "author.is_new": st.booleans(),
        "links.hosts": st.sampled_from([[], ["b.xyz"]]),
        "words": st.sampled_from([{}, {"slurs": 2}]),
    }
)


def ruling_nothing_out(fact: Fact, *_: object) -> RuledOut:
    return RuledOut(fact.name, 0, (), (0,))


@settings(max_examples=300)
@given(st.lists(st.tuples(WHOLE, st.sampled_from([" && ", " || "])), min_size=1, max_size=8), SOME_FACTS)
def test_what_is_ruled_out_would_neither_have_held_nor_failed(
    conditions: list[tuple[list[str], str]], facts: dict[str, Any]
) -> None:
    sources = [joint.join(f"({part})" for part in parts) for parts, joint in conditions]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shared.conditions.language.ruled_out", ruling_nothing_out)
        all_looked_at = LANGUAGE.compiled(sources)

    found = LANGUAGE.compiled(sources).held(OF, facts)

    wanted = all_looked_at.held(OF, facts)
    assert (list(found.holds), dict(found.failed)) == (list(wanted.holds), dict(wanted.failed))
    asked = [LANGUAGE.compiled(sources).asked_by[place] for place in found.holds]
    assert all(found.known[name] == facts[name] for names in asked for name in names)


@pytest.mark.parametrize(
    ("condition", "fact", "value"),
    [
        ("text.length > 3 && author.is_new", "text.length", 3),
        ("text.length > 3 && text.length < 9", "text.length", 10),
        ("text.capitals >= 0.5 && author.is_new", "text.capitals", 0.4999),
        ("author.is_new && text.capitals > 0.5", "author.is_new", False),
        ("text.length == 7 && author.is_new", "text.length", 8),
        ("links.hosts.exists(h, h == 'b.xyz') && text.length > 3", "links.hosts", []),
        ('text.language == "ru" && text.length > 3', "text.language", ""),
    ],
)
def test_one_fact_rules_a_condition_out_and_no_other_is_asked_for(condition: str, fact: str, value: Any) -> None:  # noqa: ANN401 - a fact
    asked: list[str] = []

    def find(name: str, about: Any) -> Any:  # noqa: ANN401 - a fact
        asked.append(name)
        return about[name]

    telling = {fact: value, "text.length": 20, "text.capitals": 1.0, "author.is_new": True, "links.hosts": ["b.xyz"]}
    found = LANGUAGE.compiled([condition] * 6).held({name: partial(find, name) for name in FACTS}, telling | {fact: value})

    assert not found.holds
    assert asked[-1] == fact

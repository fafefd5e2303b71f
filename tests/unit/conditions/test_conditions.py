"""Conditions in CEL: what is one, what is said where one is none, and that none costs more than it may."""

from __future__ import annotations

from functools import partial
from operator import itemgetter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.conditions.conditions import Held
from shared.conditions.facts import LIST_MAX, Fact
from shared.conditions.language import CHARS_MAX, LOOPS_MAX, Language
from shared.conditions.misread import Misread
from tests.served import quickest_ms
from tests.unit.conditions.asking import FACTS, LANGUAGE, OF

EVENT_MS_MAX = 20


def held(*conditions: str, **changed: Any) -> Held:  # noqa: ANN401 - facts
    return LANGUAGE.compiled(conditions).held(OF, FACTS | changed)


def misread(*conditions: str) -> Misread:
    with pytest.raises(Misread) as caught:
        LANGUAGE.compiled(conditions)
    return caught.value


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("text.length > 4 && author.is_new", True),
        ("text.capitals > 0.8", False),
        ('links.hosts.exists(host, host.endsWith(".xyz"))', True),
        ('"slurs" in words && words["slurs"] >= 2', True),
        ('"spam" in words && words["spam"] >= 2', False),
        ('text.language in ["en", "ru"] // whoever reads this', True),
        ("text.length +\n 1 == 6", True),
        ('links.hosts.all(h, h != "x") && links.hosts.exists(h, h == "b.xyz")', True),
    ],
)
def test_a_condition_is_true_or_false(condition: str, *, holds: bool) -> None:
    assert held(condition)[:2] == ([0] if holds else [], {})


@pytest.mark.parametrize(
    ("condition", "said", "place"),
    [
        ("text.lenght > 3", "did you mean `text.length`?", (1, 5)),
        ("text.length > 3\n && text.capitals > 1", "write `1.0` for 1", (2, 19)),
        ("text.length > 3.5", "`>` takes two numbers of a kind", (1, 13)),
        ('text.length == "a"', "`==` does not go with a whole number and a text", (1, 13)),
        ("text.length && true", "`&&` takes what is true or false, and here is a whole number", (1, 13)),
        ("text.length >", "it ends with `>`, and something is missing behind it", (1, 14)),
        ("text.length > 3 &&\n", "it ends with `&&`, and something is missing behind it", (2, 1)),
        ("text.length > 3\n AND author.is_new", "`AND` means nothing here; did you mean `&&`?", (2, 2)),
        ("not author.is_new", "`not` means nothing here; did you mean `!`?", (1, 1)),
        ("text.length = 3", "did you mean `==`?", (1, 13)),
        ("text.length <> 3", "did you mean `!=`?", (1, 13)),
        ("author.is_new == True", "did you mean `true`?", (1, 18)),
        ("text.language == “ru”", 'did you mean `"`?', (1, 18)),
        ('text.language == "this and that', "a text begins here and does not end", (1, 18)),
        ("if author.is_new", "`if` is not expected here", (1, 1)),
        ("author.is_new then hide", "`then` is not expected here", (1, 15)),
        ("(author.is_new", "a `)` is missing", (1, 15)),
        ("text.length", "a condition is true or false, and this is a whole number", (1, 1)),
        ("words", "this is a map from names to whole numbers", (1, 1)),
        ("true) || (true", "`)` is not expected here", (1, 5)),
        ("(" * 40 + "true" + ")" * 40, "too deeply nested", (1, 1)),
        ('text.language.matches("(a+)+$")', "there is no function `matches`: patterns stand in lists", (1, 15)),
        ('text.language.startswith("r")', "there is no function `startswith`; did you mean `startsWith`?", (1, 15)),
        ('text.language.lower() == "ru"', "there is no function `lower`; known are all, contains", (1, 15)),
        ('text.contains("x")', "known are text.capitals, text.language, text.length", (1, 1)),
        ('author.name == "x"', "there is no `author.name`; known are author.is_new", (1, 7)),
        ('links.hosts.contains("x")', '`contains` is of a text, and this is a list: write `"…" in …`', (1, 21)),
        ('links.hosts.any(h, h == "x")', "there is no function `any`; did you mean `exists`?", (1, 13)),
        ('text.language + text.language == "ruru"', "texts and lists are not joined", (1, 15)),
        ('["a"].map(x, [x, x]).size() > 1', "there is no function `map`", (1, 7)),
        ("links.hosts.filter(h, true).size() > 1", "there is no function `filter`", (1, 13)),
        ('text.language == r"\\" || true', "plain quotes", (1, 1)),
        ('text.language == """ru"""', "plain quotes", (1, 1)),
        ("t" * (CHARS_MAX + 1), "at most", (1, 1)),
        ("", "a condition is missing", (1, 1)),
    ],
)
def test_what_is_no_condition_is_told_with_its_place(condition: str, said: str, place: tuple[int, int]) -> None:
    found = misread(condition)

    assert said in str(found)
    assert (found.line, found.column) == place


@pytest.mark.parametrize(
    "condition",
    [
        "links.hosts.all(a, links.hosts.exists(b, a == b))",
        "links.hosts . all (a, links.hosts . exists_one (b, a == b))",
        'links.hosts.all(a, a == ")" || links.hosts.exists(b, a == b))',
        "links.hosts.all(a, // )\n links.hosts.exists(b, a == b))",
        "links.hosts.all(a, (true) && links.hosts.exists(b, a == b))",
        "links.hosts.all(a, links.hosts. // of them\n exists(b, a == b))",
    ],
)
def test_no_list_is_gone_through_inside_another(condition: str) -> None:
    assert "inside another" in str(misread(condition))


def test_a_policy_goes_through_lists_only_so_often() -> None:
    loop = "links.hosts.all(h, h != '')"

    assert held(*[loop] * LOOPS_MAX).holds == list(range(LOOPS_MAX))
    assert f"{LOOPS_MAX + 1} times" in str(misread(*[loop] * (LOOPS_MAX + 1)))


def test_one_that_fails_is_named_and_takes_no_other_along() -> None:
    found = held("true", 'words["nope"] > 1', "text.length > 100", "text.length / (text.length - 5) > 1", "author.is_new")

    assert found.holds == [0, 4]
    assert found.failed.keys() == {1, 3}
    assert "divide by zero" in found.failed[3]


def test_a_fact_of_another_type_fails_what_asks_for_it_and_nothing_else() -> None:
    found = held("text.length > 3", "author.is_new", **{"text.length": "long"})

    assert (list(found.holds), list(found.failed)) == ([1], [0])


def test_conditions_say_which_facts_they_ask_for() -> None:
    conditions = [
        "text . length > 1",
        'links.hosts.exists(h, h == "words")',
        "text\n  // of it\n  .capitals > 0.5",
        'words["a"] > 1',
    ]

    assert LANGUAGE.compiled(conditions[:1]).asked == {"text.length"}
    assert LANGUAGE.compiled(conditions).asked >= {"text.length", "links.hosts", "text.capitals", "words"}
    assert "author.is_new" not in LANGUAGE.compiled(conditions).asked
    assert LANGUAGE.compiled(conditions).held(OF, FACTS | {"words": {"a": 2}}).failed == {}


@pytest.mark.parametrize(
    "condition",
    [
        'text.language == "https://t.me" || links.hosts\n  .exists(h, h == "b.xyz")',
        'text.language == ".//" || text.length > 4\n && author.is_new',
        'text.language == "x" // a "quoted" word, and a dot.\n || links.hosts . exists(h, h == "b.xyz")',
        "words.`mild` > 1",
    ],
)
def test_what_stands_in_texts_and_comments_hides_no_fact(condition: str) -> None:
    language = Language([*LANGUAGE.facts.values(), Fact("words.mild", "int", "How many of one list.")])
    facts = FACTS | {"words.mild": 2}

    assert language.compiled([condition]).held({name: itemgetter(name) for name in facts}, facts).holds == [0]


def test_no_conditions_hold_nothing() -> None:
    assert held() == Held([], {})


CONDITIONS = st.sampled_from(
    [
        "author.is_new",
        "text.length > 3",
        "text.capitals < 0.1",
        'words["slurs"] > 1',
        'words["nope"] > 1',
        "links.hosts.exists(h, h == 'b.xyz')",
        "text.length / (text.length - 5) > 1",
        "false",
    ]
)


@given(st.lists(CONDITIONS, max_size=12))
def test_together_they_say_what_each_says_for_itself(conditions: list[str]) -> None:
    alone = [held(condition) for condition in conditions]

    found = held(*conditions)

    assert list(found.holds) == [place for place, one in enumerate(alone) if one.holds]
    assert found.failed.keys() == {place for place, one in enumerate(alone) if one.failed}


def test_each_fact_is_found_out_once_however_many_conditions_ask_for_it() -> None:
    asked: list[str] = []

    def find(name: str, facts: dict[str, Any]) -> Any:  # noqa: ANN401 - a fact
        asked.append(name)
        return facts[name]

    sources = [f"{one} && text.length > 3" for one in ("links.hosts != []", "words != {}", "text.capitals > 0.5")]
    conditions = LANGUAGE.compiled([*sources, *["text.length > 4"] * 4])
    held_ = conditions.held({name: partial(find, name) for name in FACTS}, FACTS)

    assert held_.holds == [0, 1, 2, 3, 4, 5, 6]
    assert sorted(asked) == ["links.hosts", "text.capitals", "text.length", "words"]


@given(st.text(alphabet="a.()[]{}\"'!&|<>=+-*/%?:,0123 \n\\textlnghwords", max_size=60))
def test_whatever_is_written_it_is_a_condition_or_misread(condition: str) -> None:
    try:
        LANGUAGE.check(condition)
    except Misread as error:
        assert str(error)  # noqa: PT017 - either is right


def test_the_most_that_a_policy_may_ask_takes_a_fraction_of_what_an_event_may() -> None:
    loops = ["links.hosts.all(h, h != 'never')"] * LOOPS_MAX
    plain = ["text.length > 3 && text.capitals > 0.1 && author.is_new"] * 400
    hosts = [f"{n}.example" for n in range(LIST_MAX)]
    conditions = LANGUAGE.compiled([*loops, *plain])

    found = conditions.held(OF, FACTS | {"links.hosts": hosts})

    assert len(found.holds) == LOOPS_MAX + 400
    assert not found.failed
    assert quickest_ms(lambda: conditions.held(OF, FACTS | {"links.hosts": hosts})) < EVENT_MS_MAX

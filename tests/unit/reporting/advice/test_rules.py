from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.reporting.figures import figure_of
from services.reporting.pages.shown_advice import in_words, said
from services.reporting.rules.advice import BY_ID, RULES
from services.reporting.rules.advice.advice import value_of
from services.reporting.rules.advice.evidence import is_greater, is_slower
from services.reporting.rules.advice.rule import Rule
from services.reporting.store.posts import rows_of
from shared.said import Language, Said
from tests.unit.reporting.advice.cases import CASES, planned
from tests.unit.reporting.advice.scenes import scene

RULES_MIN = 12


def test_every_rule_has_a_scene_in_which_it_fires_and_one_in_which_it_is_silent() -> None:
    assert set(CASES) == {rule.id for rule in RULES}
    assert len(BY_ID) == len(RULES) >= RULES_MIN


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_fires_where_it_should_and_is_silent_where_it_should_not(rule: Rule) -> None:
    case = CASES[rule.id]
    numbers = rule.finds(case.fires)

    assert numbers is not None
    assert case.says in said(rule, numbers, Language.EN)
    assert rule.finds(case.silent) is None
    assert rule.finds(scene()) is None, "without anything told it has nothing to say"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_words_of_a_rule_are_there_in_both_languages_with_all_its_numbers(rule: Rule) -> None:
    numbers = rule.finds(CASES[rule.id].fires)
    assert numbers is not None

    for text in (rule.name, rule.says, rule.do, rule.expected, rule.least):
        assert text.en != text.ru
    assert set(_fields(rule.says)) == {(language, name) for language in Language for name in numbers}
    for language in Language:
        assert not any("{" in words for words in in_words(rule, numbers, language).values())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_measured_by_a_figure_that_there_is_after_whole_weeks(rule: Rule) -> None:
    numbers = rule.finds(CASES[rule.id].fires)

    assert numbers is not None
    assert figure_of(rule.measure(numbers)) is not None
    assert rule.days % 7 == 0
    assert rule.days > 0


def test_posts_that_follow_the_plan_by_chance_alone_are_seldom_said_to_be_off_it() -> None:
    """With 40 posts, half of which are wanted: 12 or fewer would be there once in a hundred times, 13 more often."""
    assert BY_ID["mix_off_plan"].finds(scene(material=planned(12))) is not None
    assert BY_ID["mix_off_plan"].finds(scene(material=planned(13))) is None


def test_posts_off_the_plan_are_measured_by_those_of_the_missing_category() -> None:
    material = planned(5)
    rule, frame = BY_ID["mix_off_plan"], scene().frame
    numbers = rule.finds(scene(material=material))
    rows = list(rows_of(material.posts, material.plan, frame.first))
    told = replace(material, rows=rows)

    assert numbers is not None
    figure = rule.measure(numbers)
    assert figure == "posts:news"
    assert value_of(figure, told, frame) == 5
    assert value_of(figure, told, frame.before) == 0, "none is a number"
    assert value_of("posts:other", told, frame) is None
    assert "news" in in_words(rule, numbers, Language.EN)["measured_by"]


def _fields(text: Said) -> Iterator[tuple[Language, str]]:
    for language in Language:
        yield from ((language, name) for _, name, _, _ in Formatter().parse(text.by(language)) if name)


@given(st.integers(1, 500), st.integers(1, 500), st.data())
def test_of_two_shares_at_most_one_is_greater_and_equal_ones_never(whole: int, other: int, data: st.DataObject) -> None:
    part, other_part = data.draw(st.integers(0, whole)), data.draw(st.integers(0, other))

    assert not (is_greater(part, whole, other_part, other) and is_greater(other_part, other, part, whole))
    assert not is_greater(part, whole, part, whole)
    if is_greater(part, whole, other_part, other):
        assert part / whole > other_part / other


def test_shares_are_told_apart_beyond_a_deviate_of_2_33() -> None:
    assert is_greater(61, 200, 40, 200)  # pooled 0.2525: z = 0.105 / 0.0434 = 2.42
    assert not is_greater(60, 200, 40, 200)  # pooled 0.25: z = 0.1 / 0.0433 = 2.31


@given(st.lists(st.integers(0, 20), min_size=1, max_size=40), st.lists(st.integers(0, 20), min_size=1, max_size=40))
def test_waits_are_slower_only_one_way_and_whatever_their_order(waits: list[int], others: list[int]) -> None:
    one, two = np.array(waits, dtype=float), np.array(others, dtype=float)

    assert not (is_slower(one, two) and is_slower(two, one))
    assert is_slower(one, two) == is_slower(one[::-1], np.sort(two))
    assert not is_slower(one, one)


def test_waits_that_are_all_longer_are_slower_once_there_are_enough_of_them() -> None:
    assert is_slower(np.arange(10.0) + 100, np.arange(10.0))
    assert not is_slower(np.array([5.0]), np.array([1.0]))


def test_the_page_names_every_rule_as_it_is() -> None:
    page = Path(__file__).parents[4].joinpath("docs/recommendations.md").read_text(encoding="utf-8")

    for rule in RULES:
        measured = f"`{rule.figure}` {rule.better.value}, {rule.days} days"
        assert f"| `{rule.id}` | {rule.name.en} | {rule.least.en} | {measured} |\n" in page

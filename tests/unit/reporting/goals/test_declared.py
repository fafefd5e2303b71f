"""What is wrong with a goal is told with its place and with what to do; what is left out is filled in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec import convert
from msgspec.structs import replace

from services.reporting.figures import BY_ID, FIGURES
from services.reporting.figures.figure import Form
from services.reporting.rules.goals.declared import Sort, built, check, over_of, sort_of, target_of, untold
from shared.documents.goals import Goal, Milestone
from shared.documents.reading import read
from shared.documents.shape import whole
from shared.documents.standing import Words
from shared.errors import Misplaced

SAMPLE = Path(__file__).parents[4] / "docs" / "samples" / "goal.yaml"
WORDS = Words(en="More", ru="Больше")
GOAL = Goal(
    title=WORDS, figure="content", baseline=100, target=150, from_=date(2026, 1, 1), due=date(2026, 3, 31), owner="anna"
)


def test_the_samples_are_goals() -> None:
    for source in read(SAMPLE.read_text(encoding="utf-8"), "goal.yaml"):
        spec = convert(source.document.spec, Goal)
        check(spec)
        assert built(1, whole(spec)) == spec


@pytest.mark.parametrize(
    ("change", "where", "told"),
    [
        ({"due": date(2025, 12, 1)}, "$.spec.due", "later day"),
        ({"due": date(2040, 1, 1)}, "$.spec.due", "five years"),
        ({"target": 100}, "$.spec.target", "nothing to reach"),
        ({"target": "+0 %", "baseline": "measured"}, "$.spec.target", "more or less"),
        ({"target": "+10 %", "baseline": 0}, "$.spec.target", "name a number"),
        ({"figure": "contnet"}, "$.spec.figure", "`content`"),
        ({"figure": "active_members", "over": "span"}, "$.spec.over", "7d or 28d"),
        ({"figure": "kpi:sales", "over": "span"}, "$.spec.over", "7d or 28d"),
        ({"figure": "members", "over": "7d"}, "$.spec.over", "leave `over` out"),
        ({"platform": "telegrm"}, "$.spec.platform", "`telegram`"),
        ({"platform": "discord", "communities": ("telegram:-1",)}, "$.spec.communities[0]", "leave one of the two out"),
        ({"communities": ("discord:1", "discord:1")}, "$.spec.communities[1]", "twice"),
        ({"milestones": (Milestone(at=date(2026, 4, 1), value=1, title=WORDS),)}, "$.spec.milestones[0].date", "not after"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do(change: dict[str, Any], where: str, told: str) -> None:
    with pytest.raises(Misplaced) as raised:
        check(replace(GOAL, **change))

    assert raised.value.at == where
    assert told in str(raised.value)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(Misplaced) as raised:
        check(replace(GOAL, figure="wisdom", target=100, due=date(2025, 1, 1)))

    assert [one.at for one in raised.value.all] == ["$.spec.figure", "$.spec.target", "$.spec.due"]


@pytest.mark.parametrize(("target", "number"), [("+20 %", 120.0), ("-10%", 90.0), (80.0, 80.0)])
def test_a_relative_target_is_of_the_baseline(target: float | str, number: float) -> None:
    assert target_of(replace(GOAL, target=target), 100.0) == pytest.approx(number)


def test_a_rise_from_below_zero_is_above_it() -> None:
    assert target_of(replace(GOAL, target="+50 %"), -10.0) == pytest.approx(-5.0)


def test_figures_add_up_as_they_are_counted() -> None:
    assert sort_of(BY_ID["content"]) is Sort.SUM
    assert sort_of(BY_ID["members"]) is Sort.LEVEL
    assert {sort_of(one) for one in FIGURES if one.form is not Form.COUNT} == {Sort.WINDOW}
    assert over_of(GOAL, BY_ID["content"]) == "span"
    assert over_of(replace(GOAL, figure="first_response"), BY_ID["first_response"]) == "28d"


def test_a_figure_that_no_platform_tells_is_warned_of() -> None:
    views = next(one for one in FIGURES if one.needs and not one.is_told_by("slack"))
    goal = replace(GOAL, figure=views.id, communities=("slack:T1",))

    assert "slack does not tell" in (untold(goal, ()) or "")
    assert untold(replace(goal, figure="content"), ()) is None
    assert untold(replace(goal, communities=()), ()) is None

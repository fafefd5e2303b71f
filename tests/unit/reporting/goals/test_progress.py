"""What is said of a goal follows from its days: where it stands, what is expected, and what that is called."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.reporting.figures.material import Material, Row
from services.reporting.figures.members import JOINED_COUNT
from services.reporting.rules.goals.progress import Progress, State, progress
from shared.documents.goals import Milestone
from tests.unit.reporting.goals.test_declared import GOAL, WORDS

ZONE = ZoneInfo("UTC")
BEGIN = date(2025, 10, 1)


def days(values: Mapping[date, Mapping[str, int]]) -> Material:
    return Material(rows=[Row("telegram:-1", datetime.combine(day, time(), UTC), told) for day, told in values.items()])


def even(name: str, a_day: int, until: date, since: date = BEGIN) -> Material:
    return days({since + timedelta(n): {name: a_day} for n in range((until - since).days)})


def told(material: Material, today: date, **change: Any) -> Progress:  # noqa: ANN401 - any field
    return progress(replace(GOAL, **change), material, ZONE, BEGIN, today)


CONTENT = "content_message"


def test_a_sum_that_goes_on_as_it_was_is_on_track_and_reached_at_once_when_it_is_there() -> None:
    today = date(2026, 2, 1)
    found = told(even(CONTENT, 10, today), today, baseline="measured", target=850)

    assert (found.baseline, found.target, found.current) == (900, 850, 310)
    found = told(even(CONTENT, 10, today), today, baseline=500, target=850)
    assert found.state is State.ON_TRACK
    assert found.forecast is not None
    assert found.forecast.at == GOAL.due
    assert found.forecast.expected == pytest.approx(900, rel=0.03)
    assert found.on_line == pytest.approx(850 * 31 / 90)
    assert told(even(CONTENT, 10, today), today, baseline=100, target=300).state is State.REACHED


def test_a_sum_that_lags_is_at_risk_and_one_that_is_over_is_missed() -> None:
    today = date(2026, 2, 1)
    lags = told(even(CONTENT, 10, today), today, baseline=500, target=1_500)

    assert lags.state is State.AT_RISK
    assert lags.probability is not None
    assert lags.probability < 0.1
    after = date(2026, 5, 1)
    assert told(even(CONTENT, 10, after), after, baseline=500, target=1_500).state is State.MISSED
    assert told(even(CONTENT, 10, after), after, baseline=500, target=900).state is State.REACHED


def test_what_is_to_fall_is_missed_as_soon_as_there_is_more() -> None:
    today = date(2026, 2, 1)

    assert told(even(CONTENT, 10, today), today, baseline=900, target=200).state is State.MISSED
    assert told(even(CONTENT, 10, today), today, baseline=900, target=1_000 - 200).state is State.AT_RISK
    assert told(even(CONTENT, 10, today), today, baseline=1_500, target=1_200).state is State.ON_TRACK


def test_before_it_begins_it_is_planned_and_with_a_short_past_too_early() -> None:
    early = date(2025, 12, 1)
    assert told(even(CONTENT, 10, early), early).state is State.PLANNED

    since, today = date(2025, 12, 25), date(2026, 1, 10)
    found = progress(replace(GOAL, target=5_000), even(CONTENT, 1, today, since), ZONE, since, today)
    assert found.state is State.TOO_EARLY
    assert (found.days_known, found.days_needed) == (16, 28)


def test_members_grow_by_those_who_join() -> None:
    today = date(2026, 2, 1)
    found = told(even(JOINED_COUNT, 2, today), today, figure="members", baseline="measured", target="+98 %")

    assert found.baseline == 184
    assert found.current == 246
    assert found.forecast is not None
    assert found.forecast.expected == pytest.approx(246 + 2 * 59, abs=3)
    assert found.state in {State.ON_TRACK, State.AT_RISK}


def test_the_last_week_counts_where_a_goal_is_of_the_last_week() -> None:
    today = date(2026, 2, 1)
    found = told(even(CONTENT, 10, today), today, over="7d", baseline="measured", target=60)

    assert (found.baseline, found.current) == (70, 70)
    assert found.forecast is not None
    assert found.forecast.expected == pytest.approx(70, abs=1)


def test_a_figure_of_one_s_own_is_taken_over_windows() -> None:
    today = date(2026, 2, 1)
    values = days(
        {BEGIN + timedelta(n): {"observed:sales": 1, "observed_sum:sales": 5_000_000} for n in range((today - BEGIN).days)}
    )
    found = told(values, today, figure="kpi:sales", over="7d", baseline=4, target=5)

    assert found.current == 5
    assert found.state is State.ON_TRACK
    assert told(even(CONTENT, 1, today), today, figure="kpi:other", over="7d", baseline=4, target=5).state is State.TOO_EARLY


def test_milestones_are_reached_on_their_day_or_not() -> None:
    today = date(2026, 2, 15)
    marks = tuple(
        Milestone(at=at, value=value, title=WORDS)
        for at, value in ((date(2026, 1, 10), 100), (date(2026, 1, 31), 400), (date(2026, 3, 1), 500))
    )
    found = told(even(CONTENT, 10, today), today, milestones=marks, baseline=500, target=900)

    assert [one.reached for one in found.milestones] == [True, False, None]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 50), min_size=40, max_size=150),
    st.integers(1, 5_000),
    st.sampled_from(["span", "7d", "28d"]),
    st.integers(-20, 120),
)
def test_whatever_comes_it_is_called_something_and_the_band_is_in_order(
    values: list[int], target: int, over: str, after: int
) -> None:
    today = GOAL.from_ + timedelta(days=after)
    material = days({today - timedelta(n + 1): {CONTENT: value} for n, value in enumerate(values)})

    found = progress(
        replace(GOAL, baseline=0, target=target, over=over), material, ZONE, today - timedelta(len(values)), today
    )

    assert all(one.low <= one.expected <= one.high for one in found.path)
    assert [one.at for one in found.path] == sorted(one.at for one in found.path)
    assert (found.forecast is None) == (not found.path)
    assert found.probability is None or 0 < found.probability < 1

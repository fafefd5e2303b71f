"""What a watch knows of the past: rhythm, surge, record, and whom it remembers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.rules.recent import FORGOTTEN_S, HOUR_S, LATE_MAX, NOBODY, PEOPLE_MAX, heard
from services.reporting.rules.record import DAYS, Record, next_day, noted
from services.reporting.rules.rhythm import HOURS, LEAST, Rhythm, counted, expected
from services.reporting.rules.surge import NONE, came, waited
from tests.unit.reporting.watching import DAY_S, MONDAY, ordinary, watched

WEEKS_6 = 42
USUAL, _ = watched(ordinary(WEEKS_6 + 0.5))


def test_a_crisis_is_forgotten_after_four_weeks() -> None:
    record = Record()
    for _ in range(DAYS):
        record = next_day(noted(record, 2.0))
    ordinary_bar = record.bar

    record = next_day(noted(record, 3.0))
    raised = record.bar
    for _ in range(DAYS):
        record = next_day(noted(record, 2.0))

    assert ordinary_bar is not None
    assert raised is not None
    assert raised > ordinary_bar
    assert record.bar == ordinary_bar


def test_the_same_hour_is_usual_by_day_and_not_by_night() -> None:
    noon, midnight = (int((MONDAY + 43 * DAY_S) // HOUR_S) + hour for hour in (12, 0))

    assert expected(USUAL.rhythm, noon) > 1.5 * expected(USUAL.rhythm, midnight)


def test_weekends_have_a_rhythm_of_their_own() -> None:
    rhythm = Rhythm()
    first = int(MONDAY // HOUR_S)
    for hour in range(first, first + 8 * 7 * HOURS):
        rhythm = counted(rhythm, hour, 1 if (hour - first) // HOURS % 7 >= 5 else 9)

    saturday = first + (8 * 7 + 5) * HOURS
    assert expected(rhythm, saturday) < 0.5 * expected(rhythm, saturday - HOURS)


def test_a_rhythm_follows_what_changes() -> None:
    rhythm = Rhythm()
    for hour in range(8 * 7 * HOURS):
        rhythm = counted(rhythm, hour, 9 if hour < 4 * 7 * HOURS else 1)

    assert expected(rhythm, 8 * 7 * HOURS) < 3.5


def test_an_hour_of_a_crisis_hardly_raises_what_is_expected() -> None:
    hour = int(USUAL.now // HOUR_S)

    raised = counted(USUAL.rhythm, hour, 1_000)

    assert expected(raised, hour + HOURS) < 1.5 * expected(USUAL.rhythm, hour + HOURS)


def test_where_nothing_happens_little_is_expected() -> None:
    assert expected(Rhythm(), 0) == LEAST


def test_no_more_people_are_remembered_than_may_be() -> None:
    recent = NOBODY
    for n in range(PEOPLE_MAX + 2 * LATE_MAX):
        recent, _ = heard(recent, str(n), n / 100)

    assert PEOPLE_MAX <= len(recent) <= PEOPLE_MAX + LATE_MAX
    assert heard(recent, "9", len(recent) / 100)[1]
    assert not heard(recent, str(PEOPLE_MAX), len(recent) / 100)[1]


@given(st.lists(st.tuples(st.integers(0, 400), st.floats(0, 300)), max_size=600))
def test_who_counts_anew_is_whoever_was_not_heard_of_for_three_hours(signs: list[tuple[int, float]]) -> None:
    recent, last, now = NOBODY, dict[str, float](), 0.0
    for person, pause in signs:
        now += pause
        recent, is_new = heard(recent, str(person), now)
        assert is_new == (last.get(str(person), -FORGOTTEN_S) <= now - FORGOTTEN_S)
        last[str(person)] = now


@given(st.lists(st.floats(0, 3), min_size=1, max_size=30), st.floats(0, 3))
def test_more_people_never_weaken_a_surge(hours: list[float], extra: float) -> None:
    def strength(times: list[float]) -> float:
        surge, now = NONE, 0.0
        for at in sorted(times):
            surge, now = came(waited(surge, at - now), at, None), at
        return waited(surge, 3 - now).sum

    assert strength([*hours, extra]) >= strength(hours) - 1e-9


@given(st.floats(0, 10), st.floats(0, 10))
def test_waiting_in_two_parts_is_waiting_at_once(one: float, other: float) -> None:
    surge = came(came(NONE, 0, None), 1, None)

    assert waited(waited(surge, one), other).sum == pytest.approx(waited(surge, one + other).sum, abs=1e-9)

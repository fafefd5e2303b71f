"""What is a crisis, and what is not."""

from __future__ import annotations

from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.rules.incidents import QUIET_S, severity
from services.reporting.rules.recent import FORGOTTEN_S, HOUR_S
from services.reporting.rules.record import DAYS, DAYS_MIN
from services.reporting.rules.rhythm import HOURS, LEARNT_HOURS, expected
from services.reporting.rules.surge import TIMES
from services.reporting.rules.watch import PEOPLE_MIN, Watch, begun, passed, told
from tests.unit.reporting.watching import DAY_S, MONDAY, Sign, crowd, in_time, ordinary, watched

WEEKS_6 = 42
AT = MONDAY + WEEKS_6 * DAY_S + 12 * HOUR_S
"""A Monday's noon after six weeks."""

USUAL, _ = watched(ordinary(WEEKS_6 + 0.5))


def opened(signs: list[Sign], watch: Watch = USUAL) -> list[float]:
    return [one.incident.opened for one in watched(signs, watch)[1] if one.change == "opened"]


def test_a_crowd_is_an_incident_with_its_evidence() -> None:
    _, changes = watched(crowd(AT, 12), USUAL)

    first = changes[0]
    assert first.change == "opened"
    evidence = first.incident.first
    assert evidence.observed >= PEOPLE_MIN
    assert evidence.ratio >= 3
    assert evidence.strength > evidence.bar
    assert evidence.since <= AT + HOUR_S / 2 <= AT + HOUR_S
    assert DAYS_MIN <= evidence.days <= DAYS


def test_a_crowd_of_too_few_people_is_none() -> None:
    assert opened(crowd(AT, PEOPLE_MIN - 1, hours=0.01)) == []


def test_nothing_is_unusual_before_a_community_has_a_past() -> None:
    days = 13 + DAYS_MIN
    signs = in_time(ordinary(days), *(crowd(MONDAY + day * DAY_S, 40, name=str(day)) for day in (3, 9, 20, 26)))

    assert [one for one in watched(signs)[1] if one.incident.opened < MONDAY + (LEARNT_HOURS / 24 + DAYS_MIN) * DAY_S] == []


def test_one_who_writes_a_hundred_times_is_one() -> None:
    assert opened([(AT + n, "bot") for n in range(100)]) == []


def test_a_rhythm_is_of_people_who_count_anew_after_three_hours() -> None:
    talking, _ = watched([(AT + n, "talker") for n in range(100)], USUAL)
    again, _ = told(talking, AT + 99 + FORGOTTEN_S, "talker")
    just_before, _ = told(talking, AT + 98 + FORGOTTEN_S, "talker")

    assert (talking.people, again.people, just_before.people) == (1, 1, 0)


def test_regulars_raise_no_alarm_where_as_many_strangers_do() -> None:
    names = [f"regular {n}" for n in range(8)]
    daily = [(MONDAY + day * DAY_S + (6 + n) * HOUR_S, name) for day in range(WEEKS_6) for n, name in enumerate(names)]
    watch, _ = watched(in_time(ordinary(WEEKS_6), daily))

    assert opened([(AT + n * 60, name) for n, name in enumerate(names)], watch) == []
    assert opened([(AT + n * 60, f"stranger {n}") for n in range(8)], watch) != []


def test_signs_about_nobody_count_one_each() -> None:
    assert opened([(AT + n, None) for n in range(40)]) != []


def test_a_member_may_be_called_as_nobody_is() -> None:
    watch, _ = watched([(AT, None), (AT + 1, "nameless 0"), (AT + 2, "")], USUAL)

    assert watch.people == 3


def test_an_incident_lasts_while_alarms_go_on_and_is_closed_after_quiet() -> None:
    watch, changes = watched([*crowd(AT, 30), *crowd(AT + 6 * HOUR_S, 30, name="again")], USUAL)
    assert [one.change for one in changes if one.change != "worsened"] == ["opened"]
    assert watch.incident is not None

    last = watch.incident.last
    same, early = passed(watch, last + QUIET_S - 1)
    after, closed = passed(same, last + QUIET_S)

    assert early == ()
    assert [one.change for one in closed] == ["closed"]
    assert closed[0].incident.lasted_s >= 5 * HOUR_S
    assert after.incident is None


def test_an_incident_that_grows_is_told_again_and_keeps_why_it_was_opened() -> None:
    _, changes = watched([*crowd(AT, 8, hours=2), *crowd(AT + 2 * HOUR_S, 200, name="more")], USUAL)

    assert [one.change for one in changes][:2] == ["opened", "worsened"]
    assert changes[0].incident.first == changes[-1].incident.first
    assert changes[-1].incident.severity == "critical"
    assert changes[-1].incident.worst.ratio > changes[0].incident.first.ratio


@pytest.mark.parametrize(("ratio", "grade"), [(3.9, "low"), (4, "medium"), (8, "high"), (16, "critical")])
def test_severity_is_how_many_times_the_usual(ratio: float, grade: str) -> None:
    assert severity(ratio) == grade


def test_a_great_crisis_does_not_hide_one_of_the_next_week() -> None:
    calm = ordinary(7, seed=2, since=AT)
    week = in_time(calm, crowd(AT, 500, hours=6))

    watch, _ = watched(week, USUAL)

    assert opened(crowd(AT + 7 * DAY_S, 20, name="next"), watch) != []


def test_a_signal_that_was_never_heard_of_has_a_past_of_silence() -> None:
    silent, _ = passed(begun(MONDAY), MONDAY + WEEKS_6 * DAY_S)

    assert opened(crowd(AT, PEOPLE_MIN), silent) != []


def test_years_of_silence_are_caught_up_with_in_little_time() -> None:
    watch, _ = passed(USUAL, AT + 30 * 365 * DAY_S)

    assert watch.rhythm.learnt < USUAL.rhythm.learnt + 57 * HOURS
    assert opened(crowd(watch.now, PEOPLE_MIN), watch) != []


def test_a_sign_that_comes_late_counts_now_and_one_that_is_too_late_never() -> None:
    late, _ = told(USUAL, USUAL.now - HOUR_S, "late")
    same, changes = told(USUAL, USUAL.now - FORGOTTEN_S, "too late")

    assert (late.people, late.now) == (USUAL.people + 1, USUAL.now)
    assert same is USUAL
    assert changes == ()


def test_a_surge_over_midnight_belongs_to_both_days() -> None:
    midnight = AT + 12 * HOUR_S

    watch, _ = passed(watched(crowd(midnight - 60, 20, hours=0.01), USUAL)[0], midnight)

    assert watch.record.past[-1] > 3
    assert watch.record.today > 3


def test_a_watch_goes_through_a_document_unchanged() -> None:
    watch, _ = watched(crowd(AT, 30), USUAL)

    assert msgspec.msgpack.decode(msgspec.msgpack.encode(watch), type=Watch) == watch


@given(st.lists(st.tuples(st.floats(-4 * HOUR_S, 2 * DAY_S), st.sampled_from(["a", "b", "c", None])), max_size=60))
@settings(max_examples=60)
def test_any_order_of_signs_is_borne_and_the_same_order_gives_the_same(offsets: list[tuple[float, str | None]]) -> None:
    signs = [(AT + offset, member) for offset, member in offsets]

    assert watched(signs, USUAL) == watched(signs, USUAL)


@given(st.integers(0, 40), st.data())
@settings(max_examples=40)
def test_told_in_two_parts_is_told_at_once(people: int, data: st.DataObject) -> None:
    signs = in_time(ordinary(2, seed=people, since=AT), crowd(AT + DAY_S, people))
    half = data.draw(st.integers(0, len(signs)))

    watch, before = watched(signs[:half], USUAL)
    watch, after = watched(signs[half:], watch)

    assert (watch, [*before, *after]) == watched(signs, USUAL)


@pytest.mark.parametrize("an_hour", [2.0, 8.0, 30.0])
def test_four_times_the_usual_is_found_in_a_community_of_any_size(an_hour: float) -> None:
    usual, changes = watched(ordinary(WEEKS_6, an_hour=an_hour))
    people = round(4 * an_hour * 3)

    found = opened(in_time(ordinary(0.2, 7, an_hour, usual.now), crowd(usual.now, people, hours=3)), usual)

    assert found != []
    assert len([one for one in changes if one.change == "opened"]) <= 2


def test_ten_percent_more_is_nothing_however_large_a_community_is() -> None:
    usual, _ = watched(ordinary(30, an_hour=30))
    more = crowd(usual.now, 3 * 24 * 3, hours=24 * 3, name="more")

    assert opened(in_time(ordinary(3, 9, 30, usual.now), more), usual) == []


def test_a_crisis_that_becomes_usual_ends() -> None:
    rnd = Random(3)
    signs = [(AT + hour * HOUR_S + rnd.random() * HOUR_S, f"{hour} {n}") for hour in range(60 * 24) for n in range(6)]

    watch, changes = watched(sorted(signs), USUAL)

    assert changes[0].change == "opened"
    assert watch.incident is None
    assert expected(watch.rhythm, int(watch.now // HOUR_S)) > 6 / TIMES

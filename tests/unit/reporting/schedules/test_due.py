"""Which period a scheduled report is of, and when it is due: by the clock on the wall, one of each, the latest one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.rules.schedules.due import (
    NAMES,
    WEEKDAYS,
    Period,
    due_at,
    following,
    holding,
    latest,
    named,
    over_at,
    wall_time,
)
from shared.documents.schedules import Every, ReportSchedule
from shared.documents.standing import Words

TITLE = Words(en="The week", ru="Неделя")
HOUR = timedelta(hours=1)
ZONES = ("UTC", "Europe/Moscow", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Cairo")
"""With summer time and without; by half an hour (Lord Howe), at midnight (Cairo), 45 minutes off (Kathmandu)."""
BERLIN = ZoneInfo("Europe/Berlin")


def plan(every: Every, at: str | int = "09:00", **more: object) -> ReportSchedule:
    return ReportSchedule(title=TITLE, every=every, at=at, routes=("chat",), **more)  # type: ignore[arg-type]


def utc(*told: int) -> datetime:
    return datetime(*told, tzinfo=UTC)  # type: ignore[misc, arg-type]


EVERY = st.sampled_from(tuple(NAMES))
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 16 * 366 * 86_400).map(lambda second: FIRST + timedelta(seconds=second))
GRACE = st.sampled_from([timedelta(), HOUR, timedelta(hours=20)])


@st.composite
def plans(draw: st.DrawFn) -> ReportSchedule:
    every, at = draw(EVERY), draw(st.integers(0, 1_439))
    weekday = draw(st.sampled_from(WEEKDAYS)) if every == "week" else None
    day = draw(st.integers(1, 31)) if every == "month" else None
    return ReportSchedule(title=TITLE, every=every, at=at, weekday=weekday, day=day, folder=True)


@given(plans(), st.sampled_from(ZONES).map(ZoneInfo), INSTANTS, GRACE)
def test_the_latest_one_is_due_and_the_next_one_is_not(
    spec: ReportSchedule, zone: ZoneInfo, now: datetime, grace: timedelta
) -> None:
    found, after = latest(spec, zone, now, grace), following(spec, zone, now, grace)

    assert due_at(spec, found, zone, grace) <= now < due_at(spec, after, zone, grace)
    assert after.since == found.until


@given(plans(), st.sampled_from(ZONES).map(ZoneInfo), INSTANTS, GRACE)
def test_it_is_due_after_its_period_by_the_clock_on_the_wall(
    spec: ReportSchedule, zone: ZoneInfo, now: datetime, grace: timedelta
) -> None:
    period = latest(spec, zone, now, grace)

    due = due_at(spec, period, zone, grace)
    told = due.astimezone(zone)

    assert due >= over_at(period, zone) + grace
    is_delayed = due == over_at(period, zone) + grace
    shown = told.replace(tzinfo=None)
    wanted = datetime.combine(told.date(), wall_time(spec.at))
    assert is_delayed or shown == wanted or told.utcoffset() != (told - 2 * HOUR).utcoffset(), "or the clock skipped it"


@given(
    plans(),
    st.sampled_from(ZONES).map(ZoneInfo),
    INSTANTS,
    st.lists(st.just(1) | st.integers(1, 3_000), min_size=1, max_size=60),
)
def test_whoever_looks_now_and_then_makes_each_period_once_and_never_leaves_out_the_latest(
    spec: ReportSchedule, zone: ZoneInfo, begin: datetime, pauses_h: list[int]
) -> None:
    """Of several looks, with standstills between them, one makes a period: its name is what it is known by."""
    made: dict[str, datetime] = {}
    now = begin
    for pause_h in pauses_h:
        now += timedelta(hours=pause_h)
        period = latest(spec, zone, now, HOUR)
        if due_at(spec, period, zone, HOUR) >= begin:  # what was due before it was applied is not made
            made.setdefault(period.name, now)
        first_due = due_at(spec, following(spec, zone, begin, HOUR), zone, HOUR)
        assert (first_due <= now) <= bool(made), "none after a standstill"

    since = [named(spec.every, name).since for name in made]
    assert since == sorted(set(since)), "each once, in their order"


@given(EVERY, st.dates(date(1990, 1, 8), date(2199, 12, 1)))
def test_periods_follow_each_other_without_gaps_and_have_names_that_lead_back(every: Every, day: date) -> None:
    period = holding(every, day)

    assert period.since <= day < period.until
    assert named(every, period.name) == period
    assert period.before.until == period.since
    assert len({period.name, period.before.name}) == 2


def test_months_are_as_long_as_they_are() -> None:
    months = [holding("month", date(2028, month, 3)) for month in range(1, 13)]

    assert [(one.until - one.since).days for one in months] == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


def test_a_day_that_a_month_does_not_have_is_its_last() -> None:
    spec = plan("month", day=31)

    due = [due_at(spec, holding("month", date(2027, month, 1)), BERLIN, HOUR).astimezone(BERLIN) for month in range(1, 6)]

    assert [f"{at:%m-%d %H:%M}" for at in due] == ["02-28 09:00", "03-31 09:00", "04-30 09:00", "05-31 09:00", "06-30 09:00"]


def test_the_hour_stays_when_the_clocks_are_put_forward_and_back() -> None:
    spec = plan("day")

    spring = [due_at(spec, holding("day", date(2026, 3, day)), BERLIN, HOUR) for day in (26, 27, 28, 29)]
    autumn = [due_at(spec, holding("day", date(2026, 10, day)), BERLIN, HOUR) for day in (22, 23, 24, 25)]

    assert [at.hour for at in spring] == [8, 8, 7, 7]
    assert [at.hour for at in autumn] == [7, 7, 8, 8]
    assert {late - early for early, late in pairwise(spring)} == {timedelta(hours=23), timedelta(days=1)}


def test_a_time_that_is_skipped_is_as_much_later_and_one_that_comes_twice_is_the_first() -> None:
    skipped = due_at(plan("day", "02:30"), holding("day", date(2026, 3, 28)), BERLIN, HOUR)
    twice = due_at(plan("day", "02:30"), holding("day", date(2026, 10, 24)), BERLIN, HOUR)

    assert (skipped, twice) == (utc(2026, 3, 29, 1, 30), utc(2026, 10, 25, 0, 30))


def test_a_report_at_midnight_waits_for_what_comes_late() -> None:
    spec = plan("day", "00:00")

    assert due_at(spec, holding("day", date(2026, 11, 1)), ZoneInfo("UTC"), HOUR) == utc(2026, 11, 2, 1)
    assert due_at(plan("day", "03:00"), holding("day", date(2026, 11, 1)), ZoneInfo("UTC"), HOUR) == utc(2026, 11, 2, 3)


def test_a_week_is_from_monday_to_sunday_whenever_it_is_made() -> None:
    thursday = plan("week", weekday="thursday")

    found = latest(thursday, ZoneInfo("UTC"), utc(2026, 11, 19, 9), HOUR)
    before = latest(thursday, ZoneInfo("UTC"), utc(2026, 11, 19, 8, 59), HOUR)

    assert found == Period("week", date(2026, 11, 9), date(2026, 11, 16))
    assert (found.name, before.name) == ("2026-W46", "2026-W45")


def test_after_a_standstill_of_a_month_the_latest_day_is_made_and_no_other() -> None:
    assert latest(plan("day"), ZoneInfo("UTC"), utc(2026, 11, 20, 12), HOUR).name == "2026-11-19"


@pytest.mark.parametrize(
    ("every", "wrong"),
    [("day", "2026-13-01"), ("day", "2026-10"), ("week", "2026-W54"), ("week", "W1"), ("month", "2026-13")],
)
def test_a_name_that_is_none_says_how_they_are_named(every: Every, wrong: str) -> None:
    with pytest.raises(ValueError, match=NAMES[every][1]):
        named(every, wrong)


def test_years_of_no_community_are_none() -> None:
    with pytest.raises(ValueError, match="1990"):
        named("month", "0001-01")

"""Quiet hours by the clock on the wall, also on the days on which it is put forward or back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.delivery.rules.notices.quiet import quiet_until
from shared.documents.outward import Quiet

BERLIN = "Europe/Berlin"
NIGHT = Quiet(from_="22:00", to="08:00")

clocks = st.integers(0, 1_439)
zones = st.sampled_from(["UTC", BERLIN, "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Europe/Moscow"])
moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone follows


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-03-02T23:00+01:00", "2026-03-03T08:00+01:00"),
        ("2026-03-03T07:59+01:00", "2026-03-03T08:00+01:00"),
        ("2026-03-03T08:00+01:00", None),
        ("2026-03-03T21:59+01:00", None),
        ("2026-03-03T22:00+01:00", "2026-03-04T08:00+01:00"),
        ("2026-03-28T23:00+01:00", "2026-03-29T08:00+02:00"),  # the night is an hour shorter
        ("2026-10-24T23:00+02:00", "2026-10-25T08:00+01:00"),  # an hour longer
    ],
)
def test_a_night_ends_in_the_morning_of_its_own_zone(at: str, until: str | None) -> None:
    wanted = None if until is None else datetime.fromisoformat(until)

    assert quiet_until(datetime.fromisoformat(at), NIGHT, BERLIN) == wanted


def test_an_own_zone_stands_in_the_place_of_the_brands() -> None:
    at = datetime(2026, 3, 2, 20, tzinfo=UTC)

    assert quiet_until(at, NIGHT, "UTC") is None
    assert quiet_until(at, Quiet(from_="22:00", to="08:00", timezone="Europe/Moscow"), "UTC") is not None
    assert quiet_until(at, None, "Europe/Moscow") is None


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-10-25T02:15+02:00", "2026-10-25T02:30+02:00"),  # the first quarter past two
        ("2026-10-25T02:15+01:00", "2026-10-25T02:30+01:00"),  # the second one
        ("2026-03-29T01:59+01:00", "2026-03-29T03:30+02:00"),  # half past two is left out
    ],
)
def test_an_hour_that_comes_twice_or_not_at_all_still_ends(at: str, until: str) -> None:
    quiet = Quiet(from_="22:00", to="02:30")

    assert quiet_until(datetime.fromisoformat(at), quiet, BERLIN) == datetime.fromisoformat(until)


@given(at=moments, begin=clocks, end=clocks, zone=zones)
def test_quiet_hours_end_within_a_day_and_what_waited_is_told_then(at: datetime, begin: int, end: int, zone: str) -> None:
    quiet = Quiet(from_=begin, to=end)

    until = quiet_until(at, quiet, zone)

    local = at.astimezone(ZoneInfo(zone))
    now = local.hour * 60 + local.minute
    assert (until is not None) == (begin <= now < end if begin < end else now >= begin or now < end)
    assert until is None or timedelta() < until - at <= timedelta(hours=25)
    assert until is None or begin == end or quiet_until(until, quiet, zone) is None

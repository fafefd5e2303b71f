from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.figures.buckets.hours import hour_of, month_of
from services.reporting.figures.buckets.presence import Presence
from services.reporting.figures.columns import presences_from
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame, Grain, bounds
from services.reporting.figures.summary import figures_by, figures_of

ZONES = ("UTC", "Europe/Moscow", "America/Chicago", "Asia/Kolkata", "Asia/Kathmandu", "America/Sao_Paulo")


def present(at: datetime, member: str = "m", community: str = "telegram:1") -> Presence:
    hour = hour_of(at)
    return Presence("acme", community, member, month_of(hour), 1 << (hour - month_of(hour)))


def active(material: Material, frame: Frame, grain: Grain) -> dict[str, float | None]:
    return {p.start.date().isoformat(): p.values["active_members"] for p in figures_by(material, frame, grain)[0]}


@given(
    st.sampled_from(ZONES),
    st.lists(st.tuples(st.integers(0, 60 * 24), st.integers(0, 3)), max_size=40),
    st.sampled_from([Grain.DAY, Grain.MONTH]),
)
def test_active_members_are_those_of_the_local_days(zone: str, seen: list[tuple[int, int]], grain: Grain) -> None:
    frame = Frame(date(2026, 2, 20), date(2026, 4, 10), ZoneInfo(zone))
    start = datetime(2026, 2, 15, tzinfo=UTC)
    moments = [(start + timedelta(hours=hours), f"m{member}") for hours, member in seen]
    length = 7 if grain is Grain.MONTH else 10

    expected: dict[str, set[str]] = {}
    for at, member in moments:
        local = at.astimezone(frame.zone).date()
        if frame.since <= local < frame.until:
            expected.setdefault(local.isoformat()[:length], set()).add(member)
    found = active(Material(presences=presences_from([present(at, member) for at, member in moments])), frame, grain)

    assert {key[:length]: n for key, n in found.items() if n} == {key: len(who) for key, who in expected.items()}


def test_a_local_day_over_two_months_of_utc_counts_a_member_once() -> None:
    frame = Frame(date(2026, 2, 1), date(2026, 2, 2), ZoneInfo("Europe/Moscow"))
    late, early = datetime(2026, 1, 31, 22, tzinfo=UTC), datetime(2026, 2, 1, 3, tzinfo=UTC)

    assert active(Material(presences=presences_from([present(late), present(early)])), frame, Grain.DAY) == {"2026-02-01": 1}


def test_a_member_of_two_communities_is_one_member_of_the_brand() -> None:
    frame = Frame(date(2026, 2, 1), date(2026, 2, 2), ZoneInfo("UTC"))
    at = datetime(2026, 2, 1, 3, tzinfo=UTC)
    both = Material(presences=presences_from([present(at, community="telegram:1"), present(at, community="telegram:2")]))

    assert figures_of(both, frame)["active_members"] == 1
    assert both.communities == ("telegram:1", "telegram:2")


@pytest.mark.parametrize(("zone", "hours"), [("America/Chicago", 23), ("UTC", 24)])
def test_a_day_has_the_hours_that_the_clocks_give_it(zone: str, hours: int) -> None:
    frame = Frame(date(2026, 3, 8), date(2026, 3, 9), ZoneInfo(zone))

    assert len(bounds(frame, Grain.HOUR)) - 1 == hours


def test_weeks_begin_on_monday_and_are_cut_to_the_frame() -> None:
    frame = Frame(date(2026, 3, 4), date(2026, 3, 17), ZoneInfo("UTC"))

    assert [edge.day for edge in bounds(frame, Grain.WEEK)] == [4, 9, 16, 17]
    assert [edge.day for edge in bounds(frame, Grain.WHOLE)] == [4, 17]
    assert (frame.before.since, frame.before.until) == (date(2026, 2, 19), frame.since)

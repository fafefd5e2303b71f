"""Recommendations over whole materials: their weeks, their ids, what is left out, what is quiet, and the terminal."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from services.__main__ import app
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame
from services.reporting.handlers import Points
from services.reporting.rules.advice.advice import Decided, advised, id_of, measured_over, still_open, week_of
from services.reporting.rules.advice.scene import SPAN, weeks_until
from tests import builders
from tests.unit.reporting.folding import folded, material

UTC_ZONE = ZoneInfo("UTC")
NOW = Frame(date(2026, 3, 2), date(2026, 3, 30), UTC_ZONE)
ZONES = st.sampled_from(["UTC", "Europe/Moscow", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe"])
NEWCOMERS = 24


def lonely() -> list[Any]:
    at = builders.AT + timedelta(hours=2)
    return [
        builders.content_created(
            id=f"a{n}", content_id=f"a{n}", actor=f"telegram:{n}", time=at + timedelta(days=n), text="Hello."
        )
        for n in range(NEWCOMERS)
    ]


def decided(id_: str, at: datetime, rule: str = "newcomers_unanswered") -> Decided:
    return Decided(
        id=id_,
        brand="acme",
        rule=rule,
        community=builders.PLACE,
        until=NOW.until,
        decision="accepted",
        note="",
        by="vera",
        at=at,
        version=1,
        numbers={},
    )


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), ZONES)
def test_the_weeks_are_four_whole_ones_that_are_over(until: date, zone: str) -> None:
    frame = weeks_until(Frame(until - timedelta(days=1), until, ZoneInfo(zone)))

    assert frame.since.weekday() == frame.until.weekday() == 0
    assert frame.until - frame.since == SPAN == frame.before.until - frame.before.since
    assert timedelta() <= until - frame.until < timedelta(days=7)


@given(st.permutations(lonely()))
def test_the_order_of_events_changes_nothing(events: list[Any]) -> None:
    found = advised("acme", material(folded(events)), NOW, whole=True)

    assert [(one.rule.id, one.community, one.until) for one in found] == [
        ("newcomers_unanswered", builders.PLACE, NOW.until)
    ]
    assert found == advised("acme", material(folded(lonely())), NOW, whole=True)


def test_nothing_stored_recommends_nothing() -> None:
    assert advised("acme", Material(), NOW, whole=True) == []


def test_what_concerns_the_whole_brand_is_not_told_to_who_sees_a_part() -> None:
    points = builders.points_granted(applied=5_000, time=builders.AT, community=builders.PLACE)
    told = material(folded([points], Points()))

    assert [one.rule.id for one in advised("acme", told, NOW, whole=True)] == ["points_unspent"]
    assert advised("acme", told, NOW, whole=False) == []


@given(st.text(max_size=20), st.dates(date(2000, 1, 3), date(2100, 1, 1)))
def test_an_id_names_its_week_and_nothing_else_is_one(community: str, day: date) -> None:
    monday = day - timedelta(days=day.weekday())
    id_ = id_of("acme", "newcomers_unanswered", community, monday)

    assert week_of(id_) == monday
    assert id_ != id_of("acme", "newcomers_unanswered", community, monday + timedelta(days=7))
    assert id_ != id_of("globex", "newcomers_unanswered", community, monday)
    assert week_of(id_ + "0") is week_of("x-20261399-0123456789abcdef") is week_of(community) is None


def test_what_was_decided_is_quiet_for_four_weeks_in_the_same_place() -> None:
    found = advised("acme", material(folded(lonely())), NOW, whole=True)
    at = datetime(2026, 3, 30, 12, tzinfo=UTC)

    assert still_open(found, [], at) == found
    assert still_open(found, [decided(found[0].id, at - timedelta(days=90))], at) == []
    assert still_open(found, [decided("another week's", at - timedelta(days=27))], at) == []
    assert still_open(found, [decided("another week's", at - timedelta(days=28))], at) == found
    assert still_open(found, [decided("another rule's", at, "toxicity_up")], at) == found


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), ZONES, st.integers(1, 56))  # noqa: DTZ001
def test_as_many_days_are_measured_before_a_decision_as_after_it(at: datetime, zone: str, days: int) -> None:
    before, after = measured_over(decided("x", at), days, ZoneInfo(zone))

    assert before.days == after.days == days
    assert before.until + timedelta(days=1) == after.since, "the day of the decision is in neither"
    assert before.until == at.astimezone(ZoneInfo(zone)).date()


ID = "newcomers_unanswered-20260330-0123456789abcdef"
ADVICE = {
    "name": "Newcomers get no answer",
    "community": None,
    "says": "24 members wrote.",
    "do": "Greet them.",
    "expected": "More stay.",
    "measured_by": "Newcomers answered",
    "measure": {"figure": "newcomers_answered", "better": "up", "after_days": 28},
    "id": ID,
}
PAST = {
    **ADVICE,
    "status": "accepted",
    "by": "vera",
    "at": "2026-03-30T00:00:00Z",
    "version": 1,
    "followed": {"then": 0.1, "now": 0.5, "helped": True},
}


def test_the_terminal_lists_and_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[tuple[str, str, Any]] = []

    def send(_: object, method: str, path: str, __: str = "", **options: Any) -> httpx.Response:  # noqa: ANN401 - as the client's
        asked.append((method, path, options.get("json") or options.get("params")))
        listing = {"open": [ADVICE], "decided": [PAST], "until": "2026-03-30"}
        return httpx.Response(200, json=PAST if method == "POST" else listing, request=httpx.Request(method, "http://x"))

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VECHE_TOKEN", "veche_some")
    monkeypatch.setattr("shared.cli.client.Api.send", send)
    run = CliRunner().invoke
    table = run(app, ["reporting", "recommendations", "--brand", "acme", "--until", "2026-03-30"])
    done = run(app, ["reporting", "recommendation", ID, "accepted", "--brand", "acme", "--note", "Anna"])

    assert table.exit_code == done.exit_code == 0, table.output + done.output
    assert "the whole brand" in table.output
    assert "newcomers_answered: 0.1 before, 0.5 after" in table.output
    assert asked == [
        ("GET", "/v1/recommendations", {"brand": "acme", "community": [], "lang": "en", "until": "2026-03-30"}),
        (
            "POST",
            f"/v1/recommendations/{ID}",
            {"brand": "acme", "decision": "accepted", "note": "Anna", "version": 0},
        ),
    ]

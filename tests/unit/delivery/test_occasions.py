"""What staff may be told of an event: how severe it is, and in which words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.delivery.rules.notices import words
from services.delivery.rules.notices.occasions import SEVERITIES, Told, severity_of, told_of
from shared.events import Envelope
from shared.said import Language
from tests import builders
from tests.builders import (
    appeal_answered,
    appeal_due,
    brake_opened,
    connection_lost,
    connection_restored,
    goal_at_risk,
    incident_closed,
    incident_opened,
    incident_worsened,
    report_ready,
)

Build = Callable[..., Envelope]

ALL: list[tuple[Build, str, bool, str]] = [
    (incident_opened, "incident", False, "high"),
    (incident_closed, "incident", True, "medium"),
    (brake_opened, "brake", False, "high"),
    (appeal_due, "appeal_deadline", False, "medium"),
    (appeal_answered, "appeal_deadline", True, "medium"),
    (connection_lost, "connection_lost", False, "high"),
    (connection_restored, "connection_lost", True, "high"),
    (goal_at_risk, "goal_at_risk", False, "low"),
    (report_ready, "report", False, "low"),
]

IDS = [f"{occasion}{' over' if is_over else ''}" for _, occasion, is_over, _ in ALL]


def told(event: Envelope) -> Told:
    found = told_of(event)
    assert found is not None
    return found


@pytest.mark.parametrize(("build", "occasion", "is_over", "severity"), ALL, ids=IDS)
def test_each_has_its_occasion_and_severity(build: Build, occasion: str, *, is_over: bool, severity: str) -> None:
    found = told(build())

    assert (found.occasion, found.over, found.severity) == (occasion, is_over, severity)


@pytest.mark.parametrize("build", [one[0] for one in ALL], ids=IDS)
def test_history_and_communities_of_others_tell_nobody(build: Build) -> None:
    assert told_of(build(imported=True)) is None
    assert told_of(build(purpose="competitor")) is None


def test_what_is_over_is_about_the_same_as_what_began() -> None:
    ends = {incident_opened: incident_closed, appeal_due: appeal_answered, connection_lost: connection_restored}

    for begin, end in ends.items():
        assert told(begin()).subject == told(end()).subject


def test_other_events_are_nothing_to_staff() -> None:
    assert told_of(builders.content_created()) is None
    assert told_of(builders.decision_made()) is None
    assert told_of(builders.action_failed()) is None, "acts that failed for good stand in their own list"


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("build", [one[0] for one in ALL], ids=IDS)
def test_each_is_said_in_both_languages_without_what_members_wrote(build: Build, language: Language) -> None:
    event = build(evidence="a member's own words") if build in {incident_opened, incident_closed} else build()

    said = words.line(told(event), language)

    assert "?" not in said
    assert "{" not in said
    assert "own words" not in said
    assert said.isascii() == (language is Language.EN)


@pytest.mark.parametrize(
    ("language", "said"),
    [(Language.EN, "decide `remove` to let one go, `allow` to drop it"), (Language.RU, "«Удалить» (remove) исполнит")],
)
def test_a_brake_is_said_with_what_to_do_and_without_the_name_of_its_rule(language: Language, said: str) -> None:
    line = words.line(told(brake_opened(rule="brakes")), language)

    assert said in line
    assert "brakes" not in line


def test_an_incident_of_which_nothing_was_expected_is_said_so() -> None:
    found = told(incident_opened(expected=None))

    assert words.line(found, Language.EN) == f"[high] Incident: messages is 900 ({builders.PLACE})"


def test_a_reason_that_goes_over_lines_is_one_line_and_no_book() -> None:
    found = told(connection_lost(reason="first\r\nsecond " + "x" * 1_000))

    said = words.line(found, Language.EN)

    assert "first second" in said
    assert "\n" not in said
    assert len(said) < 500


@pytest.mark.parametrize(
    ("observed", "expected", "severity"),
    [
        (120, 100, "medium"),
        (300, 99, "high"),
        (33, 100, "high"),
        (999, 99, "critical"),
        (0, 100, "critical"),
        (5, None, "high"),
    ],
)
def test_an_incident_is_as_severe_as_it_is_unusual(observed: float, expected: float | None, severity: str) -> None:
    assert severity_of(observed, expected) == severity


@given(st.floats(0, 1e9), st.floats(0.01, 1e9), st.floats(1, 100))
def test_further_from_what_was_expected_is_never_less_severe(observed: float, expected: float, times: float) -> None:
    further = observed * times if observed >= expected else observed / times

    assert SEVERITIES.index(severity_of(further, expected)) >= SEVERITIES.index(severity_of(observed, expected))


def test_a_goal_that_will_be_missed_by_half_is_more_severe() -> None:
    assert told(goal_at_risk(forecast=40.0)).severity == "medium"


def test_a_link_leads_to_the_brands_own_page_and_is_left_out_where_there_is_none() -> None:
    found = told(brake_opened(community="feed:https://a.example/?x&y"))

    assert words.link(found, "https://staff.example/", Language.EN) == (
        "https://staff.example/cases?brand=acme&community=feed%3Ahttps%3A%2F%2Fa.example%2F%3Fx%26y"
    )
    assert words.link(found, None, Language.EN) is None
    for other in (connection_lost(), incident_opened(), goal_at_risk()):
        assert words.link(told(other), "https://staff.example", Language.RU) is None, "there is no page of it yet"
    assert told(brake_opened(recordedtime=datetime(2026, 3, 2, tzinfo=UTC))).at_ms == 1_772_409_600_000


def test_an_incident_of_a_watch_says_itself_how_severe_it_is_and_by_whom_it_is_told() -> None:
    found = told(incident_opened(figure="volume", severity="low", expected=1.2512, ratio=9.6, routes=("on-call",)))

    assert (found.severity, found.routes) == ("low", ("on-call",))
    assert words.line(found, Language.EN).startswith("[low] Incident: people who write is 900, expected 1.3")
    assert "людей, которые пишут" in words.line(found, Language.RU)


def test_an_incident_that_is_over_says_how_long_it_lasted() -> None:
    found = told(incident_closed(figure="complaints", lasted_s=5_400))

    assert words.line(found, Language.EN).startswith("Over: people who complain; it lasted 1.5 h")


def test_one_that_became_worse_is_told_as_the_same_incident() -> None:
    worse = told(incident_worsened())

    assert (worse.occasion, worse.over, worse.severity) == ("incident", False, "critical")
    assert worse.subject == told(incident_opened()).subject

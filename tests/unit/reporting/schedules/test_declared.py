"""Schedules of reports: what is wrong with one is named with its place, and since when one runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import convert

from services.reporting.rules.schedules.declared import KIND, check, running_since
from shared.documents.reading import Invalid, read
from shared.documents.schedules import ReportSchedule
from shared.errors import Misplaced
from shared.policy import Version

SAMPLE = Path(__file__).parents[4] / "docs" / "samples" / "report-schedule.yaml"
SPEC: dict[str, Any] = {"title": {"en": "a", "ru": "а"}, "every": "week", "routes": ["chat"]}
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_the_samples_are_schedules() -> None:
    for source in read(SAMPLE.read_text(encoding="utf-8"), SAMPLE.name):
        check(convert(source.document.spec, ReportSchedule), has_folder=False)


@pytest.mark.parametrize(
    ("change", "at", "told"),
    [
        ({"every": "day", "weekday": "monday"}, "$.spec.weekday", "every: week"),
        ({"day": 3}, "$.spec.day", "every: month"),
        ({"folder": True}, "$.spec.folder", "VECHE_REPORTS"),
        ({"routes": []}, "$.spec.routes", "folder: true"),
        ({"languages": ["en", "ru", "en"]}, "$.spec.languages[2]", "twice"),
        ({"formats": ["pdf", "pdf"]}, "$.spec.formats[1]", "twice"),
        ({"routes": ["a", "a"]}, "$.spec.routes[1]", "twice"),
        ({"communities": ["telegram:-1", "telegram:-1"]}, "$.spec.communities[1]", "twice"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(change: dict[str, Any], at: str, told: str) -> None:
    with pytest.raises(Misplaced) as wrong:
        check(convert(SPEC | change, ReportSchedule), has_folder=False)

    assert wrong.value.at == at
    assert told in str(wrong.value)


TEXT = """apiVersion: veche/v1
kind: ReportSchedule
metadata: { name: weekly, brand: acme }
spec:
  title: { en: a, ru: б }
  every: week
  formats: [pdf]
  routes: [chat]
"""


@pytest.mark.parametrize(
    ("before", "after", "where", "told"),
    [
        ("every: week", "every: fortnight", "weekly.yaml:6:10", "day, month, week"),
        ("every: week", "every: week\n  at: '9 am'", "weekly.yaml:7:7", "00:00 to 23:59"),
        ("every: week", "every: week\n  weekday: Monday", "weekly.yaml:7:12", "monday"),
        ("every: week", "every: month\n  day: 32", "weekly.yaml:7:8", "31"),
        ("[pdf]", "[pdf, doc]", "weekly.yaml:7:18", "xlsx"),
        ("[chat]", "[chat]\n  link_days: 91", "weekly.yaml:9:14", "90"),
        ("[chat]", "[chat]\n  language: en", "weekly.yaml:9:3", "`languages`"),
        ("  every: week\n", "", "weekly.yaml:5:3", "every"),
    ],
)
def test_what_has_the_wrong_shape_is_named_with_line_and_column(before: str, after: str, where: str, told: str) -> None:
    with pytest.raises(Invalid) as wrong:
        read(TEXT.replace(before, after), "weekly.yaml")

    assert str(wrong.value).startswith(f"{where}: ")
    assert told in str(wrong.value)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(Misplaced) as wrong:
        check(convert(SPEC | {"day": 1, "folder": True, "formats": ["csv", "csv"]}, ReportSchedule), has_folder=False)

    assert [one.at for one in wrong.value.all] == ["$.spec.day", "$.spec.folder", "$.spec.formats[1]"]


def test_a_folder_that_is_set_up_is_enough() -> None:
    check(convert(SPEC | {"routes": [], "folder": True}, ReportSchedule), has_folder=True)


def version(number: int, *, deleted: bool = False, **spec: object) -> Version:
    at = NOON + timedelta(hours=number)
    return Version(KIND, "acme", "weekly", number, at, {} if deleted else SPEC | spec, deleted)


def test_another_hour_begins_nothing_anew_and_other_periods_or_a_deletion_do() -> None:
    later, deleted = version(2, at="10:00"), version(3, deleted=True)

    assert running_since([version(1), later]) == version(1).effective
    assert running_since([version(1), version(2, every="month")]) == version(2).effective
    assert running_since([version(1), later, deleted]) is None
    assert running_since([version(1), later, deleted, version(4)]) == version(4).effective
    assert running_since([]) is None

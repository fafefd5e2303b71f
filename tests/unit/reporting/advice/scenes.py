"""Scenes for rules of advice: four weeks from a Monday on, and the four before, with just what a rule looks at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.reporting.figures.buckets.hours import hour_of, month_of
from services.reporting.figures.buckets.membership import Membership
from services.reporting.figures.buckets.presence import Presence
from services.reporting.figures.buckets.question import Question
from services.reporting.figures.columns import presences_from, questions_from
from services.reporting.figures.material import Material, Row
from services.reporting.figures.periods import Frame
from services.reporting.rules.advice.scene import Scene

PLACE = "telegram:-1"
NOW = Frame(date(2026, 3, 30), date(2026, 4, 27), ZoneInfo("UTC"))
DAYS = 28
Values = Mapping[str, float | None]


def scene(
    now: Values | None = None,
    before: Values | None = None,
    material: Material | None = None,
    parts: Mapping[str, Values] | None = None,
) -> Scene:
    return Scene(
        community=PLACE, frame=NOW, material=material or Material(), now=now or {}, before=before or {}, parts=parts or {}
    )


def at(day: float) -> datetime:
    """Return an instant so many days after the first of the four weeks; before it, below zero."""
    return datetime(2026, 3, 30, tzinfo=UTC) + timedelta(days=day)


def rows(now: Mapping[str, int], before: Mapping[str, int]) -> Material:
    return Material(rows=[Row(PLACE, at(3), now), Row(PLACE, at(-3), before)])


def present(hours: Mapping[int, Iterable[float]]) -> Material:
    """Return who wrote when: by the member's number, in days after the first."""
    months: dict[tuple[int, int], int] = {}
    for member, days in hours.items():
        for day in days:
            hour = hour_of(at(day))
            month = month_of(hour)
            months[member, month] = months.get((member, month), 0) | 1 << (hour - month)
    states = [Presence("acme", PLACE, f"telegram:{who}", month, bits) for (who, month), bits in months.items()]
    return Material(presences=presences_from(states))


def questions(waits: Iterable[tuple[float, float | None]], staff: str | None = None) -> Sequence[Question]:
    """Return questions by the day on which they were asked, and the hours until the answer."""
    found = []
    for day, hours in waits:
        asked = at(day).timestamp()
        answer = None if hours is None else (asked + hours * 3_600, staff or "telegram:77")
        answers = () if answer is None else (answer,)
        found.append(Question("acme", PLACE, asked_s=asked, answers=answers, staff=answer if staff else None))
    return found


def asked(waits: Iterable[tuple[float, float | None]], staff: str | None = None) -> Material:
    return Material(questions=questions_from(questions(waits, staff)))


def came(number: int, source: str, *, wrote: int) -> tuple[list[Membership], dict[int, list[float]]]:
    """Return so many who joined five weeks before, and when those who wrote then wrote."""
    first = _number_of(source)
    members = [
        Membership("acme", PLACE, f"telegram:{first + n}", came=((at(-27).timestamp(), source),)) for n in range(number)
    ]
    return members, {first + n: [-20.0] for n in range(wrote)}


def _number_of(source: str) -> int:
    return 1_000 * (1 + ord(source[0]))

"""Texts cut where rules matched, and times in both languages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.moderation.pages.marks import pieces
from shared.times import age, clock, lasting
from tests.unit.moderation.cases import NOON

Spans = st.lists(st.builds(lambda a, b: {"start": a, "end": b}, st.integers(0, 30), st.integers(0, 30)), max_size=6)


@given(st.text(max_size=20), Spans)
def test_the_pieces_together_are_the_text_and_marked_is_what_a_span_holds(text: str, spans: list[dict[str, int]]) -> None:
    found = pieces(text, spans)

    marked = [piece.is_matched for piece in found for _ in piece.text]
    assert "".join(piece.text for piece in found) == text
    assert marked == [any(span["start"] <= at < span["end"] for span in spans) for at in range(len(text))]


def test_spans_count_characters_as_people_see_them() -> None:
    (before, found, after) = pieces("🎰 казино!", [{"start": 2, "end": 8}])

    assert (before.text, found.text, after.text) == ("🎰 ", "казино", "!")


@pytest.mark.parametrize(
    ("minutes", "english", "russian"),
    [
        (-5, "0 min", "0 мин"),
        (119, "119 min", "119 мин"),
        (120, "2 h", "2 ч"),
        (2_879, "47 h", "47 ч"),
        (2_880, "2 d", "2 дн."),
    ],
)
def test_an_age_is_told_in_the_unit_that_fits(minutes: int, english: str, russian: str) -> None:
    assert age(NOON, NOON + timedelta(minutes=minutes)) == (english, russian)


@pytest.mark.parametrize(
    ("duration", "english", "russian"),
    [
        ("1d", "1 day", "1 день"),
        ("2h", "2 hours", "2 часа"),
        ("5m", "5 minutes", "5 минут"),
        ("11d", "11 days", "11 дней"),
        ("21m", "21 minutes", "21 минуту"),
        ("112h", "112 hours", "112 часов"),
    ],
)
def test_a_duration_is_told_with_the_right_form_of_its_unit(duration: str, english: str, russian: str) -> None:
    assert lasting(duration) == (english, russian)


def test_a_moment_is_told_to_the_minute() -> None:
    assert clock(NOON.isoformat()) == "2026-03-02 12:00 UTC"

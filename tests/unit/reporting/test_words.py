from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from services.reporting.figures.summary import Period
from services.reporting.pages.charts import COLOURS, NARROW, Series, Timeline, bars, wall_ms
from services.reporting.pages.table import harmless
from services.reporting.pages.words import delta, number
from shared.said import Language

EN, RU = Language.EN, Language.RU


@pytest.mark.parametrize(
    ("value", "before", "said"),
    [
        (110, 100, "▲ +10\u202f%"),
        (50, 100, "▼ \u221250\u202f%"),
        (5, 5, "unchanged"),
        (5, 0, "none before"),
        (None, 5, None),
        (5, None, None),
    ],
)
def test_a_change_is_said_in_words_or_percent(value: int | None, before: int | None, said: str | None) -> None:
    assert delta(value, before, EN) == said


def test_numbers_are_written_as_their_readers_write_them() -> None:
    assert number(1234567.5, EN, 1) == "1,234,567.5"
    assert number(1234567.5, RU, 1) == "1\u202f234\u202f567,5"
    assert number(-3, RU) == "\u22123"
    assert number(None, EN) == "—"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@a", "\tx"])
def test_a_name_is_no_formula(name: str) -> None:
    assert harmless(name) == f"'{name}"
    assert harmless("telegram:-1") == "telegram:-1"


def test_amounts_at_a_chart_are_written_out() -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    days = [Period(start + timedelta(days=n), {"content": 400 * n}) for n in range(4)]
    timeline = Timeline(days, wall_ms(start + timedelta(days=4)))

    drawn = bars(timeline, [Series("content", "Content", COLOURS[0])], NARROW, EN)

    assert ">1,000<" in drawn
    assert "currentColor" in drawn
    assert not re.search(r"\de\+\d|http|xmlns", drawn)

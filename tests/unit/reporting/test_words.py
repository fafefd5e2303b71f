from __future__ import annotations

import pytest

from services.reporting.figures.figure import Language
from services.reporting.pages.table import harmless
from services.reporting.pages.words import delta, number

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

"""In which languages members write: how it is told, and how it is counted."""

from __future__ import annotations

from typing import Any

import pytest

from services.reporting.figures.languages import language_of
from services.reporting.figures.tables import BY_ID
from shared.events import Actor, Envelope
from tests import builders
from tests.unit.reporting.folding import folded, material
from tests.unit.reporting.test_tables import QUARTER, wrote

TOLD = {
    "Подскажите, где купить клей?": "ru",
    "Does anybody know where to buy it": "en",
    "Wer kennt das und ist nicht zufrieden": "other",
    "Je ne sais pas pour vous": "other",
    "Хто знає, де купити клей і скільки він коштує?": "other",
    "请问在哪里可以买到": "other",
    "Going to Berlin tomorrow": "en",
    "Where to download?": "en",
    "I will die": "en",
    "The best of los angeles": "en",
    "Una pizza": "unknown",
    "it is das und": "unknown",
    "haha lol": "unknown",
    "👍👍👍": "unknown",
    "": "unknown",
    "https://example.org/x": "unknown",
    "The new release is great 🎉🎉🎉 thanks": "en",
}


@pytest.mark.parametrize(("text", "language"), TOLD.items())
def test_a_language_is_told_by_letters_and_common_words(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(("told", "language"), [("ru-RU", "ru"), ("en", "en"), ("de", "other"), ("", "ru"), (None, "ru")])
def test_what_the_platform_tells_counts_more(told: str | None, language: str) -> None:
    assert language_of("Привет всем", told) == language


def said(member: int, day: float, text: str, **more: Any) -> Envelope:  # noqa: ANN401
    return wrote(member, day, text=text, **more)


def test_content_and_members_are_told_by_language_in_all_and_by_community() -> None:
    english, russian = "What is the price of it?", "Сколько это стоит?"
    events = [said(1, 0, english), said(1, 1, russian), said(2, 1.5, russian), said(2, 40, russian), said(3, 2, "ok")]
    events += [said(4, 3, english, community="vk:-7"), said(5, 1, english, actor=builders.STAFF)]
    events += [said(6, 2, english, actor=Actor(id="telegram:6", bot=True))]

    rows = [list(row) for row in BY_ID["languages"].rows(material(folded(events)), QUARTER)]

    told = [[str(row[0] if isinstance(row[0], str) else row[0].en), row[1].en, *row[2:]] for row in rows]  # type: ignore[union-attr]
    assert told == [
        ["All", "Russian", 3, 0.5, 2],
        ["All", "English", 2, pytest.approx(1 / 3), 2],
        ["All", "not told", 1, pytest.approx(1 / 6), 1],
        [builders.PLACE, "Russian", 3, 0.6, 2],
        [builders.PLACE, "English", 1, 0.2, 1],
        [builders.PLACE, "not told", 1, 0.2, 1],
        ["vk:-7", "English", 1, 1, 1],
    ]

"""What the page of acts says in Russian: all answers and reasons that are ours, none that is a platform's."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.delivery.pages.answers import ANSWERS, answered
from services.delivery.platforms.platform import unreachable

SOURCES = sorted((Path(__file__).parents[3] / "services" / "delivery").rglob("*.py"))
LITERALS = re.compile(r'(?:Done\(|Over\(answer=|Unreached\(|Drop\("[a-z_]+", |code="[a-z_]+", reason=)"([^"]+)"')
AT = datetime(2026, 3, 2, tzinfo=UTC)


def test_every_answer_that_stands_in_the_code_is_said_in_russian() -> None:
    found = {text for file in SOURCES for text in LITERALS.findall(file.read_text(encoding="utf-8"))}

    assert "was sent before" in found
    assert sorted(text for text in found if answered(text).ru == text) == []
    assert {answered(text).en for text in ANSWERS} == set(ANSWERS)


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        ("deleted", "удалено"),
        ("the brand has no connection to portal", "у бренда нет подключения к portal"),
        (
            "none of the brand's connections to vk lists this community",
            "ни в одном подключении бренда к vk нет этого сообщества",
        ),
        (
            "the connection acme-telegram only shows what would be done",
            "подключение acme-telegram только показывает, что было бы сделано",
        ),
        (f"its time was over at {AT:%Y-%m-%d %H:%M:%S} UTC", "срок истёк 2026-03-02 00:00:00 UTC"),
        ("muted for 30 s: Telegram knows nothing shorter", "писать запрещено на 30 с: короче Telegram не умеет"),
        (
            "it may have been done: the brand has no connection to vk",
            "возможно, сделано: у бренда нет подключения к vk",
        ),
        ("a try before may have done it: Telegram refuses: No", "возможно, сделано прошлой попыткой: Telegram refuses: No"),
        (
            str(unreachable("Telegram refuses: No")),
            "Telegram refuses: No; участник не писал боту (или не принимает сообщений), поэтому бот не может написать ему",
        ),
        ("VK refuses (15): Access denied", "VK refuses (15): Access denied"),
        ("<b>{deleted}</b> [x]", "<b>{deleted}</b> [x]"),
    ],
)
def test_what_holds_a_name_keeps_it_and_what_a_platform_says_stays(english: str, russian: str) -> None:
    assert answered(english) == (english, russian)

"""A report in a notice: its days, its headlines beside those of the period before, and where it is read."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.delivery.rules.notices import words
from services.delivery.rules.notices.occasions import Told, told_of
from services.delivery.rules.notices.reports import address, written
from shared.events.reporting import Bilingual, Headline
from shared.said import Language
from tests.builders import report_ready


def headline(form: Any, value: float | None, before: float | None = None) -> Headline:  # noqa: ANN401 - one of four
    return Headline(figure="f", name=Bilingual(en="Answers", ru="Ответы"), form=form, value=value, before=before)


def told(**change: Any) -> Told:  # noqa: ANN401 - any field
    found = told_of(report_ready(**change))
    assert found is not None
    return found


def test_it_says_its_days_and_its_headlines_in_both_languages() -> None:
    report = told()

    assert words.lines(report, Language.EN) == (
        'Report "The week", 2026-02-23 to 2026-03-01 (telegram:-1001234567890)\nContent: 1,200 (before 1,000, +20\u202f%)'
    )
    assert words.lines(report, Language.RU).splitlines() == [
        "Отчёт «Неделя», 2026-02-23 – 2026-03-01 (telegram:-1001234567890)",
        "Публикации: 1\u202f200 (раньше 1\u202f000, +20\u202f%)",
    ]
    assert words.line(told(until=date(2026, 2, 24), community=None), Language.EN) == 'Report "The week", 2026-02-23'


def test_one_without_a_link_leads_nowhere() -> None:
    report = told(link="")

    assert words.link(report, "https://staff.example", Language.EN) is None
    assert report.values["link"] == ""


def test_programs_are_told_the_numbers_and_no_member() -> None:
    values = told(figures=(headline("seconds", 90.5), headline("count", None))).values

    assert (values["f"], values["f_before"], values["schedule"], values["period"]) == ("", "", "weekly", "2026-W09")
    assert values["link"] == "https://staff.example/shared/token"
    assert told().values["content"] == "1200"
    assert told().values["content_before"] == "1000"
    assert told().routes == ("managers",)


@pytest.mark.parametrize(
    ("form", "value", "en", "ru"),
    [
        ("count", 1_234.0, "1,234", "1\u202f234"),
        ("count", -5.0, "−5", "−5"),
        ("rate", 1.5, "1.50", "1,50"),
        ("share", 0.1234, "12.3\u202f%", "12,3\u202f%"),
        ("seconds", 45.0, "0.8\u202fmin", "0,8\u202fмин"),
        ("seconds", 3_600.0, "60\u202fmin", "60\u202fмин"),
        ("seconds", 9_000.0, "2.5\u202fh", "2,5\u202fч"),
        ("seconds", 864_000.0, "10\u202fd", "10\u202fдн."),
        ("count", None, "—", "—"),
    ],
)
def test_numbers_are_written_as_people_read_them(form: str, value: float | None, en: str, ru: str) -> None:
    found = headline(form, value)

    assert [written(found, value, language) for language in (Language.EN, Language.RU)] == [en, ru]


@pytest.mark.parametrize(
    ("values", "pages_url", "language", "link"),
    [
        (
            {"link": "https://a.example/shared/t", "languages": "en ru"},
            None,
            Language.RU,
            "https://a.example/shared/t?lang=ru",
        ),
        ({"link": "https://a.example/shared/t", "languages": "ru"}, None, Language.EN, "https://a.example/shared/t?lang=ru"),
        ({"link": "/shared/t", "languages": "en"}, "https://b.example/", Language.EN, "https://b.example/shared/t?lang=en"),
        ({"link": "/shared/t", "languages": "en"}, None, Language.EN, None),
        ({}, "https://b.example", Language.EN, None),
    ],
)
def test_the_link_is_there_where_somebody_knows_our_address(
    values: dict[str, str], pages_url: str | None, language: Language, link: str | None
) -> None:
    assert address(values, pages_url, language) == link

"""The words of the pages that people sign in for; those of figures are the report's own."""

from __future__ import annotations

from collections.abc import Mapping

from services.reporting.pages.words import WORDS
from shared.said import Said

PAGE_WORDS: Mapping[str, Said] = WORDS | {
    "overview": Said("Overview", "Обзор"),
    "recommendations": Said("Recommendations", "Рекомендации"),
    "cases": Said("Cases", "Дела"),
    "nothing_yet": Said(
        "Nothing was counted yet. Connect a community (docs/platforms.md) or import its history; "
        "figures come with its events.",
        "Пока ничего не посчитано. Подключите сообщество (docs/platforms.md) или загрузите его историю: показатели появятся "
        "вместе с событиями.",
    ),
    "last_days": Said("Last days:", "Последние дни:"),
    "whole_report": Said("The whole report", "Отчёт целиком"),
    "get_as": Said("Download:", "Скачать:"),
    "all_communities": Said("All communities", "Все сообщества"),
    "meaning": Said("What it means", "Что это значит"),
    "as_of": Said("as of", "на"),
    "unit": Said("Unit", "Единица"),
    "untold_on": Said("Not told by", "Не сообщают"),
    "told_by_all": Said("Every platform tells it.", "Сообщают все платформы."),
    "sources": Said("Where it comes from", "Откуда данные"),
    "topic": Said("Topic", "Топик"),
    "partition": Said("Partition", "Раздел"),
    "next_offset": Said("Counted up to offset", "Посчитано до смещения"),
    "proof": Said(
        "Count it again from Kafka, as far back as the topics reach:",
        "Пересчитать из Kafka, насколько хватает топиков:",
    ),
    "over_time": Said("Over time", "Динамика"),
}

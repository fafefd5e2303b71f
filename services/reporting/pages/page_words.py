"""The words of the pages that people sign in for; those of figures are the report's own."""

from __future__ import annotations

from collections.abc import Mapping

from services.reporting.pages.words import WORDS
from shared.said import Said

PAGE_WORDS: Mapping[str, Said] = WORDS | {
    "overview": Said("Overview", "Обзор"),
    "recommendations": Said("Recommendations", "Рекомендации"),
    "cases": Said("Cases", "Дела"),
    "goals": Said("Goals", "Цели"),
    "incidents": Said("Incidents", "Инциденты"),
    "no_incidents": Said("Nothing unusual was noticed.", "Ничего необычного не замечено."),
    "any": Said("All", "Все"),
    "only_open": Said("Open", "Открытые"),
    "only_closed": Said("Closed", "Закрытые"),
    "to_do": Said("To do", "Что сделать"),
    "acknowledge": Said("I look after it", "Беру в работу"),
    "finish": Said("Done", "Сделано"),
    "approve": Said("Approve and publish", "Одобрить и опубликовать"),
    "note": Said("Note", "Заметка"),
    "write_down": Said("Write it down", "Записать"),
    "assign_to": Said("Name of somebody of the staff", "Имя сотрудника"),
    "assign": Said("Assign", "Назначить"),
    "why_closed": Said("Why it is over", "Почему завершён"),
    "close": Said("Close the incident", "Закрыть инцидент"),
    "nothing_yet": Said(
        "Nothing was counted yet. Connect a community (docs/platforms.md) or import its history; "
        "figures come with its events.",
        "Пока ничего не посчитано. Подключите сообщество (docs/platforms.md) или загрузите его историю: показатели появятся "
        "вместе с событиями.",
    ),
    "last_days": Said("Last days:", "Последние дни:"),
    "whole_report": Said("The whole report", "Отчёт целиком"),
    "share": Said("Share by a link", "Поделиться ссылкой"),
    "share_days": Said("Days that the link is valid", "Сколько дней действует ссылка"),
    "link_once": Said(
        "Whoever has this link reads the report, without signing in. It is shown once.",
        "По этой ссылке отчёт прочтёт любой, без входа. Она показывается один раз.",
    ),
    "valid_until": Said("Valid until", "Действует до"),
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

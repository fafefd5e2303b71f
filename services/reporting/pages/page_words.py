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
    "beside_others": Said("Beside the brand's other communities", "Рядом с другими сообществами бренда"),
    "beside_how": Said(
        "What is usual is the middle half of the others. Place 1 is the highest value, which is not always the best.",
        "Обычное — средняя половина остальных. Место 1 — самое большое значение, и это не всегда лучшее.",
    ),
    "usual": Said("Usual", "Обычно"),
    "median": Said("Median", "Медиана"),
    "place": Said("Place", "Место"),
    "place_of": Said("{} of {}", "{} из {}"),
    "of_platform": Said("on this platform", "на этой платформе"),
    "of_all": Said("on all platforms", "на всех платформах"),
    "per_members": Said("per 100 active members", "на 100 активных участников"),
    "among": Said("Among", "Среди"),
    "by_kind": Said("By kind", "По видам"),
    "by_format": Said("By format", "По форматам"),
    "by_topic": Said("By topic", "По темам"),
    "by_topic_how": Said(
        "Posts of the brand's own by the categories of its plan, and everybody's contents that name what is "
        "listened for. One content may belong to several topics.",
        "Посты бренда по категориям его плана и публикации всех, где упомянуто то, за чем он следит. Одна публикация может "
        "относиться к нескольким темам.",
    ),
    "over_time": Said("Over time", "Динамика"),
}

"""The words of the page of recommendations."""

from __future__ import annotations

from collections.abc import Mapping

from services.reporting.pages.page_words import PAGE_WORDS
from shared.said import Said

ADVICE_WORDS: Mapping[str, Said] = dict(PAGE_WORDS) | {
    "whole_brand": Said("the whole brand", "весь бренд"),
    "nothing_to_do": Said(
        "The rules find nothing to do in these weeks. They ask for evidence: small communities seldom have enough.",
        "За эти недели правила ничего не нашли. Им нужны данные: в небольших сообществах их редко хватает.",
    ),
    "to_do": Said("What to do", "Что сделать"),
    "effect": Said("What should come of it", "Ожидаемый результат"),
    "measured": Said("Measured by", "Чем измеряется"),
    "days_after": Said("days before and after the decision", "дн. до и после решения"),
    "evidence": Said("Least evidence", "Минимум данных"),
    "accept": Said("Accept", "Принять"),
    "dismiss": Said("Dismiss", "Отклонить"),
    "note": Said("A note (optional)", "Заметка (необязательно)"),
    "decided": Said("Decided", "Решено"),
    "accepted": Said("Accepted", "Принято"),
    "dismissed": Said("Dismissed", "Отклонено"),
    "by_whom": Said("by", "—"),
    "change_mind": Said("Decide otherwise", "Изменить решение"),
    "followed": Said("What became of it", "Что получилось"),
    "not_yet": Said("not measured yet", "ещё не измерено"),
    "helped": Said("It went where it should.", "Показатель изменился в нужную сторону."),
    "did_not_help": Said("It did not go where it should.", "Показатель не изменился в нужную сторону."),
    "a_difference": Said(
        "A difference after a decision is not proof of its effect: other things change as well.",
        "Изменение после решения ещё не доказывает его действия: меняется и многое другое.",
    ),
}

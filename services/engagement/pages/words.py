"""The words of members' pages, in English and Russian."""

from __future__ import annotations

from collections.abc import Mapping

from shared.said import Said

WORDS: Mapping[str, Said] = {
    "title": Said("Your page", "Ваша страница"),
    "only_you": Said(
        "Who has this page's address sees it and acts in your name: give it to nobody.",
        "Тот, у кого есть адрес этой страницы, видит её и действует от вашего имени: никому его не передавайте.",
    ),
    "balance": Said("Points", "Баллы"),
    "can_spend": Said("To spend now", "Можно потратить сейчас"),
    "level": Said("Level", "Уровень"),
    "next": Said("Next level", "Следующий уровень"),
    "missing": Said("missing: {}", "не хватает: {}"),
    "points_of": Said("{} of {} points", "{} из {} баллов"),
    "karma": Said("Karma", "Карма"),
    "streak": Said("Days without a gap", "Дней подряд"),
    "longest": Said("the longest: {}", "лучший результат: {}"),
    "vip": Said("VIP status", "Статус VIP"),
    "privileges": Said("What it gives", "Что он даёт"),
    "badges": Said("Badges", "Значки"),
    "no_badges": Said("None yet.", "Пока нет."),
    "tasks": Said("Tasks", "Задания"),
    "no_tasks": Said("There are no open tasks.", "Открытых заданий нет."),
    "until": Said("until", "до"),
    "after": Said("first: {}", "сначала: {}"),
    "completed": Said("Completed", "Выполнено"),
    "take_part": Said("Take part", "Участие"),
    "nothing": Said("There is nothing to take part in now.", "Сейчас участвовать не в чем."),
    "orders": Said("Orders that are done", "Завершённые заказы"),
    "history": Said("History", "История"),
    "no_history": Said("Nothing yet.", "Пока ничего."),
    "when": Said("When", "Когда"),
    "points": Said("Points", "Баллы"),
    "reason": Said("Why", "Почему"),
    "left": Said("Balance", "Баланс"),
    "outcome_done": Said("Done.", "Готово."),
    "outcome_pending": Said("It is on its way; look again in a moment.", "Ещё обрабатывается; обновите страницу позже."),
    "sanctions": Said("Restrictions in force", "Действующие ограничения"),
    "no_sanctions": Said("None.", "Нет."),
    "mute": Said("You cannot write", "Вы не можете писать"),
    "ban": Said("You are banned", "Вы заблокированы"),
    "everywhere": Said("in all communities", "во всех сообществах"),
    "appeal": Said(
        "The notice of a decision holds a link by which you can ask for another look.",
        "В сообщении о решении есть ссылка, по которой можно попросить пересмотреть его.",
    ),
    "settings": Said("Settings", "Настройки"),
    "write": Said(
        "Write to me when I win, when a place is free, before an event, about my orders",
        "Писать мне о выигрышах, освободившихся местах, приближающихся событиях и моих заказах",
    ),
    "save": Said("Save", "Сохранить"),
    "ask_bot": Said(
        "Ask the community's bot for your page: write /me to it.",
        "Попросите ссылку у бота сообщества: напишите ему /я.",
    ),
    "no_page": Said("There is no such page; was the whole address copied?", "Такой страницы нет; адрес скопирован целиком?"),
}

"""What severities, verdicts, reasons and deeds are called."""

from __future__ import annotations

from collections.abc import Mapping

from shared.said import Said

SEVERITIES: Mapping[str, Said] = {
    "low": Said("Low", "Низкая"),
    "medium": Said("Medium", "Средняя"),
    "high": Said("High", "Высокая"),
    "critical": Said("Critical", "Критическая"),
}

VERDICTS: Mapping[str, Said] = {
    "allow": Said("Allow", "Разрешить"),
    "keep": Said("Keep as it is", "Оставить как есть"),
    "label": Said("Mark the author", "Отметить автора"),
    "flag": Said("Have it looked at", "На рассмотрение"),
    "hold": Said("Hold back", "Задержать"),
    "hide": Said("Hide", "Скрыть"),
    "remove": Said("Remove", "Удалить"),
    "warn": Said("Warn", "Предупредить"),
    "mute": Said("Mute", "Запретить писать"),
    "ban": Said("Ban", "Заблокировать"),
}
"""Of rules, and of people."""

KINDS: Mapping[str, Said] = {
    "content": Said("Message", "Сообщение"),
    "raid": Said("Raid", "Налёт"),
    "request": Said("Request to join", "Заявка на вступление"),
    "dispute": Said("Dispute", "Спор"),
}

STATUSES: Mapping[str, Said] = {
    "open": Said("Open", "Открытые"),
    "closed": Said("Closed", "Закрытые"),
    "all": Said("All", "Все"),
}

WHY: Mapping[str, Said] = {
    "complaints": Said("complaints", "жалобы"),
    "appeal": Said("appeal", "обращение о пересмотре"),
    "review": Said("second look", "повторная проверка"),
    "disagreement": Said("two moderators disagree", "модераторы не согласны"),
    "overdue": Said("answer is overdue", "срок ответа прошёл"),
    "dispute": Said("dispute", "спор"),
    "words": Said("words", "слова"),
    "phrases": Said("signs of spam", "признаки спама"),
    "flood": Said("flood", "поток сообщений"),
    "repeats": Said("repeats", "повторы"),
    "newcomer-links": Said("a newcomer's link", "ссылка новичка"),
    "copies": Said("copies by several members", "копии от нескольких участников"),
    "conflicts": Said("conflict", "ссора"),
    "raids": Said("raid", "налёт"),
    "join-requests": Said("request to join", "заявка на вступление"),
    "language": Said("language", "язык"),
    "domains": Said("site", "сайт"),
    "mentions": Said("mentions", "упоминания"),
    "capitals": Said("capitals", "заглавные буквы"),
    "emoji": Said("emoji", "эмодзи"),
    "attachments": Said("attachment", "вложение"),
    "first-posts": Said("first message", "первое сообщение"),
    "brakes": Said("held by the brake", "задержано тормозом"),
    "not_carried_out": Said("was not removed on the platform", "не удалено на платформе"),
}
"""What opens cases; a brand's own rules are shown by their ids."""

DID: Mapping[str, Said] = {
    "decided": Said("rules decided", "решение правил"),
    "complained": Said("complained", "жалоба"),
    "told": Said("the platform's answer", "ответ платформы"),
    "moderation.command.claim": Said("claimed", "взято в работу"),
    "moderation.command.release": Said("released", "возвращено в очередь"),
    "moderation.command.assign": Said("assigned", "назначено"),
    "moderation.command.escalate": Said("escalated", "передано менеджеру"),
    "moderation.command.note": Said("noted", "заметка"),
    "moderation.command.decide": Said("decided", "решение"),
    "moderation.command.reverse": Said("took back", "отмена решения"),
    "moderation.command.lift": Said("ended a sanction", "санкция снята"),
    "moderation.command.appeal": Said("asked for another look", "просьба о пересмотре"),
    "moderation.command.dispute": Said("opened a dispute", "открыт спор"),
    "moderation.command.statement": Said("took down a statement", "записаны слова стороны"),
    "moderation.command.settle": Said("ended the dispute", "спор завершён"),
    "moderation.command.overdue": Said("was not answered in time", "нет ответа в срок"),
    "moderation.command.nearing": Said("was soon to be answered", "скоро истекает срок ответа"),
    "moderation.command.unheard": Said("waited for a decision in vain", "решения так и не было"),
}
"""What stands in the audit."""

UNMADE: Mapping[str, Said] = {
    "unsupported": Said("the platform can't do it", "платформа этого не умеет"),
    "forbidden": Said("the bot lacks a right there", "у бота нет там прав"),
    "refused": Said("the platform refused", "платформа отказала"),
    "late": Said("it could not be done in time", "не успели сделать вовремя"),
    "uncertain": Said("nobody knows whether it was done", "неизвестно, сделано ли"),
    "given_up": Said("it was tried in vain", "попытки не удались"),
}
"""Why a removal was not carried out."""

OUTCOMES: Mapping[str, Said] = {
    "settled": Said("They made peace", "Стороны помирились"),
    "first": Said("The first was wrong", "Неправ первый участник"),
    "second": Said("The second was wrong", "Неправ второй участник"),
    "both": Said("Both were wrong", "Неправы оба"),
}
"""How disputes end."""

DURATIONS: Mapping[str, Said] = {
    "1h": Said("1 hour", "1 час"),
    "12h": Said("12 hours", "12 часов"),
    "1d": Said("1 day", "1 день"),
    "7d": Said("7 days", "7 дней"),
    "30d": Said("30 days", "30 дней"),
    "90d": Said("90 days", "90 дней"),
}
"""Of mutes and bans, to choose from."""


def named(names: Mapping[str, Said], key: str) -> Said:
    """Return what something is called; what has no name here is called by its id."""
    return names.get(key) or Said(key, key)

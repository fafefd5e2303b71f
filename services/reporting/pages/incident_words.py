"""The words of incidents, in English and Russian."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from shared.said import Said

WORDS: Mapping[str, Said] = MappingProxyType(
    {
        "post_mortem": Said("Post-mortem", "Разбор инцидента"),
        "incident": Said("Incident", "Инцидент"),
        "whole_brand": Said("the whole brand", "весь бренд"),
        "of_others": Said("not the brand's own", "чужое сообщество"),
        "opened": Said("Opened", "Открыт"),
        "closed": Said("Closed", "Закрыт"),
        "still_open": Said("still open", "ещё открыт"),
        "by_quiet": Said("it became quiet", "стало тихо"),
        "severity": Said("Severity", "Серьёзность"),
        "to_acknowledge": Said("Until somebody took it", "До принятия в работу"),
        "to_close": Said("Until it was closed", "До закрытия"),
        "alarming": Said("From first to last alarm", "От первой до последней тревоги"),
        "nobody": Said("nobody", "никто"),
        "acknowledged": Said("Acknowledged by", "Принял в работу"),
        "assigned": Said("Assigned to", "Ответственный"),
        "what_happened": Said("What was unusual", "Что было необычного"),
        "signal": Said("Signal", "Сигнал"),
        "since": Said("Since (UTC)", "С какого времени (UTC)"),
        "people": Said("People", "Людей"),
        "expected": Said("Usual", "Обычно"),
        "ratio": Said("Times", "Во сколько раз"),
        "at_worst": Said("At worst", "В худший момент"),
        "bar": Said("Strength / bar", "Сила / порог"),
        "about": Said("What it was about", "О чём"),
        "where": Said("Where", "Где"),
        "time_line": Said("Time line", "Хронология"),
        "when": Said("When (UTC)", "Когда (UTC)"),
        "who": Said("Who", "Кто"),
        "what": Said("What", "Что"),
        "details": Said("Details", "Подробности"),
        "steps": Said("Steps", "Шаги"),
        "role": Said("Whose", "Чей"),
        "done": Said("Done", "Сделано"),
        "not_done": Said("not done", "не сделано"),
        "statements": Said("Statements", "Заявления"),
        "not_approved": Said("not approved, so not published", "не одобрено и не опубликовано"),
        "approved_by": Said("Approved by", "Одобрил"),
        "decided": Said("What was decided", "Что решили"),
        "nothing_decided": Said("No reason was given and no note was left.", "Причина не указана, заметок нет."),
        "slow_mode": Said("Slow mode", "Медленный режим"),
        "paused": Said("{pause_s} s between messages, until {until}", "{pause_s} с между сообщениями, до {until}"),
        "none": Said("None.", "Нет."),
        "note_on_people": Said(
            "People are counted, not contents: who acts again within three hours is the same person. The usual is the "
            "community's own, by the hour of the day, on working days and weekends.",
            "Считаются люди, а не публикации: кто проявился снова в течение трёх часов — тот же человек. Обычное — "
            "собственное для сообщества, по часам дня, в будни и выходные.",
        ),
    }
)

SIGNALS: Mapping[str, Said] = MappingProxyType(
    {
        "volume": Said("people who wrote", "писали"),
        "negativity": Said("people who wrote in anger", "писали с негативом"),
        "complaints": Said("people who complained", "пожаловались"),
        "removals": Said("people whose contents were removed", "лишились публикаций"),
        "departures": Said("people who left", "ушли"),
    }
)

SEVERITIES: Mapping[str, Said] = MappingProxyType(
    {
        "low": Said("low", "низкая"),
        "medium": Said("medium", "средняя"),
        "high": Said("high", "высокая"),
        "critical": Said("critical", "критическая"),
    }
)

DID: Mapping[str, Said] = MappingProxyType(
    {
        "opened": Said("incident opened", "инцидент открыт"),
        "joined": Said("another signal joined", "добавился сигнал"),
        "worsened": Said("became worse", "стало хуже"),
        "reopened": Said("opened again", "открыт снова"),
        "slowed": Said("slow mode was asked for", "запрошен медленный режим"),
        "held": Said("planned posts wait", "запланированные публикации ждут"),
        "let_go": Said("planned posts go on", "запланированные публикации продолжаются"),
        "eased": Said("the end of slow mode was asked for", "запрошено окончание медленного режима"),
        "acknowledged": Said("acknowledged", "принят в работу"),
        "assigned": Said("assigned", "назначен ответственный"),
        "noted": Said("note", "заметка"),
        "finished": Said("step done", "шаг сделан"),
        "approved": Said("statement approved and sent out", "заявление одобрено и отправлено"),
        "closed": Said("closed", "закрыт"),
    }
)

ROLES: Mapping[str, Said] = MappingProxyType(
    {
        "owner": Said("owner", "владелец"),
        "community_manager": Said("community manager", "комьюнити-менеджер"),
        "moderator": Said("moderator", "модератор"),
    }
)

BY_RULES = Said("Veche", "Вече")

"""What the page of acts is written with."""

from __future__ import annotations

from collections.abc import Mapping

from shared.said import Said

WORDS: dict[str, Said] = {
    "cases": Said("Cases", "Дела"),
    "acts": Said("Acts on the platforms", "Действия на платформах"),
    "filters": Said("Filters", "Отбор"),
    "community": Said("Community", "Сообщество"),
    "outcome": Said("Outcome", "Итог"),
    "cause": Said("Decision (cause)", "Решение (причина)"),
    "all": Said("All", "Любой"),
    "filter": Said("Show", "Показать"),
    "reset": Said("Clear", "Сбросить"),
    "none": Said("Nothing was done yet.", "Пока ничего не сделано."),
    "no_match": Said("Nothing matches.", "Ничего не найдено."),
    "next_page": Said("Earlier", "Раньше"),
    "first_page": Said("Newest", "Новейшие"),
    "open": Said("Waiting to be done:", "Ждут исполнения:"),
    "oldest": Said("the oldest since", "самое раннее с"),
    "stopped": Said(
        "Stopped: nothing is carried out until somebody starts it again.",
        "Остановлено: ничего не исполняется, пока это не запустят снова.",
    ),
    "by": Said("by", "кем:"),
    "stop": Said("Stop all acts of the brand", "Остановить все действия бренда"),
    "start": Said("Go on", "Продолжить"),
    "connections": Said("Connections", "Подключения"),
    "mode": Said("Mode", "Режим"),
    "last_day": Said("In the last 24 hours", "За последние 24 часа"),
    "not_acted": Said(
        "In communities where no connection acts, in the last 24 hours (no fault where that is meant, as with a portal)",
        "В сообществах без действующего подключения за последние 24 часа (не сбой, если так задумано, как у портала)",
    ),
    "waiting": Said("waiting", "ждут очереди"),
    "problem": Said("What is wrong", "Что не так"),
    "target": Said("on", "над"),
    "through": Said("Through", "Через"),
    "tries": Said("tries", "попыток"),
    "receipt": Said("The platform's answer", "Ответ платформы"),
    "because": Said("Why not", "Почему нет"),
    "decision": Said("Decision", "Решение"),
    "trace": Said("Trace", "Трассировка"),
}

KINDS: Mapping[str, Said] = {
    "delete": Said("Delete", "Удалить"),
    "hide": Said("Hide", "Скрыть"),
    "restore": Said("Bring back", "Вернуть"),
    "mute": Said("Mute", "Запретить писать"),
    "unmute": Said("Let write again", "Разрешить писать"),
    "ban": Said("Ban", "Заблокировать"),
    "unban": Said("Lift the ban", "Разблокировать"),
    "reply": Said("Reply", "Ответить"),
    "message": Said("Write to the member", "Написать участнику"),
    "publish": Said("Publish", "Опубликовать"),
    "pin": Said("Pin", "Закрепить"),
    "slow_mode": Said("Slow mode", "Медленный режим"),
    "answer": Said("Answer a press", "Ответить на нажатие"),
}

OUTCOMES: Mapping[str, Said] = {
    "done": Said("done", "сделано"),
    "unsupported": Said("the platform can't do it", "платформа этого не умеет"),
    "forbidden": Said("the bot lacks a right", "у бота нет права"),
    "unreachable": Said("the member takes no messages from the bot", "участник не принимает сообщений от бота"),
    "gone": Said("it is not there any more", "этого уже нет"),
    "refused": Said("the platform refused", "платформа отказала"),
    "late": Said("too late", "слишком поздно"),
    "reversed": Said("taken back before", "отменено раньше"),
    "replaced": Said("replaced by a later act", "заменено более поздним"),
    "dry_run": Said("only shown (dry run)", "только показано (пробный режим)"),
    "unconnected": Said("no connection acts there", "нет подключения"),
    "uncertain": Said("perhaps done: look", "возможно, сделано: проверьте"),
    "given_up": Said("given up", "не удалось"),
}

MODES: Mapping[str, Said] = {
    "live": Said("carries out", "исполняет"),
    "dry_run": Said("only shows (dry run)", "только показывает (пробный режим)"),
    "off": Said("off", "выключено"),
}

"""Answers and reasons of our own making, in Russian; what a platform says stays as it says it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from services.delivery.platforms.platform import UNREACHABLE
from shared.said import Said

ANSWERS: Mapping[str, str] = {
    "deleted": "удалено",
    "deleted: Telegram hides nothing": "удалено: Telegram не умеет скрывать",
    "deleted: Discord hides nothing": "удалено: Discord не умеет скрывать",
    "deleted: Slack hides nothing": "удалено: Slack не умеет скрывать",
    "deleted: VK hides nothing, and restore brings it back": "удалено: VK не умеет скрывать, но удалённое можно вернуть",
    "deleted: restore brings it back": "удалено: можно вернуть",
    "was deleted already": "уже было удалено",
    "restored": "возвращено",
    "was so already": "уже было так",
    "it was never taken away": "это не удаляли",
    "muted": "писать запрещено",
    "was muted already": "писать уже было запрещено",
    "muted for a year: VK knows nothing longer but for good": "писать запрещено на год: дольше VK умеет только навсегда",
    "unmuted": "писать разрешено",
    "was unmuted already": "писать уже было разрешено",
    "banned": "заблокирован",
    "was banned already": "уже был заблокирован",
    "banned for a year: VK knows nothing longer but for good": "заблокирован на год: дольше VK умеет только навсегда",
    "unbanned": "разблокирован",
    "was unbanned already": "уже был разблокирован",
    "was not banned": "не был заблокирован",
    "its end has passed, so nothing was done": "срок уже истёк, поэтому ничего не сделано",
    "put out of the channel: Slack has no bans, and a public channel lets anybody come back": (
        "исключён из канала: в Slack нет блокировок, и в открытый канал может вернуться любой"
    ),
    "was not in the channel": "не был в канале",
    "pinned": "закреплено",
    "was pinned already": "уже было закреплено",
    "shown": "показано",
    "slowed down": "замедлено",
    "slow mode ended": "медленный режим выключен",
    "sent": "отправлено",
    "was sent before": "было отправлено раньше",
    "sent; it waits for the forum's moderators": "отправлено; ждёт модераторов форума",
    "sent; the forum did not say where": "отправлено; форум не сказал куда",
    "sent; the poll stays open": "отправлено; опрос остаётся открытым",
    "sent; Telegram closes no poll after hours, so it stays open": (
        "отправлено; Telegram не закрывает опросы через часы, поэтому он остаётся открытым"
    ),
    "what it follows from was taken back before it was carried out": "решение отменили раньше, чем оно было исполнено",
    "a later act made it pointless before it was carried out": "более позднее действие сделало это ненужным",
    "it is over already, as somebody else has told": "это уже завершено, как сообщил другой процесс",
    "the content is not one of the community that the act is for": "сообщение не из того сообщества, для которого действие",
}

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), russian)
    for pattern, russian in (
        (r"the brand has no connection to (\S+)\Z", r"у бренда нет подключения к \1"),
        (
            r"the brand's connections to (\S+) carry nothing out: set acts to dry_run or live\Z",
            r"подключения бренда к \1 ничего не исполняют: задайте acts: dry_run или live",
        ),
        (
            r"the brand's connections to (\S+) name no token: add one, see docs/delivery\.md\Z",
            r"в подключениях бренда к \1 нет токена: добавьте его, см. docs/delivery.md",
        ),
        (
            r"none of the brand's connections to (\S+) lists this community\Z",
            r"ни в одном подключении бренда к \1 нет этого сообщества",
        ),
        (
            r"none of the brand's connections to (\S+) carries such an act out: see its `carries`\Z",
            r"ни одно подключение бренда к \1 не исполняет таких действий: см. его `carries`",
        ),
        (r"(\S+) is not listed as the brand's own\Z", r"\1 не указано как собственное сообщество бренда"),
        (r"the connection (\S+) only shows what would be done\Z", r"подключение \1 только показывает, что было бы сделано"),
        (r"its time was over at (.+ UTC)\Z", r"срок истёк \1"),
        (r"(muted|banned) for (\d+) s: Telegram knows nothing shorter\Z", r"{\1} на \2 с: короче Telegram не умеет"),
        (
            r"(muted|banned) for good: Telegram knows no end more than (\d+) days away\Z",
            r"{\1} навсегда: Telegram не умеет задавать срок дальше \2 дн.",
        ),
        (r"(muted) for (\d+) days: Discord knows nothing longer\Z", r"{\1} на \2 дн.: дольше Discord не умеет"),
        (r"slowed down to (\d+) s: Discord knows nothing longer\Z", r"замедлено до \1 с: дольше Discord не умеет"),
        (r"it may have been done: (.+)\Z", r"возможно, сделано: [\1]"),
        (r"a try before may have done it: (.+)\Z", r"возможно, сделано прошлой попыткой: [\1]"),
        (
            r"a bug of ours: (\w+); the log of the delivery service says more\Z",
            r"ошибка Veche: \1; подробности в журнале службы delivery",
        ),
        (
            rf"(.*); {re.escape(UNREACHABLE)}\Z",
            r"\1; участник не писал боту (или не принимает сообщений), поэтому бот не может написать ему",
        ),
    )
)
"""What holds a name or a number. Of a word in braces and a reason in brackets the Russian is put in."""

_WITHIN = re.compile(r"\{(\w+)\}|\[(.+)\]\Z", re.DOTALL)


def answered(text: str) -> Said:
    """Return an answer or a reason in both languages; in that of the platform alone where it is not ours."""
    return Said(text, _russian(text))


def _russian(text: str) -> str:
    if text in ANSWERS:
        return ANSWERS[text]
    for pattern, russian in _PATTERNS:
        match = pattern.match(text)
        if match is not None:
            return _WITHIN.sub(lambda one: _russian(one[1] or one[2]), match.expand(russian))
    return text

"""What staff read, in English and Russian: a line for each thing, and where to look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from urllib.parse import quote

from services.delivery.rules.notices.occasions import SEVERITIES, Told
from services.delivery.rules.notices.reports import address
from shared.said import Language, Said

LINES_MAX = 10
"""Of one notice; the others are counted."""

_LINES: Mapping[str, Said] = MappingProxyType(
    {
        "incident": Said(
            "Incident: {figure} is {observed}, expected {expected}", "Инцидент: {figure} — {observed}, ожидалось {expected}"
        ),
        "incident unexpected": Said("Incident: {figure} is {observed}", "Инцидент: {figure} — {observed}"),
        "incident over": Said("Over: {figure} is {observed} again", "Инцидент завершён: {figure} снова {observed}"),
        "incident lasted": Said("Over: {figure}; it lasted {hours} h", "Инцидент завершён: {figure}; продолжался {hours} ч"),
        "brake": Said(
            "The brake stopped automatic acts: more than {limit} in {minutes} minutes. They wait for a moderator: "
            "decide `remove` to let one go, `allow` to drop it",
            "Тормоз остановил автоматические действия: больше {limit} за {minutes} мин. Они ждут модератора: "
            "решение «Удалить» (remove) исполнит действие, «Разрешить» (allow) отменит его",
        ),
        "appeal_deadline": Said(
            "An appeal is to be answered by {due}, and nobody has yet",
            "Обращение о пересмотре ждёт ответа до {due}, и ответа ещё нет",
        ),
        "appeal_deadline over": Said(
            "The appeal that was due by {due} is answered", "Обращение со сроком {due} рассмотрено"
        ),
        "connection_lost": Said(
            "Connection lost: {connection} ({platform}): {reason}",
            "Потеряно подключение {connection} ({platform}): {reason}",
        ),
        "connection_lost over": Said(
            "{connection} ({platform}) works again", "Подключение {connection} ({platform}) снова работает"
        ),
        "goal_at_risk": Said(
            "Goal at risk: {goal}: {figure} will be {forecast} of {target} by {due}",
            "Цель под угрозой: {goal}: {figure} будет {forecast} из {target} к {due}",
        ),
        "report": Said('Report "{title_en}", {since} to {last}', "Отчёт «{title_ru}», {since} – {last}"),
        "report of a day": Said('Report "{title_en}", {since}', "Отчёт «{title_ru}», {since}"),
    }
)
_FIGURES: Mapping[str, Said] = MappingProxyType(
    {
        "volume": Said("people who write", "людей, которые пишут"),
        "negativity": Said("people who write in anger", "людей, которые пишут с негативом"),
        "complaints": Said("people who complain", "людей, которые жалуются"),
        "removals": Said("people whose contents are removed", "людей, чьи публикации удалены"),
        "departures": Said("people who leave", "людей, которые уходят"),
    }
)
"""What incidents of reporting's watches are about; other figures are called what their event calls them."""
_SEVERITY: Mapping[str, Said] = MappingProxyType(
    {
        "low": Said("low", "низкая важность"),
        "medium": Said("medium", "средняя важность"),
        "high": Said("high", "высокая важность"),
        "critical": Said("critical", "критично"),
    }
)
_OVER = Said("over by now", "уже завершено")
_MORE = Said("and {count} more", "и ещё {count}")
_SEVERAL = Said("{count} notices", "Уведомлений: {count}")

_PAGES: Mapping[str, str] = MappingProxyType({"brake": "cases", "appeal_deadline": "cases"})
"""Where a person goes on: the page of moderation. For the others there is no page yet."""


def line(told: Told, language: Language, *, over_since: bool = False) -> str:
    """Return one thing in a line: how severe, where, what."""
    name = told.occasion + (" over" if told.over else "")
    if told.occasion == "incident" and not told.over and not told.values.get("expected"):
        name = "incident unexpected"
    if name == "report" and told.values["since"] == told.values["last"]:
        name = "report of a day"
    if name == "incident over" and told.values.get("hours"):
        name = "incident lasted"
    text = _LINES[name].by(language).format_map(_Values(_worded(told.values, language))).removesuffix(": ").strip()
    mark = "" if told.over or told.occasion == "report" else f"[{_SEVERITY[told.severity].by(language)}] "
    place = "" if told.community is None else f" ({told.community})"
    end = f" — {_OVER.by(language)}" if over_since else ""
    return f"{mark}{text}{place}{end}"


def lines(told: Told, language: Language, *, over_since: bool = False) -> str:
    """Return one thing with all that is told of it, a line for each."""
    return "\n".join([line(told, language, over_since=over_since), *told.details.get(language, ())])


def _worded(values: Mapping[str, str], language: Language) -> Mapping[str, str]:
    figure = _FIGURES.get(values.get("figure", ""))
    return values if figure is None else {**values, "figure": figure.by(language)}


class _Values(dict[str, str]):
    """Values by name; what is absent is told as nothing."""

    def __missing__(self, name: str) -> str:
        return "?"


def subject(lines: Sequence[str], count: int, brand: str, language: Language) -> str:
    """Return the subject of a mail, or a webhook's title."""
    title = lines[0] if count == 1 else _SEVERAL.by(language).format(count=count)
    return f"{brand}: {title}"


def body(lines: Sequence[str], more: int, links: Sequence[str], language: Language, chars_max: int | None = None) -> str:
    """Return a notice: its lines, how many more there are, and where to look; fewer lines where it is too long."""
    rest = [_MORE.by(language).format(count=more)] if more else []
    text = "\n".join([*lines, *rest, *links])
    if chars_max is None or len(text) <= chars_max or len(lines) == 1:
        return text if chars_max is None else text[:chars_max]
    return body(lines[:-1], more + 1, links, language, chars_max)


def link(told: Told, pages_url: str | None, language: Language) -> str | None:
    """Return where a person goes on; None where there is no page, or the installation has no public address."""
    if told.occasion == "report":
        return address(told.values, pages_url, language)
    page = _PAGES.get(told.occasion)
    if pages_url is None or page is None:
        return None
    place = "" if told.community is None else f"&community={quote(told.community, safe='')}"
    return f"{pages_url.rstrip('/')}/{page}?brand={quote(told.brand, safe='')}{place}"


def worst(told: Sequence[Told]) -> str:
    """Return the severity of several things: that of the most severe."""
    return max((one.severity for one in told), key=SEVERITIES.index, default="low")

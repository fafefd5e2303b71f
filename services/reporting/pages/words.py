"""The words of the page, and how numbers and dates are written."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from services.reporting.figures.figure import Form
from services.reporting.figures.periods import Grain
from services.reporting.figures.tables.table import Cell
from shared.said import Language, Said

WORDS: dict[str, Said] = {
    "report": Said("Community report", "Отчёт о сообществах"),
    "zone": Said("Time zone", "Часовой пояс"),
    "days": Said("days", "дн."),
    "communities_count": Said("Communities", "Сообществ"),
    "compared": Said("compared with", "по сравнению с"),
    "unchanged": Said("unchanged", "без изменений"),
    "was_none": Said("none before", "раньше не было"),
    "untold": Said("not told by this platform", "платформа этого не сообщает"),
    "untold_by_all": Said("not told by these platforms", "платформы этого не сообщают"),
    "untold_long": Said("The platforms do not tell it.", "Платформы этого не сообщают."),
    "left_out": Said("without {}: not told by the platform", "без {}: платформа этого не сообщает"),
    "nothing": Said("Nothing of it in this period.", "За этот период ничего."),
    "on_average": Said("on average", "в среднем"),
    "a_day": Said("a day", "в день"),
    "a_week": Said("a week", "в неделю"),
    "a_month": Said("a month", "в месяц"),
    "headlines": Said("At a glance", "Коротко"),
    "charts": Said("Over time", "Динамика"),
    "as_table": Said("The same as a table", "То же таблицей"),
    "details": Said("In detail", "Подробно"),
    "figure": Said("Figure", "Показатель"),
    "value": Said("Value", "Значение"),
    "before": Said("Before", "Раньше"),
    "change": Said("Change", "Изменение"),
    "by_month": Said("By month", "По месяцам"),
    "kinds_by_month": Said("Content by kind and month", "Публикации по видам и месяцам"),
    "by_community": Said("By community", "По сообществам"),
    "month": Said("Month", "Месяц"),
    "community": Said("Community", "Сообщество"),
    "everywhere": Said("All communities", "Все сообщества"),
    "total": Said("Total", "Итого"),
    "period": Said("Period", "Период"),
    "definitions": Said("What the figures mean", "Что означают показатели"),
    "distinct": Said(
        "Active members are distinct people: totals are not the sum of the rows.",
        "Активные участники — разные люди: итог не равен сумме строк.",
    ),
    "cut": Said(
        "Weeks begin on Monday. Weeks and months at the edges hold only the days of the report.",
        "Недели начинаются с понедельника. Крайние недели и месяцы содержат только дни отчёта.",
    ),
    "late": Said(
        "Everything counts by the time when it happened, so late events may still change past days. "
        "In zones that are not whole hours from UTC an hour belongs to the day in which it begins.",
        "Всё считается по времени события, поэтому опоздавшие события могут изменить прошедшие дни. "
        "В поясах со смещением не в целых часах час относится ко дню, в котором он начинается.",
    ),
    "content_chart": Said("Content by kind", "Публикации по видам"),
    "active_chart": Said("Active members", "Активные участники"),
    "moves_chart": Said("Members joined and left", "Пришли и ушли"),
    "reactions_chart": Said("Reactions", "Реакции"),
    "removals_chart": Said("Removals and complaints", "Удаления и жалобы"),
    "points_chart": Said("Points issued and clawed back", "Баллы: начислено и отозвано"),
}

PER: dict[Grain, Said] = {
    Grain.HOUR: Said("by hour", "по часам"),
    Grain.DAY: Said("by day", "по дням"),
    Grain.WEEK: Said("by week", "по неделям"),
    Grain.MONTH: Said("by month", "по месяцам"),
}

MONTHS = (
    Said("Jan", "янв"),
    Said("Feb", "фев"),
    Said("Mar", "мар"),
    Said("Apr", "апр"),
    Said("May", "май"),
    Said("Jun", "июн"),
    Said("Jul", "июл"),
    Said("Aug", "авг"),
    Said("Sep", "сен"),
    Said("Oct", "окт"),
    Said("Nov", "ноя"),
    Said("Dec", "дек"),
)

NARROW = "\u202f"
"""A narrow space that does not break: between thousands in Russian."""
MINUS = "\u2212"
ONE_DAY = timedelta(days=1)


def number(value: float | None, language: Language, digits: int = 0) -> str:
    """Return a number as a person reads it; a dash where it is unknown."""
    if value is None:
        return "—"
    text = f"{value:,.{digits}f}".replace("-", MINUS)
    return text.replace(",", NARROW).replace(".", ",") if language is Language.RU else text


SPANS = ((86_400, Said("d", "дн.")), (3_600, Said("h", "ч")), (60, Said("min", "мин")), (1, Said("s", "с")))
"""Units of time, in seconds; what is longer than one of them is written in it."""


def duration(seconds: float, language: Language) -> str:
    """Return a stretch of time as a person reads it: in the greatest unit that it fills, with one decimal below ten."""
    length, unit = next(((length, unit) for length, unit in SPANS if seconds >= length), SPANS[-1])
    count = seconds / length
    return f"{number(count, language, 1 if count < TEN and count % 1 else 0)}{NARROW}{unit.by(language)}"


TEN = 10


def written(form: Form | None, value: Cell, language: Language) -> str:
    """Return a figure's value, or a cell of a table, as a person reads it; a dash where it is unknown."""
    match value:
        case None:
            return "—"
        case str() | Said():
            return value if isinstance(value, str) else value.by(language)
        case date():
            return day_named(value, language)
        case _ if form is Form.SECONDS:
            return duration(value, language)
        case _ if form is Form.SHARE:
            return f"{number(value * 100, language, 1)}{NARROW}%"
        case _:
            return number(value, language, 2 if form is Form.RATE else 0)


def delta(value: float | None, before: float | None, language: Language) -> str | None:
    """Return how a figure changed, in words; None where one of the two is unknown."""
    if value is None or before is None:
        return None
    if value == before:
        return WORDS["unchanged"].by(language)
    if before <= 0:
        return WORDS["was_none"].by(language)
    percent = (value - before) * 100 / before
    arrow, sign = ("▲", "+") if percent > 0 else ("▼", "")
    return f"{arrow} {sign}{number(percent, language, 0 if abs(percent) >= 1 else 1)}{NARROW}%"


def month_named(day: date, language: Language) -> str:
    """Return a month with its year."""
    return f"{MONTHS[day.month - 1].by(language)} {day.year}"


def day_named(day: date, language: Language) -> str:
    """Return a day with its month and year."""
    return f"{day.day} {month_named(day, language)}"


def hour_named(at: datetime, language: Language) -> str:
    """Return an hour of a day."""
    return f"{day_named(at.date(), language)}, {at:%H:%M}"


def span(since: date, until: date, language: Language) -> str:
    """Return the days of a frame, its last one included."""
    if until - since == ONE_DAY:
        return day_named(since, language)
    return f"{day_named(since, language)} – {day_named(until - ONE_DAY, language)}"

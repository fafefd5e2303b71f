"""What staff are told of a report: its headlines beside those of the period before, and where it is read. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from shared.events.reporting import Headline, ScheduledReport
from shared.said import Language, Said

MINUS, NARROW, UNKNOWN = "−", "\u202f", "—"

UNITS = ((86_400, Said("d", "дн.")), (3_600, Said("h", "ч")), (60, Said("min", "мин")))
"""Of times, from two of them on; what is shorter is told in minutes."""

SINGLE_MAX = 2
BIG = 10
"""From so many per cent, or units of time, on without a decimal."""

BEFORE = Said("before", "раньше")


def values_of(report: ScheduledReport) -> dict[str, object]:
    """Return what is told by name: what the first line is made of, and figures as programs read them."""
    told: dict[str, object] = {
        "schedule": report.schedule,
        "period": report.period,
        "since": report.since.isoformat(),
        "last": (report.until - timedelta(days=1)).isoformat(),
        "title_en": report.title.en,
        "title_ru": report.title.ru,
        "link": report.link,
        "languages": " ".join(report.languages),
        "formats": " ".join(report.formats),
    }
    for one in report.figures:
        told[one.figure] = _plain(one.value)
        told[f"{one.figure}_before"] = _plain(one.before)
    return told


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.15g}"


def details(report: ScheduledReport) -> dict[str, tuple[str, ...]]:
    """Return the headlines, a line for each, by language."""
    return {language.value: tuple(_lines(report, language)) for language in Language}


def _lines(report: ScheduledReport, language: Language) -> Iterator[str]:
    for one in report.figures:
        name = one.name.ru if language is Language.RU else one.name.en
        before = "" if one.before is None else f" ({BEFORE.by(language)} {written(one, one.before, language)}{_change(one)})"
        yield f"{name}: {written(one, one.value, language)}{before}"


def written(headline: Headline, value: float | None, language: Language) -> str:
    """Return a value as a person reads it."""
    if value is None:
        return UNKNOWN
    match headline.form:
        case "share":
            return f"{_number(value * 100, language, 1)}{NARROW}%"
        case "seconds":
            length, unit = next(((length, unit) for length, unit in UNITS if value >= SINGLE_MAX * length), UNITS[-1])
            return f"{_number(value / length, language, 0 if value >= BIG * length else 1)}{NARROW}{unit.by(language)}"
        case "rate":
            return _number(value, language, 2)
        case "count":
            return _number(value, language, 0)


def _number(value: float, language: Language, digits: int) -> str:
    text = f"{value:,.{digits}f}".replace("-", MINUS)
    return text.replace(",", NARROW).replace(".", ",") if language is Language.RU else text


def _change(headline: Headline) -> str:
    if headline.value is None or headline.before is None or headline.before <= 0 or headline.value == headline.before:
        return ""
    percent = (headline.value - headline.before) * 100 / headline.before
    return f", {percent:+.0f}{NARROW}%".replace("-", MINUS)


def address(values: Mapping[str, str], pages_url: str | None, language: Language) -> str | None:
    """Return where a report is read, in a language that it was made in; None where nobody knows our public address."""
    link, made_in = values.get("link", ""), values.get("languages", "").split()
    if link.startswith("/"):
        link = "" if pages_url is None else pages_url.rstrip("/") + link
    told = language.value if language.value in made_in or not made_in else made_in[0]
    return f"{link}?lang={told}" if link else None

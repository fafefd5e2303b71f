"""Recommendations in the words of people, and as the API tells them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.reporting.figures import figure_of
from services.reporting.pages.words import written
from services.reporting.rules.advice.advice import Advice, Decided, Followed
from services.reporting.rules.advice.rule import Numbers, Rule
from shared.said import Language


def said(rule: Rule, numbers: Numbers, language: Language) -> str:
    """Return what was seen, in words."""
    told = {name: written(one.form, one.value, language) for name, one in numbers.items()}
    return rule.says.by(language).format_map(told)


def in_words(rule: Rule, numbers: Numbers, language: Language) -> Mapping[str, str]:
    """Return all that is said of a recommendation."""
    measure = rule.measure(numbers)
    figure = figure_of(measure)
    return {
        "name": rule.name.by(language),
        "says": said(rule, numbers, language),
        "do": rule.do.by(language),
        "expected": rule.expected.by(language),
        "least": rule.least.by(language),
        "measured_by": measure if figure is None else figure.name.by(language),
    }


def advice_told(one: Advice, language: Language) -> dict[str, Any]:
    """Return a recommendation as the API tells it."""
    return {
        "id": one.id,
        "rule": one.rule.id,
        "community": one.community or None,
        "until": one.until,
        "status": "open",
        "version": 0,
        **_told(one.rule, one.numbers, language),
    }


def decided_told(one: Decided, rule: Rule | None, followed: Followed | None, language: Language) -> dict[str, Any]:
    """Return one that was decided as the API tells it; `followed` is there once the days are over."""
    return {
        "id": one.id,
        "rule": one.rule,
        "community": one.community or None,
        "until": one.until,
        "status": one.decision,
        "version": one.version,
        "by": one.by,
        "at": one.at,
        "note": one.note,
        **({} if rule is None else _told(rule, one.numbers, language)),
        "followed": None if followed is None or rule is None else _followed(followed, rule),
    }


def _told(rule: Rule, numbers: Numbers, language: Language) -> dict[str, Any]:
    measure = {"figure": rule.measure(numbers), "better": rule.better.value, "after_days": rule.days}
    values = {name: one.value for name, one in numbers.items()}
    return {**in_words(rule, numbers, language), "numbers": values, "measure": measure}


def _followed(followed: Followed, rule: Rule) -> dict[str, Any]:
    return {"then": followed.then, "now": followed.now, "helped": followed.helped(rule.better)}


def followed_words(followed: Followed, rule: Rule, language: Language) -> Mapping[str, Any]:
    """Return what became of the figure, in words."""
    figure = figure_of(followed.figure)
    form = None if figure is None else figure.form
    then, now = (written(form, value, language) for value in (followed.then, followed.now))
    return {"then": then, "now": now, "helped": followed.helped(rule.better)}

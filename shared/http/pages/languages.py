"""Which language a page is in: what was chosen, else what the browser asks for, else English."""

from __future__ import annotations

from collections.abc import Iterator

from shared.said import Language

COOKIE = "veche-lang"
CHOSEN_S = 31_536_000
"""A year: nobody wants to choose twice."""
ACCEPTED_MAX = 20
"""Languages of a header that are looked at."""


def language_of(chosen: str | None, kept: str | None, accepted: str) -> Language:
    """Return the language; arguments are `?lang`, the cookie, and `Accept-Language`, by falling weight."""
    for told in (chosen, kept):
        if told is not None and known(told):
            return Language(told)
    weighed = sorted(_accepted(accepted), key=lambda found: -found[0])
    return next((Language(tag) for weight, tag in weighed if weight > 0 and known(tag)), Language.EN)


def known(tag: str) -> bool:
    """Say whether it is a language that we write."""
    return tag in set(Language)


def _accepted(header: str) -> Iterator[tuple[float, str]]:
    """Yield weights and languages, without their regions (RFC 9110, 12.5.4)."""
    for item in header.split(",")[:ACCEPTED_MAX]:
        tag, _, weight = item.partition(";")
        yield _weight(weight), tag.strip().lower().partition("-")[0]


def _weight(told: str) -> float:
    name, _, number = told.replace(" ", "").partition("=")
    try:
        return float(number) if name == "q" else 1.0
    except ValueError:
        return 0.0

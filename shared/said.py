"""What is said to people in every language that we write: figures of reports, what a platform tells."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

TEENS = frozenset({11, 12, 13, 14})
"""Numbers that end like 1 to 4 and take another form."""


class Language(StrEnum):
    """A language that reports are written in."""

    EN = "en"
    RU = "ru"


class Said(NamedTuple):
    """A text in every language."""

    en: str
    ru: str

    def by(self, language: Language) -> str:
        """Return the text in that language."""
        return self.ru if language is Language.RU else self.en


def plural(number: int) -> int:
    """Return which form a Russian noun has beside a number: 0 as with 1, 1 as with 2 to 4, 2 as with 5."""
    if number % 100 in TEENS:
        return 2
    return {1: 0, 2: 1, 3: 1, 4: 1}.get(number % 10, 2)

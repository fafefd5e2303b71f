"""What is said to people in every language that we write: figures of reports, what a platform tells."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


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

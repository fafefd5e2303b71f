"""In which language a text is: by letters that one language alone has, else by py3langid, limited to the languages in use.

The model is loaded by `load`, when a policy is built that asks for languages: it costs 0.7 s and 90 MB.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, get_args

from shared.documents.detectors import LETTERS_MIN, LanguageCode

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

LOOKED_CHARS_MAX = 400
"""Characters that are looked at: more tell nothing new, and cost 0.15 microseconds each."""

SURE = 0.8
"""Probability from which a language is told: of texts like names and lists none is."""

_ADDRESSED = re.compile(r"(?:https?://|www\.)\S*|[@#]\w+", re.IGNORECASE)
_CYRILLIC = re.compile("[Ѐ-ӿ]")
_RUSSIAN = re.compile("[ыэё]", re.IGNORECASE)
_NOT_RUSSIAN = re.compile("[^а-яё]", re.IGNORECASE)
_UKRAINIAN = re.compile("[їєґ]", re.IGNORECASE)
_NOT_UKRAINIAN = re.compile("[ыэёъўә]", re.IGNORECASE)


def words_of(told: str) -> str:
    """Return the text without links, names and tags, which are of no language."""
    return _ADDRESSED.sub(" ", told) if "@" in told or "#" in told or "/" in told or "." in told else told


def letters_of(words: str) -> int:
    """Return how many letters a text has."""
    return sum(map(str.isalpha, words))


def language_of(told: str) -> str:
    """Return the language as ISO 639-1 has it; empty where the text is too short to tell, or could be several."""
    words = words_of(told)[:LOOKED_CHARS_MAX]
    if letters_of(words) < LETTERS_MIN:
        return ""
    return _by_letters(words) or _by_model(words)


def _by_letters(words: str) -> str:
    """Return the language where its own letters settle it."""
    own = "".join(_CYRILLIC.findall(words))
    if 2 * len(own) <= letters_of(words):
        return ""
    if _RUSSIAN.search(own) and not _NOT_RUSSIAN.search(own):
        return "ru"
    return "uk" if _UKRAINIAN.search(own) and not _NOT_UKRAINIAN.search(own) else ""


def _by_model(words: str) -> str:
    language, sure = load().classify(words)
    return str(language) if sure >= SURE else ""


@cache
def load() -> LanguageIdentifier:
    """Return the model; loaded once."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - see the module

    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found.set_languages(get_args(LanguageCode))
    return found

"""The terms of a text: nouns, adjectives and names in their dictionary form. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from services.reporting.listening.reading import WORD, tokens_of

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

LETTERS_MIN = 3
WORDS_CACHED = 200_000
"""Words whose lemma is remembered: those of a large community."""

TELLING = frozenset({"NOUN", "ADJF", "ADJS"})
"""Parts of speech, as OpenCorpora names them, that say what a text is about."""

_LATIN = re.compile("[a-z]+(?:['-][a-z]+)*")
_ENGLISH_ENDINGS = (("'s", ""), ("sses", "ss"), ("ies", "y"), ("ss", "ss"), ("us", "us"), ("is", "is"), ("s", ""))
"""The first that fits: possessives and plurals. Other forms of English words stay what they are."""


def terms_of(text: str) -> frozenset[str]:
    """Return the terms of a text, each once."""
    return frozenset(term for kind, word in tokens_of(text) if kind == WORD for term in _terms(word))


def _terms(word: str) -> Iterator[str]:
    if len(word) < LETTERS_MIN:
        return
    term = _english(word) if _LATIN.fullmatch(word) else lemma(word)
    if term and len(term) >= LETTERS_MIN and term not in everybody_s():
        yield term


def _english(word: str) -> str:
    ending, other = next(((end, other) for end, other in _ENGLISH_ENDINGS if word.endswith(end)), ("", ""))
    return word.removesuffix(ending) + other


@lru_cache(maxsize=WORDS_CACHED)
def lemma(word: str) -> str:
    """Return the dictionary form of a Russian word; empty where it is no noun or adjective."""
    parse = _dictionary().parse(word)[0]
    return str(parse.normal_form).replace("ё", "е") if parse.tag.POS in TELLING else ""


@cache
def _dictionary() -> MorphAnalyzer:
    from pymorphy3 import MorphAnalyzer  # noqa: PLC0415 - as late as it is needed

    return MorphAnalyzer(lang="ru")


@cache
def everybody_s() -> frozenset[str]:
    """Return words that stand in texts about anything: Russian ones of the file beside this, English of scikit-learn."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS  # noqa: PLC0415 - see the room

    own = files(__package__).joinpath("everybody_s.txt").read_text(encoding="utf-8")
    return frozenset((*own.split(), *ENGLISH_STOP_WORDS))

"""In which languages members write: Russian, English, another, or not told. Pure, and quick: it looks at every content.

Russian is told by its letters: one of і, ј, ә, ү, ө stands in any sentence of Ukrainian, Belarusian, Serbian, Kazakh, Tatar,
Kyrgyz or Mongolian; Bulgarian is taken for Russian. English is told by the words that hold any English sentence together.
A model that tells more languages (`services/moderation/rules/languages.py`) takes fifty times as long;
docs/content.md says how often both agree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from services.reporting.figures.buckets.presence import LANGUAGE_BITS
from services.reporting.figures.figure import CONTENTS, Figure, counted
from shared.said import Said

RU, EN, OTHER, UNKNOWN = "ru", "en", "other", "unknown"
LANGUAGES: Mapping[str, Said] = MappingProxyType(
    {
        RU: Said("Russian", "русский"),
        EN: Said("English", "английский"),
        OTHER: Said("another language", "другой язык"),
        UNKNOWN: Said("not told", "не определён"),
    }
)

BITS: Mapping[str, int] = MappingProxyType({language: 1 << (LANGUAGE_BITS + n) for n, language in enumerate(LANGUAGES)})
"""Of a member's month, beside the hours of it."""

LOOKED_CHARS_MAX = 64
"""Of a text: a sentence tells it, and each of these costs 20 ns."""

_CYRILLIC = re.compile("[а-яА-ЯёЁ]")
_LETTER = re.compile(r"[^\W\d_]")

_ENGLISH = """
the and you this that it of with what are have has not but how can would could should i'm it's don't my your we they if there
was were from just thanks thank please is to for be so do does did any some who why when which then than been about like know
get an as at or i in on
"""
_FOREIGN = """
der das und ist nicht ich wir sie ein eine mit auf für auch es que el los las por una con para pero le les des est pas je
vous une dans du pour che il di non sono della um uma não você mais nie jest się że na to jak het een niet ik en bir
ve için bu çok de la se
"""
ENGLISH = frozenset(_ENGLISH.split())
FOREIGN = frozenset(_FOREIGN.split()) - ENGLISH
"""Words that hold sentences of German, French, Spanish, Italian, Portuguese, Polish, Dutch and Turkish together, without
those that are English as well (die, per, van)."""

FOREIGN_MIN = 2
"""Of these words: one alone stands in names, too."""


def language_of(text: str, told: str | None = None) -> str:
    """Return the language of a text, `told` by its platform where that knows."""
    if told:
        code = told[:2].lower()
        return code if code in {RU, EN} else OTHER
    text = text[:LOOKED_CHARS_MAX]
    if text.isascii():
        return _by_words(text.lower().split(), UNKNOWN)
    is_mostly_ascii = 4 * (len(text.encode()) - len(text)) < len(text)  # other letters take more bytes; links take none
    if not is_mostly_ascii and ("о" in text or "а" in text or "и" in text or _CYRILLIC.search(text)):
        is_russian = not ("і" in text or "ј" in text or "ә" in text or "ү" in text or "ө" in text)
        return RU if is_russian else OTHER
    words = text.split()  # not in lower case: that takes as long as all the rest, and few of these words begin a sentence
    return _by_words(words, UNKNOWN if is_mostly_ascii or not _LETTER.search(text) else OTHER)


def _by_words(words: Sequence[str], otherwise: str) -> str:
    if FOREIGN.isdisjoint(words):
        return otherwise if ENGLISH.isdisjoint(words) else EN
    english, foreign = len(ENGLISH.intersection(words)), len(FOREIGN.intersection(words))
    if english > foreign:
        return EN
    if english == foreign:
        return UNKNOWN
    return OTHER if foreign >= FOREIGN_MIN else otherwise


def _of(language: str, name: Said) -> Figure:
    return Figure(
        id=f"language_{language}",
        name=Said(f"Content: {name.en}", f"Публикации: {name.ru}"),
        definition=Said(
            f"Content of members whose language is {name.en}: as the platform tells it, else by letters (Russian) and the "
            "commonest words (English). Of short texts it is often not told. Bots, staff and communities are left out.",
            f"Публикации участников, язык — {name.ru}: как сообщает платформа, иначе по буквам (русский) и самым частым "
            "словам (английский). У коротких текстов язык часто не определён. Без ботов, сотрудников и самих сообществ.",
        ),
        unit=CONTENTS,
        compute=counted(f"language_{language}"),
    )


FIGURES = tuple(_of(*one) for one in LANGUAGES.items())
NAMES = tuple(figure.id for figure in FIGURES)

"""The inflected forms of a word: Russian by pymorphy3, English by the regular endings. Only for whoever builds a policy.

The dictionary is loaded when the first Russian word asks for it: it costs 29 MB, which other policies do without.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from shared.errors import Unprocessable

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

FORMS_MAX = 200
"""Forms of one word: a Russian verb with all its participles has some hundred; more would be several words at once."""

_RUSSIAN = re.compile("[а-яё]+(?:-[а-яё]+)*")
_ENGLISH = re.compile("[a-z]+(?:-[a-z]+)*")
_DOUBLES = re.compile("(?:[a-z]*[^aeiou]|[a-z]*qu)?[aeiou][bdfglmnprtvz]")
"""May double its last letter, by its stress and the country: scammed, travelled and traveled. Both are taken."""
_HISSES = re.compile("[a-z-]*(?:s|x|z|ch|sh|o)")
_CONSONANT_Y = re.compile("[a-z-]*[^aeiou]y")


def forms(word: str) -> Sequence[str]:
    """Return the forms of a word in lower case, itself among them, each once and sorted.

    The word is best told as dictionaries have it. Raises Unprocessable where it is neither Russian nor English.
    """
    if _RUSSIAN.fullmatch(word):
        found = _russian(word)
    elif _ENGLISH.fullmatch(word):
        found = set(_english(word))
    else:
        raise Unprocessable(f"`{word}+`: only a Russian or an English word has forms; write `{word}*`, or it alone")
    if len(found) > FORMS_MAX:
        raise Unprocessable(f"`{word}+` has {len(found)} forms, {FORMS_MAX} at most; write `{word}*`, or some of them")
    return sorted(found)


def _russian(word: str) -> set[str]:
    """Return the forms of the words that dictionaries call so; of a word that is told in another form, of the likeliest."""
    parses = _dictionary().parse(word)
    named = [parse for parse in parses if _plain(parse.normal_form) == _plain(word)]
    return {word} | {form.word for parse in named or parses[:1] for form in parse.lexeme}


def _plain(word: str) -> str:
    return word.replace("ё", "е")


@cache
def _dictionary() -> MorphAnalyzer:
    from pymorphy3 import MorphAnalyzer  # noqa: PLC0415 - see the module

    return MorphAnalyzer(lang="ru")


def _english(word: str) -> Iterator[str]:
    """Yield what regular nouns and verbs are written like; irregular forms are words of their own."""
    yield word
    if _CONSONANT_Y.fullmatch(word):
        yield from (f"{word[:-1]}ies", f"{word[:-1]}ied", f"{word}ing")
        return
    yield f"{word}es" if _HISSES.fullmatch(word) else f"{word}s"
    if word.endswith("o"):
        yield f"{word}s"
    for stem in (word, *_doubled(word)):
        yield f"{stem.removesuffix('e')}ed"
        yield f"{_before_ing(stem)}ing"


def _doubled(word: str) -> Sequence[str]:
    return (word + word[-1],) if _DOUBLES.fullmatch(word) else ()


def _before_ing(word: str) -> str:
    if word.endswith("ie"):
        return f"{word[:-2]}y"
    return word if word.endswith("ee") else word.removesuffix("e")

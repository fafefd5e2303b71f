"""Texts as rules see them: in lower case, without disguise, and with a way back to the author's own characters.

Undone are zero-width characters, letters of another script that look alike, styled letters (NFKC), digits inside words,
stretched letters and spaced-out words. Ordinary text is only lowered: that costs a microsecond.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

JUDGED_CHARS_MAX = 8_000
"""Characters that rules look at: twice the longest message of Telegram."""

STRETCHED = 3
"""So many equal letters in a row are a stretched one; no word of ours has them."""

SPACED_LETTERS_MIN = 5
"""So many single letters in a row are one word that was spaced out."""

INVISIBLE = frozenset("\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\ufe0f")
TO_CYRILLIC = dict(zip("abcehkmoptxyuniwr3046", "авсенкмортхуипiшгзоаб", strict=True)) | {"i": "и", "b": "в", "4": "ч"}
TO_LATIN = dict(zip("авсеёнкмортхуіѕјӏԁ", "abceehkmoptxyisjld", strict=True)) | {"0": "o", "1": "i", "3": "e", "4": "a"}

TWINS = frozenset("abcehikmoptxyu")
"""Latin letters that a reader takes for Cyrillic ones; any other shows, and is a slip of the keyboard."""

_LATIN = re.compile("[a-z]")
_CYRILLIC = re.compile("[а-яёіїєґѕјӏԁ]")
_WORD = re.compile(r"[^\W_]+")
_SPACED = re.compile(rf"(?<![^\W_])(?:[^\W\d_][ .·*_-]{{1,2}}){{{SPACED_LETTERS_MIN - 1},40}}[^\W\d_](?![^\W_])")
_ORDINARY = re.compile(r"[\t\n\r -~«»“”„’–—…№а-яё\u2190-\u2bff\U0001f300-\U0001faff€₽]*")
_ODD = re.compile(r"([^\W\d_])\1\1|[a-z][а-яё]|[а-яё][a-z]|[a-zа-яё][0-9][a-zа-яё]")


class Text(NamedTuple):
    """A text without disguise."""

    plain: str
    back: Sequence[int] | None
    """For each character of `plain` its place in the author's text; None where they are the same."""
    mixed: int = 0
    """Words that mixed two scripts or hid characters."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return a piece of `plain` as a piece of the author's text."""
        if self.back is None or start >= end:
            return start, end
        return self.back[start], self.back[end - 1] + 1


def plain(text: str) -> Text:
    """Return the text as rules see it."""
    text = text[:JUDGED_CHARS_MAX]
    lowered = text.lower()
    if len(lowered) == len(text) and _is_ordinary(lowered):
        return Text(lowered.replace("ё", "е"), None)
    return _undisguised(text)


def _is_ordinary(lowered: str) -> bool:
    return bool(_ORDINARY.fullmatch(lowered)) and not _ODD.search(lowered) and not _SPACED.search(lowered)


def _undisguised(text: str) -> Text:
    letters, back = _visible(text)
    mixed = _unmix(letters)
    return Text(*_squeezed(letters, back), mixed)


def _visible(text: str) -> tuple[list[str], list[int]]:
    """Return the visible characters, lowered and unstyled, with their places; accents that stand alone go too."""
    letters: list[str] = []
    back: list[int] = []
    for place, char in enumerate(text):
        if char in INVISIBLE or (unicodedata.combining(char) and char != "\u0306"):
            continue
        for lowered in unicodedata.normalize("NFKC", char).lower():
            letters.append(lowered)
            back.append(place)
    return letters, back


def _unmix(letters: list[str]) -> int:
    """Write each word that mixes scripts in one of them; return how many mixed Latin and Cyrillic."""
    mixed = 0
    for found in _WORD.finditer("".join(letters)):
        word = found.group()
        if _LATIN.search(word) and _CYRILLIC.search(word):
            mixed += set(_LATIN.findall(word)) <= TWINS
            letters[found.start() : found.end()] = _in_one_script(word)
        elif not word.isdigit() and not word.isalpha() and word[0].isalpha() and word[-1].isalpha():
            letters[found.start() : found.end()] = _in_one_script(word)
    return mixed


def _in_one_script(word: str) -> list[str]:
    """Return the word in Cyrillic where its Latin letters allow that, else in Latin."""
    latin = _LATIN.findall(word)
    if _CYRILLIC.search(word) and all(letter in TO_CYRILLIC for letter in latin):
        return [TO_CYRILLIC.get(letter, letter) for letter in word]
    return [TO_LATIN.get(letter, letter) for letter in word]


def _squeezed(letters: list[str], back: list[int]) -> tuple[str, list[int]]:
    """Join spaced-out words and shorten stretched letters."""
    joined = "".join(letters)
    drop = {place for found in _SPACED.finditer(joined) for place in _between(found)}
    for found in re.finditer(rf"([^\W\d_])\1{{{STRETCHED - 1},}}", joined):
        drop.update(range(found.start() + 1, found.end()))
    kept = [place for place in range(len(letters)) if place not in drop]
    return "".join(letters[place] for place in kept).replace("ё", "е"), [back[place] for place in kept]


def _between(found: re.Match[str]) -> Sequence[int]:
    return [found.start() + place for place, char in enumerate(found.group()) if not char.isalpha()]

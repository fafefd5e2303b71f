"""Texts as rules see them: in lower case, without disguise, and with a way back to the author's own characters.

Undone are zero-width characters, letters of another script that look alike, styled letters (NFKC), digits inside words,
stretched letters and spaced-out words. Ordinary text is only lowered: that costs a microsecond.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import re2

JUDGED_CHARS_MAX = 8_000
"""Characters that rules look at: twice the longest message of Telegram."""

STRETCHED = 3
"""So many equal letters in a row are a stretched one; no word of ours has them."""

SPACED_LETTERS_MIN = 5
"""So many single letters in a row are one word that was spaced out."""

INVISIBLE = frozenset("\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\ufe0f")
TO_CYRILLIC = dict(zip("abcehkmoptxyui", "авсенкмортхуии", strict=True)) | {"0": "о", "3": "з", "4": "ч", "6": "б"}
TO_LATIN = dict(zip("авсенкмортхуіѕјӏԁ", "abcehkmoptxyisjld", strict=True)) | {"0": "o", "1": "i", "3": "e", "4": "a"}

_LATIN = re.compile("[a-z]")
_CYRILLIC = re.compile("[а-яёіїєґѕјӏԁ]")
_LATIN_ONLY = re.compile("[dfgjlnqrsvwz]")
_CYRILLIC_ONLY = re.compile("[бгдёжзйлпфцчшщъыьэюя]")
_WORD = re.compile(r"[^\W_]+")
_SPACED = re.compile(rf"(?<![^\W_])(?:[^\W\d_][ .*_-]{{1,2}}){{{SPACED_LETTERS_MIN - 1},40}}[^\W\d_](?![^\W_])")
_HIDING = re.compile(rf"[^\W_][{''.join(sorted(INVISIBLE))}]+(?=[^\W_])")


def _suspicion() -> re2.Set:
    """Return what finds any trace of a disguise in one pass: odd characters, mixed scripts, stretched or spaced words."""
    letters = "abcdefghijklmnopqrstuvwxyzабвгдежзийклмнопрстуфхцчшщъыьэюяё"
    one, spaced = f"[{letters}]", "[ .*_-]"
    found = re2.Set.SearchSet()
    for pattern in (
        r"[^\t\n\r -~«»“”„’–—…№а-яё\x{2190}-\x{2bff}\x{1f300}-\x{1faff}€₽]",
        "[a-z][а-яё]|[а-яё][a-z]",
        f"{one}[0-9]{one}",
        "|".join(letter * STRETCHED for letter in letters),
        f"(?:^|[^{letters}0-9])(?:{one}{spaced}{spaced}?){{{SPACED_LETTERS_MIN - 1}}}{one}(?:$|[^{letters}0-9])",
        f"(?:^|[^{letters}0-9])(?:{one}{spaced}{spaced}?){{{SPACED_LETTERS_MIN}}}",
    ):
        found.Add(pattern)
    found.Compile()
    return found


_SUSPICION = _suspicion()


class Text(NamedTuple):
    """A text without disguise."""

    plain: str
    back: Sequence[int] | None
    """For each character of `plain` its place in the author's text; None where they are the same."""
    mixed: int = 0
    """Words that mixed two scripts, or had characters inside that nobody sees."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return a piece of `plain` as a piece of the author's text."""
        if self.back is None or start >= end:
            return start, end
        return self.back[start], self.back[end - 1] + 1


def plain(text: str) -> Text:
    """Return the text as rules see it."""
    text = text[:JUDGED_CHARS_MAX]
    lowered = text.lower()
    if len(lowered) == len(text) and not _SUSPICION.Match(lowered):
        return Text(lowered.replace("ё", "е"), None)
    return _undisguised(text)


def _undisguised(text: str) -> Text:
    letters, back = _visible(text)
    hidden = len(_HIDING.findall(text))
    mixed = _unmix(letters)
    return Text(*_squeezed(letters, back), mixed + hidden)


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
        if len(letters) >= JUDGED_CHARS_MAX:  # some characters stand for eighteen
            break
    return letters[:JUDGED_CHARS_MAX], back[:JUDGED_CHARS_MAX]


def _unmix(letters: list[str]) -> int:
    """Write each word in one script; return how many mixed Latin and Cyrillic."""
    text = "".join(letters)
    is_cyrillic = len(_CYRILLIC_ONLY.findall(text)) > len(_LATIN_ONLY.findall(text))
    mixed = 0
    for found in _WORD.finditer(text):
        word = found.group()
        if word.isdigit():
            continue
        mixed += bool(_LATIN.search(word) and _CYRILLIC.search(word) and not (_is_latin(word) and _is_cyrillic(word)))
        letters[found.start() : found.end()] = _in_one_script(word, is_cyrillic=is_cyrillic)
    return mixed


def _is_latin(word: str) -> bool:
    return bool(_LATIN_ONLY.search(word))


def _is_cyrillic(word: str) -> bool:
    return bool(_CYRILLIC_ONLY.search(word))


def _in_one_script(word: str, *, is_cyrillic: bool) -> list[str]:
    """Return the word in the script of the letters that have no twin; without such, in that of the text."""
    is_cyrillic = _is_cyrillic(word) or (is_cyrillic and not _is_latin(word))
    if word.isalpha() or not _has_digit_inside(word):
        return [(TO_CYRILLIC if is_cyrillic else TO_LATIN).get(c, c) if c.isalpha() else c for c in word]
    if not _LATIN.search(word) or not _CYRILLIC.search(word):  # p2p is no Russian word
        is_cyrillic = bool(_CYRILLIC.search(word))
    return [(TO_CYRILLIC if is_cyrillic else TO_LATIN).get(c, c) for c in word]


def _has_digit_inside(word: str) -> bool:
    return word[0].isalpha() and word[-1].isalpha() and not word.isalpha()


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

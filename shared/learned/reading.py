"""A text as a classifier reads it: undisguised and case-folded numbers, with a way back to the author's own characters."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.terms.text import JUDGED_CHARS_MAX, Text

CHARS_MAX = JUDGED_CHARS_MAX + 2
"""Characters of a reading: what rules judge, and a space at either end."""

SPACE, LETTER, SIGN = 0, 1, 2
"""Kinds of characters. Letters and digits make words; each sign is a word of its own."""

_BLANK = ord(" ")
_PLANE = 1 << 16
_KINDS = np.array(
    [SPACE if chr(code).isspace() else LETTER if chr(code).isalnum() else SIGN for code in range(_PLANE)], dtype=np.uint8
)
"""Of each character of the basic plane; those above it are pictures and rare scripts, taken as signs."""


class Reading(NamedTuple):
    """The characters of a text, one space between words and one at either end. All arrays have one length."""

    codes: NDArray[np.uint64]
    kinds: NDArray[np.uint8]
    places: NDArray[np.intp]
    """Of each character in the plain text. At the space before it and after it they mean nothing."""

    def span(self, start: int, end: int, text: Text) -> tuple[int, int]:
        """Return a piece of the reading, without spaces at its ends, as a piece of the author's text."""
        inside = np.flatnonzero(self.kinds[start:end] != SPACE) + start
        return text.span(int(self.places[inside[0]]), int(self.places[inside[-1]]) + 1)


def read(text: Text) -> Reading:
    """Return a text as a classifier reads it, `CHARS_MAX` characters of it at most. Takes any text, empty ones too."""
    folded, places = _folded(text.plain)
    codes = np.frombuffer(f" {folded} ".encode("utf-32-le", "surrogatepass"), dtype="<u4")
    kinds = np.where(codes < _PLANE, _KINDS[np.minimum(codes, _PLANE - 1)], SIGN).astype(np.uint8)
    is_space = kinds == SPACE
    kept = np.flatnonzero(~is_space | np.concatenate(([True], ~is_space[:-1])))
    codes = np.where(is_space, _BLANK, codes).astype(np.uint64)
    return Reading(codes[kept], kinds[kept], np.concatenate(([0], places, [0]))[kept])


def _folded(plain: str) -> tuple[str, NDArray[np.intp]]:
    """Return the text case-folded, and for each of its characters the place it comes from."""
    folded = plain.casefold()
    if len(folded) == len(plain):
        return folded[:JUDGED_CHARS_MAX], np.arange(min(len(plain), JUDGED_CHARS_MAX), dtype=np.intp)
    parts = [char.casefold() for char in plain]  # ß is two letters
    places = np.repeat(np.arange(len(plain), dtype=np.intp), [len(part) for part in parts])
    return "".join(parts)[:JUDGED_CHARS_MAX], places[:JUDGED_CHARS_MAX]

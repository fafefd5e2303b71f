"""N-grams as numbers of 64 bits: pieces of words of two to five characters, and words alone and in pairs.

Each n-gram is a piece of the reading, so all are hashed at once. The hash is Rabin's polynomial (Karp and Rabin,
"Efficient randomized pattern-matching algorithms", 1987) modulo 2^64; with prefix sums H and an odd base B, whose powers
have inverses, that of the piece [s, e) is (H[e] - H[s]) * B^-s. It is stirred by the finaliser of SplitMix64 (Steele,
Lea and Flood, "Fast splittable pseudorandom number generators", 2014). Numbers instead of texts keep members' words out of
a model's file as plain text, and a search in a sorted array needs a tenth of the memory of a dictionary.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.learned.reading import CHARS_MAX, LETTER, SIGN, SPACE, Reading

PIECE_MIN, PIECE_MAX = 2, 5
"""Characters of a piece; the space before or after a word counts as one. No piece reaches over a space."""

_SIZES = np.arange(PIECE_MIN, PIECE_MAX + 1)[:, np.newaxis]

WORDS_MAX = 2
"""Words of the longest n-gram of words."""

_BASE = 0x9E3779B97F4A7C15
"""Odd, so that its powers have inverses modulo 2^64; the golden ratio's bits."""

_WORD_SALT = np.uint64(0xD1B54A32D192ED03)
"""Sets the word `cat` apart from the piece `cat` of `catalogue`."""


def _powers(base: int) -> NDArray[np.uint64]:
    powers = np.full(CHARS_MAX + 1, base, dtype=np.uint64)
    powers[0] = 1
    return np.multiply.accumulate(powers)


_POWERS = _powers(_BASE)
_INVERSES = _powers(pow(_BASE, -1, 1 << 64))


class Ngrams(NamedTuple):
    """The n-grams of one kind in a text, repeated ones too, and which pieces [start, end) of the reading they are."""

    keys: NDArray[np.uint64]
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]


def ngrams(reading: Reading) -> tuple[Ngrams, Ngrams]:
    """Return the pieces of words and the n-grams of words: the two blocks of every model, in this order."""
    prefix = np.zeros(len(reading.codes) + 1, dtype=np.uint64)
    np.cumsum((reading.codes + np.uint64(1)) * _POWERS[: len(reading.codes)], out=prefix[1:])
    pieces, words = _pieces(reading), _words(reading)
    starts, ends = np.concatenate((pieces[0], words[0])), np.concatenate((pieces[1], words[1]))
    hashes = (prefix[ends] - prefix[starts]) * _INVERSES[starts]
    hashes[len(pieces[0]) :] ^= _WORD_SALT
    keys = _stirred(hashes)
    return Ngrams(keys[: len(pieces[0])], *pieces), Ngrams(keys[len(pieces[0]) :], *words)


def _pieces(reading: Reading) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return starts and ends of all pieces that hold a space at their ends only."""
    is_space = reading.kinds == SPACE
    last = len(is_space) - 1
    next_spaces = np.append(np.flatnonzero(is_space), last)[np.cumsum(is_space)]
    reach = next_spaces - np.arange(last + 1)  # from a character to the next space after it
    sizes, starts = np.nonzero(reach >= _SIZES - 1)
    return starts, starts + sizes + PIECE_MIN


def _words(reading: Reading) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return starts and ends of single words, then of pairs. A word is a run of letters, or one sign."""
    kinds = reading.kinds
    is_letter = kinds == LETTER
    before, after = np.concatenate(([False], is_letter[:-1])), np.concatenate((is_letter[1:], [False]))
    starts = np.flatnonzero((kinds == SIGN) | (is_letter & ~before))
    ends = np.flatnonzero((kinds == SIGN) | (is_letter & ~after)) + 1
    sizes = range(min(WORDS_MAX, max(1, len(starts))))
    return (
        np.concatenate([starts[: len(starts) - more] for more in sizes]),
        np.concatenate([ends[more:] for more in sizes]),
    )


def _stirred(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return hashes ^ (hashes >> np.uint64(31))

"""The draw itself: numbers without bias from a key, and places by weight without anybody twice."""

from __future__ import annotations

import hmac
from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import accumulate, count

from services.engagement.rules.draws.fields import u64

KEY, BLOCK = b"veche draw v1 key", b"veche draw v1 block"
WORD_BYTES = 8
WORDS = 2 ** (8 * WORD_BYTES)


def key_of(seed: bytes, commitment: bytes, randomness: bytes) -> bytes:
    """Return the 32 bytes that decide a draw: HMAC-SHA256 under the seed of label, commitment's digest and randomness."""
    return hmac.digest(seed, KEY + commitment + randomness, sha256)


def words(key: bytes) -> Iterator[int]:
    """Yield numbers from 0 to 2**64 - 1 without end: blocks of four, of eight bytes each, the highest first.

    Block i, from 0, is HMAC-SHA256 under the key of the label and i as eight bytes.
    """
    for number in count():
        block = hmac.digest(key, BLOCK + u64(number), sha256)
        for start in range(0, len(block), WORD_BYTES):
            yield int.from_bytes(block[start : start + WORD_BYTES], "big")


def below(limit: int, numbers: Iterator[int]) -> int:
    """Return the next number modulo `limit` (1 to 2**64), each as likely as any other.

    A number at or above the greatest multiple of the limit that 2**64 holds is passed over.
    """
    fair = WORDS - WORDS % limit
    return next(number for number in numbers if number < fair) % limit


def drawn(weights: Sequence[int], key: bytes, places: int) -> tuple[int, ...]:
    """Return who takes the places, in order, as positions in the list; all of it where there are more places than entrants.

    For each place a number below the sum of the weights that are left is taken. Going through the list in its order, without
    those who have a place, it falls to the first at whom the weights so far, their own among them, exceed it.
    """
    sums = list(accumulate(weights))
    left, numbers = sums[-1] if sums else 0, words(key)
    taken: list[int] = []  # in the order of the list
    found: list[int] = []  # in the order of the places
    for _ in range(min(places, len(weights))):
        point = below(left, numbers)
        for place in taken:  # as if those who have a place were not there
            if point < sums[place] - weights[place]:
                break
            point += weights[place]
        chosen = bisect_right(sums, point)
        insort(taken, chosen)
        found.append(chosen)
        left -= weights[chosen]
    return tuple(found)

"""What the tests of classifiers share: made-up texts with labels, a classifier of them, n-grams the slow way."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from services.moderation.training.rows import Labelled, Row, labelled
from services.moderation.training.trained import Trained, trained
from shared.learned.artifact import packed
from shared.terms.text import plain

WORDS = {
    "spam": "win free prize now click earn заработок ставки казино бонус",
    "ham": "lunch tomorrow thanks дождь кошка работа meeting train погода",
    "rude": "idiot stupid дурак clown тупой loser осел",
}
EVERYDAY = ["i", "you", "we", "и", "на", "the", "a", "is", ".", ",", "!", "?", "5", "it's"]


def texts(seed: int = 1, each: int = 40) -> Sequence[tuple[str, str]]:
    rng = random.Random(seed)
    found = []
    for label, words in WORDS.items():
        for number in range(each):
            chosen = rng.choices(words.split(), k=3) + rng.choices(EVERYDAY, k=5) + [f"n{label[0]}{number}"]
            rng.shuffle(chosen)
            found.append((" ".join(chosen), label))
    return found


def read_texts(pairs: Sequence[tuple[str, str]]) -> Labelled:
    return labelled(Row(line, text, label) for line, (text, label) in enumerate(pairs, start=2))


def train(pairs: Sequence[tuple[str, str]], made: str = "2026-11-21") -> Trained:
    kept = read_texts(pairs)
    return trained(kept.readings, kept.labels, kept.data, "made up", made, lambda _: None)


@cache
def small() -> Trained:
    return train(texts())


@cache
def small_file() -> bytes:
    return packed(*small())


def is_letter(char: str) -> bool:
    return char.isalnum() and ord(char) < 0x10000


def slow_pieces(text: str) -> Sequence[str]:
    words = [f" {word} " for word in plain(text).plain.casefold().split()]
    return [word[at : at + size] for word in words for size in range(2, 6) for at in range(len(word) - size + 1)]


def slow_words(text: str) -> Sequence[str]:
    """Words alone and in pairs; a space between two words of a pair counts as one."""
    joined = " ".join(plain(text).plain.casefold().split())
    spans: list[tuple[int, int]] = []
    for at, char in enumerate(joined):
        if is_letter(char) and at and is_letter(joined[at - 1]):
            spans[-1] = (spans[-1][0], at + 1)
        elif char != " ":
            spans.append((at, at + 1))
    pairs = [(one[0], other[1]) for one, other in pairwise(spans)]
    return [joined[start:end] for start, end in spans + pairs]

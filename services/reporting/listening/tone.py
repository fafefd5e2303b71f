"""The tone of a text by its words: a lexicon with inflected forms, negation, intensifiers, emoji and punctuation. Pure.

`score` takes some ten microseconds a message and a hundred a long post; the lexicon is read at the first one.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Literal, NamedTuple

from services.reporting.listening.lexicon import Lexicon, lexicon
from services.reporting.listening.reading import WORD, Token, tokens_of

Label = Literal["negative", "neutral", "positive"]
LABELS: tuple[Label, ...] = ("negative", "neutral", "positive")

MODEL = "lexicon"
RULES = "1"
"""Part of the version: to be raised with every change of this file or of `reading.py` that changes a score."""

NEGATED = -0.7
"""What a negated weight is multiplied with: "not bad" is less than good."""
NEGATED_WORDS = 2
"""Words after "not" that it may turn round: not very good."""
BEFORE_BUT = 0.5
"""What is left of what was said in a sentence before "but"."""
EXCLAIMED = 1.2
BRACKETS = 1.5
"""Two brackets or more without a pair are a smile in Russian chats."""

LENGTH, GROWTH = 1.3, 0.7
"""How much has to be said in longer texts: so much times this power of their words."""
POSITIVE_MIN, NEGATIVE_MAX = 0.14, -0.14
"""These four were chosen together on the labelled posts that are tuned on and on half of surge_toxicity."""

VALUE_PLACES = 6


class Score(NamedTuple):
    """The tone of a text."""

    value: float
    """From -1 to 1."""
    label: Label
    model: str
    version: str


def score(text: str) -> Score:
    """Return the tone of a text in Russian or English; of a text without words of praise or blame 0, neutral."""
    value = _value(text, lexicon())
    return Score(value, _label(value), MODEL, version())


def is_negative(text: str) -> bool:
    """Say whether a text blames more than it praises."""
    return _value(text, lexicon()) <= NEGATIVE_MAX


@cache
def version() -> str:
    """Return the version of the model: of these rules, and of the words."""
    return f"{RULES}-{lexicon().digest}"


def _label(value: float) -> Label:
    if value >= POSITIVE_MIN:
        return "positive"
    return "negative" if value <= NEGATIVE_MAX else "neutral"


def _value(text: str, known: Lexicon) -> float:
    tokens = tokens_of(text)
    praise, blame = _Sum(known, tokens).come_to()
    said = praise + blame
    if not said:
        return 0.0
    words = sum(kind == WORD for kind, _ in tokens)
    return round((praise - blame) / (said + LENGTH * math.pow(words, GROWTH)), VALUE_PLACES)


class _Sum:
    """What the words of a text come to, read from left to right."""

    def __init__(self, known: Lexicon, tokens: list[Token]) -> None:
        self._known, self._tokens = known, tokens
        self._sentence: list[float] = []
        self._praise = self._blame = 0.0
        self._negated = 0
        """So many of the next words are turned round."""
        self._scale = 1.0

    def come_to(self) -> tuple[float, float]:
        """Return how much is praised, and how much is blamed."""
        place = 0
        while place < len(self._tokens):
            kind, told = self._tokens[place]
            place += self._word(place, told) if kind == WORD else self._mark(kind, told)
        self._end("")
        return self._praise, self._blame

    def _mark(self, kind: str, told: str) -> int:
        self._negated, self._scale = 0, 1.0
        if kind == "end":
            self._end(told)
        elif kind == "smile":
            self._sentence.append(BRACKETS if told[0] == ")" else -BRACKETS)
        elif kind == "sign":
            self._sentence.append(self._known.emoji.get(told, self._known.emoji.get(told.upper(), 0.0)))
        return 1

    def _end(self, mark: str) -> None:
        factor = EXCLAIMED if "!" in mark else 1.0
        for weight in self._sentence:
            if weight > 0:
                self._praise += weight * factor
            else:
                self._blame -= weight * factor
        self._sentence.clear()

    def _word(self, place: int, word: str) -> int:
        """Take in a word, or the phrase that begins with it; return how many words that are."""
        known = self._known
        if word in known.phrases:
            length, weight = self._phrase(place, known.phrases[word])
            if length:
                self._sentence.append(weight * self._scale)
                self._negated, self._scale = 0, 1.0
                return length
        if word in known.but:
            self._sentence = [weight * BEFORE_BUT for weight in self._sentence]
        if word in known.negators:
            self._negated, self._scale = NEGATED_WORDS, 1.0
            return 1
        weight, factor = known.words.get(word, 0.0), known.scales.get(word, 1.0)
        if weight and (factor == 1.0 or not self._is_weighed(place + 1)):  # "terribly glad" is glad, "terribly" alone is not
            self._sentence.append(weight * self._scale * (NEGATED if self._negated else 1.0))
        self._negated, self._scale = max(0, self._negated - 1), factor
        return 1

    def _is_weighed(self, place: int) -> bool:
        return place < len(self._tokens) and self._tokens[place][1] in self._known.words

    def _phrase(self, place: int, ends: dict[tuple[str, ...], float]) -> tuple[int, float]:
        """Return how many words the longest phrase has that begins here, and its weight; no words where none does."""
        for length in (3, 2, 1):
            rest = tuple(told for _, told in self._tokens[place + 1 : place + 1 + length])
            if rest in ends:
                return 1 + len(rest), ends[rest]
        return 0, 0.0

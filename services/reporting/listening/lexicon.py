"""Words, phrases and emoji that praise or blame, read from the files beside this one, with every inflected form.

The dictionary of Russian forms is loaded with them, once: half a second and 29 MB.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import NamedTuple

from shared.terms.inflection import forms

FILES = ("tone_ru.txt", "tone_en.txt", "tone_emoji.txt")
WORD_FILES, EMOJI_FILE = FILES[:2], FILES[2]

VERSION_CHARS = 12

NEGATORS, MORE, LESS, BUT = "not", "more", "less", "but"
EXACT, PHRASE, INFLECTED, COMMENT = "=", "_", "+", "#"


class Lexicon(NamedTuple):
    """What is known of words. All keys are in lower case, ё as е."""

    words: Mapping[str, float]
    """By the form: its weight, from -3 to 3."""
    phrases: Mapping[str, dict[tuple[str, ...], float]]
    """By its first word: the words after it, and the weight."""
    emoji: Mapping[str, float]
    lemmas: Mapping[str, float]
    """As the files have them, before they are inflected."""
    negators: frozenset[str]
    scales: Mapping[str, float]
    """By the word: by how much it multiplies the weight of the next one."""
    but: frozenset[str]
    digest: str
    """Of the files: part of the version."""


@cache
def lexicon() -> Lexicon:
    """Return what the files say; read once."""
    texts = {name: files(__package__).joinpath(name).read_text(encoding="utf-8") for name in FILES}
    entries = [entry for name in WORD_FILES for entry in _entries(texts[name])]
    weighted = [(float(head), word) for head, word in entries if _is_number(head)]
    scales: dict[str, float] = {}
    for name in WORD_FILES:
        scales |= _scales(texts[name])
    return Lexicon(
        words=_words(weighted),
        phrases=_phrases(weighted),
        emoji={sign: float(head) for head, sign in _entries(texts[EMOJI_FILE])},
        lemmas={word.removeprefix(EXACT): weight for weight, word in weighted if PHRASE not in word},
        negators=frozenset(word for head, word in entries if head == NEGATORS),
        scales=scales,
        but=frozenset(word for head, word in entries if head == BUT),
        digest=sha256("".join(texts.values()).encode()).hexdigest()[:VERSION_CHARS],
    )


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """Yield each word of a file with the head of its line."""
    for line in text.splitlines():
        if line and not line.startswith(COMMENT):
            head, *words = line.split()
            yield from ((head, word.replace("ё", "е")) for word in words)


def _is_number(head: str) -> bool:
    return head.removeprefix("-").replace(".", "").isdigit()


def _scales(text: str) -> Mapping[str, float]:
    lines = (line.split() for line in text.splitlines() if line.startswith((MORE, LESS)))
    return {word: float(factor) for _, factor, *words in lines for word in words}


def _words(weighted: Iterable[tuple[float, str]]) -> Mapping[str, float]:
    """Return the weight of each form; a form told alone counts as told, any other as the first line has it."""
    inflected: dict[str, float] = {}
    exact: dict[str, float] = {}
    for weight, word in weighted:
        if PHRASE in word:
            continue
        if word.startswith(EXACT) or not word.isalpha():
            exact.setdefault(word.removeprefix(EXACT), weight)
            continue
        for form in _forms(word):
            inflected.setdefault(form, weight)
    return inflected | exact


def _forms(word: str) -> Iterator[str]:
    return (form.replace("ё", "е") for form in forms(word))


def _phrases(weighted: Iterable[tuple[float, str]]) -> Mapping[str, dict[tuple[str, ...], float]]:
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for weight, phrase in weighted:
        first, *rest = phrase.split(PHRASE)
        if not rest:
            continue
        last = rest.pop()
        ends = _forms(last.removesuffix(INFLECTED)) if last.endswith(INFLECTED) else (last,)
        found.setdefault(first, {}).update({(*rest, end): weight for end in ends})
    return found

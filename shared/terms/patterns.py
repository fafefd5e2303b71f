"""Terms as people write them into RE2, and all of them in one automaton.

`stem*` takes any ending, `word+` every inflected form, `a|b` either, `~` up to three words between, `#` a number, `re:`
begins a raw pattern. Forms are found when a policy is built; judging looks words up and knows nothing of them.
RE2 needs time linear in the text whatever the pattern: no list of terms can hang the service.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import re2

from shared.errors import Unprocessable
from shared.terms.inflection import forms
from shared.terms.text import Text, plain

AUTOMATON_BYTES_MAX = 128 << 20
"""Memory of one automaton: above what 10,000 terms need; RE2 falls back to a slower way beyond it."""

PHRASE_FORMS_MAX = 20_000
"""Inflected forms in all phrases of a policy, which stand in its automaton: they take it some 40 MB and half a second."""

SPANS_MAX = 20
"""Matches that a finding names: enough for a person to see why."""

TOLD_CHARS_MAX = 80
"""Of a term that is none: whoever wrote it knows which by then."""

RAW = "re:"
LETTERS = "0-9a-zа-яіїєґ"
"""Named one by one: Unicode's classes make an automaton a hundred times larger."""
BETWEEN = f"[^{LETTERS}]+"
EDGE_BEFORE = f"(?:^|[^{LETTERS}])"
EDGE_AFTER = f"(?:$|[^{LETTERS}])"


HEAD = 3
"""Letters by which words are looked up; shorter terms are few."""

_LONG_WORD = re.compile(f"[{LETTERS}]{{{HEAD},}}")
_INFLECTED = re.compile(r".*[^\W\d_]\+")
"""A word with a plus behind its last letter. `18+` and `c++` are what they are."""


class Term(NamedTuple):
    """A term of a rule, and what it stands for there."""

    rule: str
    sign: str
    weight: int
    text: str


class Hit(NamedTuple):
    """A term that a text holds, and where in the author's own characters."""

    term: Term
    start: int
    end: int


def pattern(term: str) -> str:
    """Return the pattern of a term, its match in the first group. Raises Unprocessable where RE2 refuses it."""
    made = f"({term.removeprefix(RAW)})" if term.startswith(RAW) else _worded(term)
    try:
        re2.compile(made, _quiet())
    except re2.error as error:
        raise Unprocessable(f"`{term[:TOLD_CHARS_MAX]}` is no term: {_reason(error)}") from error
    return made


def _reason(error: re2.error) -> str:
    """Return what RE2 says, without the whole pattern, which it quotes where a bracket is missing."""
    said: str = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error.args[0])
    what, _, where = said.partition(": ")
    return what if what.startswith(("missing", "unexpected")) else f"{what} {where}".rstrip()


def _worded(term: str) -> str:
    parts = list(_parts(term.split()))
    if not parts:
        raise Unprocessable("a term needs a word")
    return f"{EDGE_BEFORE}({''.join(parts)}){EDGE_AFTER}"


def _parts(words: Sequence[str]) -> Iterator[str]:
    gap = False
    for number, word in enumerate(words):
        if word == "~":
            gap = True
            continue
        if number:
            yield BETWEEN
        if gap:
            yield f"(?:[{LETTERS}]+{BETWEEN}){{0,3}}"
            gap = False
        yield f"(?:{'|'.join(map(_word, word.split('|')))})"


def _word(word: str) -> str:
    if word == "#":
        return "[0-9][0-9.,]*(?: [0-9][0-9][0-9])*k?"
    if _INFLECTED.fullmatch(word):
        return f"(?:{'|'.join(map(re2.escape, _forms(word)))})"
    stem = re2.escape(plain(word.removesuffix("*")).plain)
    return f"{stem}[{LETTERS}]*" if word.endswith("*") else stem


def _forms(word: str) -> Sequence[str]:
    """Return the forms of a word that ends in its mark, as texts hold them."""
    return sorted({plain(form).plain for form in forms(word.removesuffix("+").lower())})


def _quiet() -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = AUTOMATON_BYTES_MAX
    return options


class Matcher:
    """All terms of a policy, looked for at once.

    Most terms are one word, or its stem. These are looked up word by word, by their first letters, and cost nothing
    where no word begins so; whole words and inflected forms are looked up as they are. Thousands of them are as fast as
    dozens. All others stand in one automaton.
    """

    def __init__(self, terms: Sequence[Term]) -> None:
        """Compile. Raises Unprocessable where a term is none."""
        self._terms = tuple(terms)
        self._exact: dict[str, list[int]] = {}
        """By the word: the numbers of its terms."""
        self._stems: dict[str, list[int]] = {}
        """Likewise by the stem that takes any ending."""
        self._heads: dict[str, set[int]] = {}
        """By the first letters of every word looked for: how long stems are that begin so."""
        self._patterns: dict[int, str] = {}
        self._phrase_forms = 0
        self._automaton: list[int] = []
        self._set = re2.Set.SearchSet(_quiet())
        for number, term in enumerate(self._terms):
            self._add(number, term)
        if self._automaton:
            self._set.Compile()

    def _add(self, number: int, term: Term) -> None:
        words = _words(term.text)
        if words is None:
            self._patterns[number] = pattern(term.text)
            self._count(number, term)
            self._set.Add(self._patterns[number])
            self._automaton.append(number)
        for stem, is_open in words or ():
            lengths = self._heads.setdefault(stem[:HEAD], set())
            if is_open:
                lengths.add(len(stem))
            (self._stems if is_open else self._exact).setdefault(stem, []).append(number)

    def _count(self, number: int, term: Term) -> None:
        if not term.text.startswith(RAW) and any(map(_INFLECTED.fullmatch, re.split(r"[\s|]+", term.text))):
            self._phrase_forms += self._patterns[number].count("|")
        if self._phrase_forms > PHRASE_FORMS_MAX:
            raise Unprocessable(
                f"phrases with `word+` have more than {PHRASE_FORMS_MAX:,} forms in all; write `stem*` in some"
            )

    def hits(self, text: Text) -> Sequence[Hit]:
        """Return the terms that the text holds, each at its first place, in the order of the terms."""
        found = self._in_words(text) if self._heads else {}
        if self._automaton:
            for place in self._set.Match(text.plain) or ():
                number = self._automaton[place]
                found[number] = self._hit(number, text)
        return [found[number] for number in sorted(found)] if found else ()

    def _in_words(self, text: Text) -> dict[int, Hit]:
        found: dict[int, Hit] = {}
        if self._heads.keys().isdisjoint([word[:HEAD] for word in _LONG_WORD.findall(text.plain)]):
            return found  # as most texts are
        for match in _LONG_WORD.finditer(text.plain):
            for number in self._numbers(match[0]):
                if number not in found:
                    found[number] = Hit(self._terms[number], *text.span(*match.span()))
        return found

    def _numbers(self, word: str) -> Iterator[int]:
        """Yield the terms that a word is; thousands of stems that begin alike cost no more than their lengths."""
        yield from self._exact.get(word, ())
        for length in self._heads.get(word[:HEAD], ()):
            yield from self._stems.get(word[:length], ())

    def _hit(self, number: int, text: Text) -> Hit:
        match = re2.compile(self._patterns[number], _quiet()).search(text.plain)
        assert match is not None, "the set and the pattern agree"
        return Hit(self._terms[number], *text.span(match.start(1), match.end(1)))


def _words(term: str) -> Sequence[tuple[str, bool]] | None:
    """Return the words of a term that is one word or another, each with whether it takes any ending; None of any other."""
    parts = term.split()
    if term.startswith(RAW) or len(parts) != 1:
        return None
    words = [found for word in parts[0].split("|") for found in _one_word(word)]
    return words if all(_LONG_WORD.fullmatch(stem) for stem, _ in words) else None


def _one_word(word: str) -> Sequence[tuple[str, bool]]:
    if _INFLECTED.fullmatch(word):
        return [(form, False) for form in _forms(word)]
    return [(plain(word.removesuffix("*")).plain, word.endswith("*"))]

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from shared.learned.ngrams import Ngrams, ngrams
from shared.learned.reading import CHARS_MAX, LETTER, SIGN, Reading, read
from shared.terms.text import Text, plain
from tests.unit.moderation.learned.classifiers import slow_pieces, slow_words

MIXED = st.text("abвг ßΐ.!1\n\u00a0\U0001f600e\u0301", max_size=40)


def written(grams: Ngrams, reading: Reading) -> Sequence[str]:
    pieces = zip(grams.starts.tolist(), grams.ends.tolist(), strict=True)
    return ["".join(map(chr, reading.codes[start:end].tolist())) for start, end in pieces]


def test_words_are_runs_of_letters_and_single_signs() -> None:
    reading = read(plain("Free  money!!"))

    assert "".join(map(chr, reading.codes.tolist())) == " free money!! "
    assert reading.kinds.tolist().count(LETTER) == 9
    assert reading.kinds.tolist().count(SIGN) == 2


@given(MIXED | st.text())
def test_ngrams_are_those_of_the_slow_way(text: str) -> None:
    reading = read(plain(text))

    pieces, words = ngrams(reading)

    assert sorted(written(pieces, reading)) == sorted(slow_pieces(text))
    assert sorted(written(words, reading)) == sorted(slow_words(text))


@given(MIXED, MIXED)
def test_equal_ngrams_and_only_those_have_equal_keys(one: str, other: str) -> None:
    keys: dict[tuple[int, str], int] = {}
    for reading in (read(plain(one)), read(plain(other))):
        for kind, grams in enumerate(ngrams(reading)):
            for key, piece in zip(grams.keys.tolist(), written(grams, reading), strict=True):
                assert keys.setdefault((kind, piece), key) == key

    assert len(set(keys.values())) == len(keys)


@given(st.text() | MIXED)
def test_every_ngram_leads_back_into_the_authors_text(text: str) -> None:
    seen = plain(text)
    reading = read(seen)

    for grams in ngrams(reading):
        for start, end in zip(grams.starts.tolist(), grams.ends.tolist(), strict=True):
            begin, stop = reading.span(start, end, seen)
            assert 0 <= begin < stop <= len(text)


def test_a_text_is_read_up_to_a_limit_and_however_it_is_folded() -> None:
    assert len(read(Text("ß" * 20_000, None)).codes) == CHARS_MAX
    assert len(read(plain("\ufdfa" * 20_000)).codes) <= CHARS_MAX
    assert len(read(plain("")).codes) == 1


def test_half_a_character_is_read_too() -> None:
    assert len(read(Text("a\ud800b", None)).codes) == 5

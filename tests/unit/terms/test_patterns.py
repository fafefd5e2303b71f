"""Terms by words and terms by patterns find the same: how a term is looked for is nobody's business but the speed's."""

from __future__ import annotations

import re2
from hypothesis import given
from hypothesis import strategies as st

from shared.terms.patterns import Matcher, Term, pattern
from shared.terms.text import plain

WORDS = st.sampled_from(["скам", "скамейка", "скамер", "spam", "spammer", "ска", "ск", "e-mail", "free", "ф", "win2", "#"])
INFLECTED = st.sampled_from(["скам+", "скамейка+", "spam+", "free+", "18+", "ф+"])
TERMS = st.lists(
    st.one_of(
        WORDS,
        WORDS.map("{}*".format),
        INFLECTED,
        INFLECTED.map("1|{}".format),
        INFLECTED.map("скам {}".format),
        st.lists(WORDS, min_size=2, max_size=3).map("|".join),
        st.lists(WORDS.map("{}*".format), min_size=2, max_size=2).map(" ~ ".join),
    ),
    max_size=8,
)
TEXTS = st.lists(
    st.one_of(
        WORDS,
        st.sampled_from(
            ["скамейки", "скамеек", "spammed", "18+", "и", "1000", "sp4m", "с к а м е р", "СПАМ!", "🙂", "-", "_"]
        ),
    ),
    max_size=8,
)


@given(TERMS, TEXTS, st.sampled_from([" ", ", ", "-", "\n", "_"]))
def test_a_term_is_found_where_its_pattern_matches(terms: list[str], words: list[str], between: str) -> None:
    text = plain(between.join(words))

    found = Matcher([Term("words", "own", 0, term) for term in terms]).hits(text)

    matches = [(number, re2.compile(pattern(term)).search(text.plain)) for number, term in enumerate(terms)]
    expected = [(terms[number], *text.span(match.start(1), match.end(1))) for number, match in matches if match]
    assert [(hit.term.text, hit.start, hit.end) for hit in found] == expected


def test_no_terms_find_nothing() -> None:
    assert list(Matcher([]).hits(plain("anything"))) == []

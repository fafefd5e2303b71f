"""A term with a plus takes every form of its word, and costs nothing where nothing is judged by it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.documents.moderation import TERMS_MAX
from shared.errors import Unprocessable
from shared.terms import inflection, patterns
from shared.terms.inflection import forms
from shared.terms.patterns import Matcher, Term
from shared.terms.text import plain
from tests.unit.moderation.cases import found, policy


@pytest.mark.parametrize(
    ("word", "some", "none"),
    [
        ("кредит", {"кредит", "кредитами", "кредитов"}, {"кредитка", "кредитный"}),
        ("купить", {"куплю", "купили", "купленный"}, {"покупка"}),
        ("стать", {"стал", "станет"}, {"стать-то"}),
        ("криптовалюта", {"криптовалют", "криптовалютой"}, {"валюта"}),
        ("продажи", {"продажам"}, {"продать"}),
        ("scam", {"scams", "scammed", "scamming"}, {"scamed-up", "scammer"}),
        ("travel", {"traveled", "travelling"}, {"traveler"}),
        ("try", {"tries", "tried", "trying"}, {"trys"}),
        ("play", {"plays", "played"}, {"plaies"}),
        ("make", {"makes", "making"}, {"makeing"}),
        ("agree", {"agreed", "agreeing"}, {"agreing"}),
        ("tie", {"tied", "tying"}, {"tieing"}),
        ("box", {"boxes", "boxing"}, {"boxxing", "boxs"}),
        ("quit", {"quitting"}, {"quites"}),
    ],
)
def test_forms_of_a_word(word: str, some: set[str], none: set[str]) -> None:
    made = set(forms(word))

    assert word in made
    assert some <= made
    assert not none & made


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=20))
def test_an_english_word_has_few_forms_and_is_one_of_them(word: str) -> None:
    made = forms(word)

    assert word in made
    assert len(made) <= 8


@given(st.text("абвгдежзиклмнопрстуфхцчшщъыьэюяё", min_size=1, max_size=20))
def test_a_russian_word_has_no_more_forms_than_a_term_may_have(word: str) -> None:
    made = forms(word)

    assert word in made
    assert len(made) <= inflection.FORMS_MAX


@pytest.mark.parametrize("text", ["Возьми кредиты!", "КРЕДИТАМИ", "к р е д и т о м", "крeдитов", "две ссуды", "ёжику"])
def test_a_term_with_a_plus_takes_every_form_whatever_disguise_it_wears(text: str) -> None:
    by = policy(words={"terms": ["кредит+|ссуда+", "Ёжик+"]})

    assert "words" in found(text, by=by)
    assert "words" not in found("кредитка, ссудный, ежевика", by=by)


def test_words_of_a_phrase_have_forms_too() -> None:
    by = policy(phrases={"terms": ["взять+ ~ кредит+"]})

    assert found("возьми у нас кредиты", by=by)["phrases"].then == "remove"
    assert "phrases" not in found("брали у нас кредиты", by=by)


def test_a_plus_behind_anything_but_a_letter_is_a_plus() -> None:
    by = policy(words={"terms": ["only 18+", "c++"]})

    assert "words" in found("only 18+, sorry", by=by)
    assert "words" not in found("only 18, sorry", by=by)


@pytest.mark.parametrize("term", ["straße+", "кpедит+", "привіт+"])
def test_a_word_of_another_language_has_no_forms_and_it_is_said_what_to_write(term: str) -> None:
    with pytest.raises(Unprocessable, match=r"write `.*\*`"):
        policy(words={"terms": [term]})


def test_a_policy_holds_no_more_forms_than_its_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflection, "FORMS_MAX", 5)
    with pytest.raises(Unprocessable, match="5 at most"):
        Matcher([Term("words", "own", 0, "кредит+")])

    monkeypatch.undo()
    monkeypatch.setattr(patterns, "PHRASE_FORMS_MAX", 5)
    with pytest.raises(Unprocessable, match="more than 5 forms"):
        Matcher([Term("words", "own", 0, "взять+ кредит+")])
    assert Matcher([Term("words", "own", 0, "взять+")]).hits(plain("возьму"))


def test_so_many_inflected_terms_as_a_policy_may_have_are_one_lookup_a_word() -> None:
    syllables = ["ка", "по", "ми", "ре", "ту", "ло", "са", "ни"]
    words = [a + b + c + d for a in syllables for b in syllables for c in syllables for d in "кпмртлсн"]
    terms = [Term("words", "own", 0, f"{word}+") for word in words[:TERMS_MAX]]

    found_ = Matcher(terms).hits(plain(f"вот {words[7]}ами и {words[900]}у"))

    assert [hit.term.text for hit in found_] == [f"{words[7]}+", f"{words[900]}+"]


def test_the_dictionary_is_loaded_only_where_a_policy_asks_for_it() -> None:
    code = (
        "import sys; from functools import partial; from services.moderation.rules.policies import built;"
        "from services.moderation.store.lists import read_lists; build = partial(built, read_lists(), 1);"
        "build({}); build({'words': {'terms': ['scam+']}}); print('pymorphy3' in sys.modules);"
        "build({'words': {'terms': ['скам+']}}); print('pymorphy3' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False", "True"]


def test_the_same_word_has_the_same_forms_in_the_same_order() -> None:
    made: list[Any] = [forms("купить"), forms("купить")]

    assert made[0] == made[1] == sorted(made[0])

"""The tone of texts: what is said, turned round, made stronger, and told by signs alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.listening.lexicon import lexicon
from services.reporting.listening.tone import LABELS, is_negative, score

PRAISE = ["отличный", "прекрасный", "удобный", "great", "excellent", "useful"]
BLAME = ["ужасный", "плохой", "бесполезный", "terrible", "awful", "useless"]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Спасибо, всё отлично!", "positive"),
        ("Отличным магазином оказался ваш", "positive"),
        ("Приложение тормозит и вылетает, надоело", "negative"),
        ("Не работает уже третий день, верните деньги", "negative"),
        ("Когда откроется магазин на Тверской?", "neutral"),
        ("The app is great, thank you", "positive"),
        ("This is the worst update ever", "negative"),
        ("I don't like it", "negative"),
        ("Доставка быстрая, но курьер хамил", "negative"),
        ("Ужасно рада вас видеть", "positive"),
        ("Было ужасно", "negative"),
        ("😡😡", "negative"),
        ("❤️", "positive"),
        ("ну вот)))", "positive"),
        ("", "neutral"),
    ],
)
def test_a_text_has_the_tone_of_its_words(text: str, label: str) -> None:
    assert score(text).label == label


@pytest.mark.parametrize("word", PRAISE)
def test_not_turns_praise_round(word: str) -> None:
    no = "не" if word[0] >= "а" else "not"

    assert score(f"это {word} магазин").value > 0 > score(f"это {no} {word} магазин").value
    assert score(f"это {no} очень {word} магазин").value < 0


@pytest.mark.parametrize("word", BLAME)
def test_not_takes_the_edge_off_blame(word: str) -> None:
    no = "не" if word[0] >= "а" else "not"

    assert score(f"это {word} магазин").value < 0 < score(f"это {no} {word} магазин").value


def test_a_sentence_does_not_turn_the_next_one_round() -> None:
    assert score("Нет. Отличный магазин").value > 0


@pytest.mark.parametrize(("strong", "weak"), [("очень", "этот"), ("very", "this"), ("этот", "немного")])
def test_words_before_make_it_stronger_or_weaker(strong: str, weak: str) -> None:
    assert score(f"{strong} удобный").value > score(f"{weak} удобный").value > 0


def test_what_comes_after_but_counts_for_more() -> None:
    assert score("удобно, но долго").value < score("долго, но удобно").value


def test_an_exclamation_mark_makes_it_louder_where_something_else_is_said_as_well() -> None:
    assert score("Отлично! Но долго").value > score("Отлично. Но долго").value


def test_code_links_and_names_have_no_tone() -> None:
    assert score("```raise Error('bad awful')``` `fail` https://bad.example/awful @horrible #terrible").value == 0


def test_a_smile_of_one_bracket_closes_a_bracket() -> None:
    assert score("(см. ниже)").value == 0


def test_a_score_names_its_model_and_version() -> None:
    found = score("хорошо")

    assert (found.model, found.version) == ("lexicon", f"1-{lexicon().digest}")


def test_the_lexicon_holds_hundreds_of_words_of_both_languages_and_never_both_ways() -> None:
    lemmas = lexicon().lemmas
    russian = [word for word in lemmas if "а" <= word[0] <= "я"]

    assert len(russian) > 600
    assert len(lemmas) - len(russian) > 400
    assert all(-3 <= weight <= 3 for weight in lexicon().words.values())


@given(st.text(max_size=300))
def test_any_text_has_a_tone(text: str) -> None:
    found = score(text)

    assert -1 <= found.value <= 1
    assert found.label in LABELS
    assert is_negative(text) == (found.label == "negative")


@given(st.permutations(["Отличный магазин.", "Ужасная доставка!", "Не очень удобно.", "Спасибо.", "Завтра приду."]))
def test_the_order_of_sentences_does_not_matter(sentences: list[str]) -> None:
    assert score(" ".join(sentences)).value == pytest.approx(score(" ".join(sorted(sentences))).value, abs=1e-6)

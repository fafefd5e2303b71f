"""Feedback is sorted into praise, complaints, questions and ideas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.listening.feedback import FEEDBACK, kind_of


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Спасибо вам огромное, всё супер!", "praise"),
        ("Great app, love it", "praise"),
        ("Приложение не работает, верните деньги", "complaint"),
        ("Почему опять ничего не работает?!", "complaint"),
        ("The app keeps crashing and support is useless", "complaint"),
        ("Когда откроется магазин на Тверской?", "question"),
        ("Подскажите, как вернуть товар", "question"),
        ("How do I reset the password?", "question"),
        ("А вы во сколько встаёте? Поделитесь в комментариях", "question"),
        ("Было бы здорово, если бы можно было оплатить частями", "idea"),
        ("Добавьте тёмную тему, пожалуйста", "idea"),
        ("Предлагаю ввести карту лояльности", "idea"),
        ("Не хватает кнопки «повторить заказ»", "idea"),
        ("Please add dark mode", "idea"),
        ("It would be great to have a widget", "idea"),
        ("Can you add PayPal?", "idea"),
        ("Верните деньги, это кошмар", "complaint"),
        ("Завтра приду", None),
        ("Ссылка: https://example.org/?a=b", None),
        ("", None),
    ],
)
def test_a_text_is_sorted(text: str, kind: str | None) -> None:
    assert kind_of(text) == kind


def test_a_question_that_the_text_answers_itself_is_none() -> None:
    assert kind_of("Как выбрать обувь? " + "Мерить её надо вечером, стоя на обеих ногах. " * 5) is None


@given(st.text(max_size=300))
def test_any_text_is_sorted(text: str) -> None:
    assert kind_of(text) in {*FEEDBACK, None}

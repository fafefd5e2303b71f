from __future__ import annotations

import pytest

from services.moderation.rules.case import Member
from tests.unit.moderation.cases import found, policy

SPAM = (
    "Ищу людей в команду, удалённый заработок от 500$ в неделю, пиши в лс",
    "Earn $800 per day from home, no experience needed, dm me",
    "Online casino, 200 free spins for everyone https://spin.example/x",
    "Хочешь увидеть мои фото 18+? заходи @some_account_x",
    "FREE USDT airdrop, connect your wallet: https://drop.example",
    "Ваш аккаунт будет заблокирован, подтвердите вход: https://login.example",
    "Зapaбoтoк бeз влoжeний, 300$ в дeнь, пишитe в личныe cooбщeния",
)
HAM = (
    "Кто пробовал новую обжарку из Эфиопии?",
    "I paid 20 dollars for the beans, worth it",
    "Напишите мне в личку, я подскажу по помолу",
    "Срочно нужен совет: кофемолка за 5000 рублей, какую взять?",
    "We make coffee at work every day",
    "Работаю удалённо, кофе спасает",
    "The crypto guys next door drink a lot of espresso",
)


@pytest.mark.parametrize("text", SPAM)
def test_spam_is_removed(text: str) -> None:
    assert found(text)["phrases"].then == "remove"


@pytest.mark.parametrize("text", HAM)
def test_ordinary_talk_is_left_alone(text: str) -> None:
    assert "phrases" not in found(text)


def test_facts_name_the_signs_and_no_text() -> None:
    facts = found(SPAM[1])["phrases"].facts or {}

    assert facts["signs"].startswith("contact:2 earning:2")
    assert "800" not in facts["signs"]


def test_whoever_is_known_here_gets_the_benefit_of_a_doubt() -> None:
    text = "Заработать можно на p2p"

    assert found(text)["phrases"].then == "remove"
    assert found(text, Member(messages=50))["phrases"].then == "flag"


def test_a_phrase_of_the_brands_own_is_enough_by_itself() -> None:
    assert found("Buy from GrayBeans", by=policy(phrases={"terms": ["graybeans"]}))["phrases"].then == "remove"

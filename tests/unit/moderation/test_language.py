"""In which language a text is, and texts in none of a community's languages."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.moderation.rules.languages import language_of
from shared.documents.detectors import LETTERS_MIN
from tests.unit.moderation.cases import found, policy

TEXTS = {
    "en": "Hello my dear friends, how are you doing today?",
    "ru": "Привет, друзья, кто знает, где теперь купить кофе подешевле?",
    "uk": "Дякую за допомогу, все вже працює, гарного дня!",
    "de": "Guten Morgen zusammen, wie geht es euch heute?",
    "es": "Buenos días amigos, ¿cómo están ustedes hoy?",
    "fr": "Bonjour mes amis, comment allez-vous aujourd'hui ?",
    "tr": "Merhaba arkadaşlar, bugün nasılsınız bakalım?",
    "kk": "Сәлем достар, бүгін қалайсыздар, жаңалық бар ма?",
}
BY = policy(language={"status": "live", "languages": ["en", "ru"]})


@pytest.mark.parametrize(("language", "text"), TEXTS.items())
def test_the_language_of_a_text_is_told(language: str, text: str) -> None:
    told = language_of(text)

    assert told == language


@pytest.mark.parametrize(
    "text", ["Привет, как дела?", "ok", "", "👍" * 50, "Anna, Boris", "https://beispiel.example/guten-morgen-zusammen"]
)
def test_of_what_is_too_short_none_is_told(text: str) -> None:
    assert language_of(text) == ""


@given(st.text(max_size=300))
def test_a_language_is_told_of_any_text_or_none(text: str) -> None:
    told = language_of(text)

    assert told == "" or sum(map(str.isalpha, text)) >= LETTERS_MIN
    assert language_of(text) == told


def test_links_names_and_tags_are_of_no_language() -> None:
    told = language_of(
        "Спасибо большое, очень помогло, теперь всё работает https://en.example/English_language @some_english_name"
    )

    assert told == "ru"


def test_a_text_in_none_of_the_languages_is_found_and_others_are_not() -> None:
    strange = found(TEXTS["de"], by=BY)["language"]

    assert (strange.then, strange.facts) == ("flag", {"language": "de"})
    for language in ("en", "ru"):
        assert "language" not in found(TEXTS[language], by=BY)
    assert "language" not in found("Guten Morgen!", by=BY)
    assert "language" not in found(TEXTS["de"])


def test_a_condition_may_ask_for_the_language() -> None:
    by = policy(rules=[{"id": "german", "when": 'text.language == "de"'}])

    assert "german" in found(TEXTS["de"], by=by)
    assert "german" not in found(TEXTS["en"], by=by)


def test_the_model_is_loaded_only_where_a_policy_asks_for_it() -> None:
    code = (
        "import sys; from functools import partial; from services.moderation.rules.policies import built;"
        "from services.moderation.store.lists import read_lists; build = partial(built, read_lists(), 1);"
        "build({}); build({'rules': [{'id': 'a', 'when': 'text.emoji > 2'}]}); print('py3langid' in sys.modules);"
        "build({'rules': [{'id': 'a', 'when': 'text.language == \"de\"'}]}); print('py3langid' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False", "True"]

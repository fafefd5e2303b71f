"""Whatever the fold refuses, its reason is there in Russian, and in a member's words where members read it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.moderation import cases
from services.moderation.pages import case_words, conduct_words, names, queue_words
from services.moderation.pages.refusals import NOT_DONE, TO_MEMBERS, to_member, to_staff
from shared.said import Said

FOLDER = Path(cases.__file__).parent


def refusals(*files: str) -> Iterator[str]:
    """Yield what stands in `Refused(…)`, with a number for each value."""
    for name in files or [path.name for path in FOLDER.glob("*.py")]:
        for node in ast.walk(ast.parse((FOLDER / name).read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused":
                yield written(node.args[0])


def written(text: ast.expr) -> str:
    if isinstance(text, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in text.values)
    assert isinstance(text, ast.Constant)
    return str(text.value)


@pytest.mark.parametrize("refusal", sorted(set(refusals())))
def test_a_refusal_is_there_in_russian(refusal: str) -> None:
    told = to_staff(refusal)

    assert told.en == refusal
    assert told.ru != refusal
    assert "{" not in told.ru


def test_who_has_a_case_is_named_in_both_languages() -> None:
    assert to_staff("vera works on it") == ("vera works on it", "над ним работает vera")


def test_a_member_reads_nothing_of_how_we_work() -> None:
    assert set(refusals("appeals.py")) == set(TO_MEMBERS)
    assert to_member("the case was changed meanwhile: it is version 3, you saw 2; look again") == NOT_DONE


WORDS: dict[str, Said] = {
    f"{place}.{name}": said
    for place, words in {
        "queue": queue_words.WORDS,
        "case": case_words.WORDS,
        "conduct": conduct_words.CONDUCT,
        "appeal": conduct_words.APPEAL,
        "severities": names.SEVERITIES,
        "verdicts": names.VERDICTS,
        "why": names.WHY,
        "did": names.DID,
        "kinds": names.KINDS,
        "outcomes": names.OUTCOMES,
    }.items()
    for name, said in words.items()
}


@pytest.mark.parametrize("name", sorted({name.partition(".")[2] for name in WORDS}))
def test_templates_find_a_word_and_no_method_of_a_dictionary(name: str) -> None:
    assert not hasattr({}, name)


@pytest.mark.parametrize("name", WORDS)
def test_words_are_written_in_both_languages(name: str) -> None:
    said = WORDS[name]
    cyrillic = [any("а" <= letter <= "я" for letter in text.lower()) for text in said]

    assert cyrillic == [False, True]
    assert said.en.count("{") == said.ru.count("{")

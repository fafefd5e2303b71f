from __future__ import annotations

import pytest

from shared.errors import Unprocessable
from tests.unit.moderation.cases import found, policy


@pytest.mark.parametrize("text", ["what the fuck is that", "да пошёл ты нахуй", "бляяяять, опять", "f u c k this shit"])
def test_obscene_words_are_flagged_whatever_they_wear(text: str) -> None:
    assert found(text)["words"].then == "flag"


@pytest.mark.parametrize("text", ["страховка и учеба", "I passed the class in Scunthorpe", "употреблять кофе", "хлебал суп"])
def test_words_that_only_hold_one_are_not(text: str) -> None:
    assert "words" not in found(text)


def test_a_finding_names_the_place_and_the_list_but_not_the_word() -> None:
    text = "well, bullshit again"

    finding = found(text)["words"]

    assert [text[start:end] for start, end in finding.spans] == ["bullshit"]
    assert finding.facts == {"lists": "en-obscene"}


def test_a_brand_has_its_own_words_and_what_follows() -> None:
    by = policy(words={"lists": [], "terms": ["конкурент*", "rival brew"], "then": "hide"})

    assert found("у конкурентов дешевле", by=by)["words"].then == "hide"
    assert found("Rival, brew!", by=by)["words"].then == "hide"
    assert "words" not in found("bullshit", by=by)


def test_a_rule_that_is_off_finds_nothing() -> None:
    assert "words" not in found("bullshit", by=policy(words={"status": "off"}))


def test_a_term_that_is_none_is_refused() -> None:
    with pytest.raises(Unprocessable):
        policy(words={"terms": ["re:(("]})


def test_a_term_may_hold_what_patterns_are_made_of() -> None:
    assert "words" in found("what about c++ (really)?", by=policy(words={"terms": ["c++ (really)"]}))

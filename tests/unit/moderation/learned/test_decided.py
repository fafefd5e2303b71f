from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from services.moderation.cases.truth import Truth
from services.moderation.training.decided import DecidedTexts
from shared.learned.artifact import packed, unpacked
from shared.learned.page import page
from tests.builders import AT, CONTENT, PLACE, content_created, content_deleted, content_edited
from tests.unit.moderation.learned.classifiers import small

DECIDED = AT + timedelta(hours=1)
HERE, THERE = (PLACE, CONTENT), (PLACE, "c2")
TRUTH = Truth({HERE: True, THERE: False}, frozenset(), dict.fromkeys((HERE, THERE), DECIDED))


def test_removals_and_allowed_contents_become_labelled_texts_and_others_none() -> None:
    texts = DecidedTexts(TRUTH)
    for event in (
        content_created(text="fine", content_id="c2"),
        content_created(text="bad"),
        content_created(text="nobody looked", content_id="c3"),
        content_created(text="of another place", community="elsewhere"),
        content_deleted(),
        None,
    ):
        texts.add(event)

    assert [(row.text, row.label) for row in texts.rows()] == [("fine", "allowed"), ("bad", "removed")]


def test_the_text_counts_as_it_stood_when_a_person_decided() -> None:
    texts = DecidedTexts(TRUTH)
    texts.add(content_created(text="first"))
    texts.add(content_edited(text="bad", recordedtime=DECIDED - timedelta(minutes=1)))
    texts.add(content_edited(text="sorry", edition=3, recordedtime=DECIDED + timedelta(minutes=1)))

    assert [row.text for row in texts.rows()] == ["bad"]


def test_a_content_without_text_teaches_nothing_and_the_card_says_how_many_are_left() -> None:
    texts = DecidedTexts(TRUTH)
    texts.add(content_created(text=" "))
    texts.add(content_created(text="fine", content_id="c2"))

    assert len(list(texts.rows())) == 1
    said = texts.source("acme", AT)
    assert said == "decisions of people in acme from 2026-03-02 on: 2 contents decided, texts of 1 still on the bus"


def test_a_card_says_where_its_texts_are_from() -> None:
    card = small().card
    told = replace(card, data=replace(card.data, source="decisions of people in acme"))

    found = unpacked(packed(small().model, told))

    assert found.card == told
    assert "- decisions of people in acme\n" in page(found.card, found.version)
    assert "- decisions" not in page(card, "1")

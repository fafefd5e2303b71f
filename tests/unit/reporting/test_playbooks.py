"""Playbooks: what is wrong with one is named with its place, communities inherit, plays are for some incidents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec import convert

from services.reporting.rules.crises.playbooks import built, check, check_merged, merged, plays_for
from shared.documents import as_stored
from shared.documents.playbook import Playbook
from shared.documents.reading import read
from shared.errors import Misplaced

SAMPLE = Path(__file__).parents[3] / "docs" / "samples" / "playbook.yaml"
TEXT = {"en": "x", "ru": "х"}


def spec() -> dict[str, Any]:
    (source,) = read(SAMPLE.read_text(encoding="utf-8"), "playbook.yaml")
    return as_stored(source.document)


def test_the_sample_says_what_is_watched_and_what_is_played() -> None:
    book = built(1, spec())

    check(book.spec)
    assert set(book.terms) == {"volume", "negativity", "complaints", "departures"}
    assert (book.terms["volume"].people, book.terms["departures"].severity) == (8, "high")
    assert [play.id for play in plays_for(book, ["volume"], "critical")] == ["every"]
    assert [play.id for play in plays_for(book, ["volume", "complaints"], "high")] == ["every", "storm"]
    assert [play.id for play in plays_for(book, ["complaints"], "medium")] == ["every"]


def test_without_a_playbook_everything_is_watched_and_nothing_is_played() -> None:
    book = built(0, {})

    assert set(book.terms) == {"volume", "negativity", "complaints", "removals", "departures"}
    assert plays_for(book, book.terms, "critical") == ()
    assert not book.spec.others


def test_a_community_inherits_the_sections_that_it_does_not_name() -> None:
    own = merged(spec(), {"others": True, "signals": {"volume": {"people": 50}}})

    book = built(2, own)

    check_merged(own)
    assert book.spec.others
    assert book.terms["volume"].people == 50
    assert "removals" in book.terms, "a section stands whole"
    assert [play.id for play in book.spec.plays] == ["every", "storm"]


@pytest.mark.parametrize(
    ("plays", "at"),
    [
        ([{"id": "a"}, {"id": "a"}], "$.spec.plays[1].id"),
        ([{"id": "a", "steps": [{"id": "s", "text": TEXT}] * 2}], "$.spec.plays[0].steps[1].id"),
        ([{"id": "a", "statements": [{"id": "s", "audience": "internal", "text": TEXT}]}], "$.spec.plays[0].statements[0]"),
        (
            [{"id": "a", "statements": [{"id": "s", "to": {"community": "telegram:-1"}, "text": TEXT}]}],
            "$.spec.plays[0].statements[0].to",
        ),
        (
            [{"id": "a", "statements": [{"id": "s", "text": {"en": "x" * 1_000, "ru": "х" * 1_000}}]}],
            "$.spec.plays[0].statements[0].text",
        ),
    ],
    ids=["play", "step", "internal without a chat", "public with a chat", "too long together"],
)
def test_what_is_wrong_is_told_with_its_place(plays: list[Any], at: str) -> None:
    with pytest.raises(Misplaced) as raised:
        check(convert({"languages": ["en", "ru"], "plays": plays}, Playbook))

    assert raised.value.at == at

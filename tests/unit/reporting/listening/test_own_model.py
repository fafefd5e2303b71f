"""A brand's own model tells the tone where its document names it, and words do where it is away."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

import pytest

from services.reporting.figures.buckets.remark import Remark
from services.reporting.handlers.listening import Listening
from services.reporting.listening.own_model import check_labels, named, telling
from services.reporting.listening.queries import Queries, built
from services.reporting.listening.tone import MODEL, score
from services.reporting.recomputing.compare import judged_otherwise
from shared.errors import Unprocessable
from shared.learned.model import Model
from shared.learned.stored import ModelStatus, Stored
from shared.policy import Version
from tests import builders
from tests.unit.moderation.learned.classifiers import train

GOOD, BAD = "бирюза карниз чайник", "тумба ведро кабель"
"""Words of a community of its own: the lexicon hears neither praise nor blame in them."""


@cache
def slang(*labels: str) -> Model:
    said = {"positive": GOOD, "negative": BAD, "neutral": "завтра склад заказ"}
    return train([(f"{said[label]} номер{n}", label) for label in labels for n in range(40)]).model


class Shelf:
    """One document and one model, in force at any time."""

    def __init__(self, status: ModelStatus = "live", tone: str | None = "slang") -> None:
        self.queries = built(1, {"queries": [], **({} if tone is None else {"tone": tone})})
        model = slang("positive", "negative", "neutral")
        self.model = Stored("v7", status, None if status == "off" else lambda: model)

    async def refresh(self) -> None:
        """Nothing changes."""


class Books(Shelf):
    def at(self, brand: str, community: str | None, moment: datetime) -> Queries:
        del brand, community, moment
        return self.queries


class Models(Shelf):
    def at(self, brand: str, community: str | None, moment: datetime) -> Stored | None:
        del brand, moment
        return self.model if community == "slang" else None


def remark(text: str, status: ModelStatus = "live", tone: str | None = "slang") -> Remark:
    fold = Listening(Books(tone=tone), Models(status))
    state = fold.evolve(None, builders.content_created(text=text)).state
    assert isinstance(state, Remark)
    return state


def test_a_live_model_that_is_named_tells_the_tone_and_stands_in_the_score() -> None:
    assert [remark(text).label for text in (GOOD, BAD, "завтра склад")] == ["positive", "negative", "neutral"]
    assert remark(GOOD).model == "slang/v7"


@pytest.mark.parametrize(("status", "tone"), [("off", "slang"), ("shadow", "slang"), ("live", None), ("live", "other")])
def test_words_tell_it_where_no_model_is_live(status: ModelStatus, tone: str | None) -> None:
    found = remark(GOOD, status, tone)

    assert found.label == "neutral"
    assert found.model.startswith(f"{MODEL}/")


def test_the_value_is_between_blame_and_praise() -> None:
    told = telling(Models(), "acme", "slang", builders.AT)

    assert -1 <= told(BAD).value < -0.5 < 0.5 < told(GOOD).value <= 1
    assert telling(Models(), "acme", None, builders.AT) is score


@pytest.mark.parametrize(
    "labels", [("spam", "ham"), ("positive", "neutral"), ("negative", "positive", "neutral", "angry"), ("negative",)]
)
def test_a_model_of_something_else_is_refused(labels: Collection[str]) -> None:
    with pytest.raises(Unprocessable, match="labels negative, positive"):
        check_labels(labels)


def test_a_model_without_neutral_is_taken() -> None:
    check_labels(["negative", "positive"])


def test_which_models_are_named_is_read_from_the_documents() -> None:
    def version(brand: str, spec: dict[str, Any]) -> Version:
        return Version("Listening", brand, "default", 1, builders.AT, spec)

    assert named([version("acme", {"tone": "slang"}), version("bolt", {"queries": []})]) == {("acme", "slang")}


def test_contents_that_words_judged_are_left_out_when_a_model_would_judge_them() -> None:
    stored, again = {"a": remark(GOOD, tone=None)}, {"a": remark(GOOD)}

    assert len(judged_otherwise(stored, again)) == 2
    assert judged_otherwise(again, again) == set()

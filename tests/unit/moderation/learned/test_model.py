from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.svm import LinearSVC

from services.moderation.training.fitting import ITERATIONS_MAX, PENALTY, SEED
from shared.learned.model import calibrated, chosen, probabilities, weighed
from shared.terms.text import plain
from tests.served import quickest_ms
from tests.unit.moderation.learned.classifiers import slow_pieces, slow_words, small, texts

SCORE_MS_MAX = 20.0
"""What an event may cost at most."""

HOSTILE = {
    "marks": "a" + "\u0301" * 1_000_000,
    "characters that stand for eighteen": "\ufdfa" * 100_000,
    "nothing but different words": " ".join(chr(0x4E00 + number * 7 % 9_000) for number in range(20_000)),
    "two scripts": "aбв " * 100_000,
    "spaced out": "а б " * 100_000,
    "one letter": "a" * 1_000_000,
    "invisible": "a\u200b" * 500_000,
    "nothing": "",
}


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    pairs = texts()
    union = FeatureUnion(
        [
            (name, TfidfVectorizer(analyzer=analyzer, sublinear_tf=True))
            for name, analyzer in (("pieces", slow_pieces), ("words", slow_words))
        ]
    )
    machine = LinearSVC(C=PENALTY, class_weight="balanced", random_state=SEED, max_iter=ITERATIONS_MAX)
    return make_pipeline(union, machine).fit([text for text, _ in pairs], [label for _, label in pairs])


WRITTEN = st.text() | st.lists(st.sampled_from([word for text, _ in texts() for word in text.split()])).map(" ".join)


@given(text=WRITTEN)
def test_a_text_is_scored_as_scikit_learns_own_pipeline_scores_it(pipeline: Pipeline, text: str) -> None:
    model = small().model

    found = probabilities(model, plain(text))

    wanted = calibrated(model.calibration, pipeline.decision_function([text]))[0]
    assert list(found) == pipeline.classes_.tolist()
    assert list(found.values()) == pytest.approx(wanted.tolist(), abs=1e-4)


@given(WRITTEN)
def test_probabilities_add_up_to_one(text: str) -> None:
    found = probabilities(small().model, plain(text))

    assert sum(found.values()) == pytest.approx(1)
    assert all(0 <= share <= 1 for share in found.values())


def test_a_text_gets_the_label_of_texts_like_it_whatever_its_disguise() -> None:
    model = small().model

    assert chosen(model, probabilities(model, plain("click now, заработок, free prize"))) == "spam"
    assert chosen(model, probabilities(model, plain("CLICK n\u200bow, зapaбoтoк, freeeeee prize"))) == "spam"
    assert chosen(model, probabilities(model, plain("lunch tomorrow, дождь"))) == "ham"


def test_what_weighed_most_is_shown_in_the_authors_own_characters() -> None:
    text = "Кошка! зapa\u200bбoтoк"

    found = weighed(small().model, plain(text), "spam", 20)

    assert [one.weight for one in found] == sorted((one.weight for one in found), reverse=True)
    assert any("\u200b" in text[one.start : one.end] for one in found)
    assert all(set(text[one.start : one.end]) <= set(text) and one.weight > 0 for one in found)


@given(WRITTEN, st.integers(0, 8))
def test_pieces_that_weighed_most_do_not_overlap(text: str, most: int) -> None:
    found = sorted(weighed(small().model, plain(text), "spam", most))

    assert len(found) <= most
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_takes_longer_than_an_event_may(name: str) -> None:
    model = small().model

    def scored_and_explained() -> None:
        text = plain(HOSTILE[name])
        probabilities(model, text)
        weighed(model, text, "spam", 8)

    assert quickest_ms(scored_and_explained) < SCORE_MS_MAX


def test_margins_beyond_all_measure_make_certain_probabilities_and_no_overflow() -> None:
    found = calibrated(small().model.calibration, np.array([[1e9, -1e9, -1e9], [-1e9, -1e9, -1e9]]))

    assert found[0].tolist() == pytest.approx([1, 0, 0])
    assert np.isfinite(found).all()

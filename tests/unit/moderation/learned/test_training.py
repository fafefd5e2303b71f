from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.moderation.training import counting
from services.moderation.training.counting import counted, weighting
from services.moderation.training.fitting import predicted
from services.moderation.training.measuring import calibration_error, curve
from shared.learned.artifact import packed
from shared.learned.page import page, summary
from tests.unit.moderation.learned.classifiers import read_texts, small, small_file, texts, train

SHARES = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=50)


def test_the_same_texts_make_the_same_file() -> None:
    assert packed(*train(texts())) == small_file()


def test_other_texts_make_another() -> None:
    assert packed(*train(texts(seed=2))) != small_file()


def test_labels_that_differ_are_told_apart_on_texts_not_seen() -> None:
    quality = small().card.quality

    assert quality.macro_f1 > 0.9
    assert quality.macro_f1 == pytest.approx(np.mean(quality.folds), abs=1e-3)
    assert set(quality.labels) == {"ham", "rude", "spam"}


def test_labels_that_mean_nothing_are_not_found() -> None:
    shuffled = [(text, "ab"[number % 2]) for number, (text, _) in enumerate(texts())]

    assert train(shuffled).card.quality.macro_f1 < 0.65


def test_two_labels_have_opposite_weights() -> None:
    model = train([(text, "spam" if label == "spam" else "rest") for text, label in texts()]).model

    assert model.labels == ("rest", "spam")
    assert (model.blocks[1].weights[:, 0] == -model.blocks[1].weights[:, 1]).all()


def test_of_too_many_ngrams_the_most_frequent_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    words = counted(read_texts(texts()).readings)[1]
    monkeypatch.setattr(counting, "NGRAMS_MAX", 10)

    learnt = weighting(words, np.arange(100))

    assert len(learnt.columns) == 10
    assert learnt.idf.max() < weighting_of_rarest()


def weighting_of_rarest() -> float:
    return float(np.log(101 / 2) + 1)


def test_a_rare_label_is_chosen_sooner_where_the_classifier_leans_to_it() -> None:
    found = np.array([[0.6, 0.4], [0.9, 0.1]])

    assert predicted(found, (1.0, 1.0)).tolist() == [0, 0]
    assert predicted(found, (0.8, 0.2)).tolist() == [1, 0]


@given(SHARES)
def test_recall_falls_with_the_threshold(judged: list[tuple[float, bool]]) -> None:
    points = curve(np.array([share for share, _ in judged]), np.array([is_label for _, is_label in judged]))

    assert [point.recall for point in points] == sorted((point.recall for point in points), reverse=True)
    assert all(point.precision is None or 0 <= point.precision <= 1 for point in points)


@given(SHARES)
def test_a_calibration_error_is_a_share(judged: list[tuple[float, bool]]) -> None:
    assert 0 <= calibration_error(np.array([s for s, _ in judged]), np.array([is_label for _, is_label in judged])) <= 1


def test_probabilities_that_are_frequencies_have_no_calibration_error() -> None:
    assert calibration_error(np.full(10, 0.3), np.arange(10) < 3) == pytest.approx(0)
    assert calibration_error(np.full(10, 0.8), np.arange(10) < 3) == pytest.approx(0.5)


def test_a_card_reads_as_a_page() -> None:
    shown = page(small().card, "0123")

    assert "# Classifier made up\n" in shown
    assert "Version 0123, made 2026-11-21." in shown
    assert summary(small().card) in shown
    assert "120 rows, 120 different texts" in shown
    assert "scikit-learn" in shown


def test_what_services_load_holds_nothing_that_trains() -> None:
    loaded = "import services.moderation.cli, shared.learned.artifact, sys; print('sklearn' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"

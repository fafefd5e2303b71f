"""How good a classifier is: five folds, each judged by a classifier that was trained, calibrated and leant on the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score, precision_recall_fscore_support

from services.moderation.training.counting import Counted, Progress
from services.moderation.training.fitting import FOLDS, Labels, fitted, folds, margins_of, predicted
from shared.learned.card import LabelQuality, Point, Quality
from shared.learned.model import Floats, calibrated

THRESHOLDS = tuple(step / 20 for step in range(1, 20))
"""Of the curves; between them a person sees no difference."""

BINS = 10
"""Of the calibration error."""

PLACES = 4
"""Decimal places of what is measured; five folds of a thousand texts tell no more."""


class Measured(NamedTuple):
    """Probabilities and labels of texts that were judged by classifiers not trained on them."""

    probabilities: Floats
    predicted: Labels
    folds: Sequence[float]
    """Macro F1 of each."""


def measured(blocks: Sequence[Counted], labels: Labels, told: Progress) -> Measured:
    """Return what five folds tell; `told` hears of each."""
    found, guesses, scores = np.empty((len(labels), int(labels.max()) + 1)), np.empty(len(labels), dtype=np.intp), []
    for number, (known, unknown) in enumerate(folds(labels), start=1):
        fit = fitted(blocks, known, labels[known])
        found[unknown] = calibrated(fit.calibration, margins_of(fit.linear, blocks, unknown))
        guesses[unknown] = predicted(found[unknown], fit.leans)
        scores.append(float(f1_score(labels[unknown], guesses[unknown], average="macro")))
        told(f"fold {number} of {FOLDS}: macro F1 {scores[-1]:.3f}")
    return Measured(found, guesses, scores)


def quality(judged: Measured, labels: Labels, names: Sequence[str]) -> Quality:
    """Return the part of the card that tells of quality."""
    each = precision_recall_fscore_support(labels, judged.predicted, labels=range(len(names)), zero_division=0)
    return Quality(
        folds=tuple(_rounded(score) for score in judged.folds),
        macro_f1=_rounded(np.mean(judged.folds)),
        spread=_rounded(np.std(judged.folds)),
        labels={
            name: LabelQuality(
                precision=_rounded(each[0][place]),
                recall=_rounded(each[1][place]),
                f1=_rounded(each[2][place]),
                calibration_error=calibration_error(judged.probabilities[:, place], labels == place),
                curve=curve(judged.probabilities[:, place], labels == place),
            )
            for place, name in enumerate(names)
        },
    )


def curve(found: Floats, is_label: NDArray[np.bool_]) -> tuple[Point, ...]:
    """Return precision and recall of a label where it is given from a probability on."""
    points = []
    for threshold in THRESHOLDS:
        given = found >= threshold
        right = int((given & is_label).sum())
        precision = _rounded(right / given.sum()) if given.any() else None
        points.append(Point(threshold=threshold, precision=precision, recall=_rounded(right / max(1, is_label.sum()))))
    return tuple(points)


def calibration_error(found: Floats, is_label: NDArray[np.bool_]) -> float:
    """Return the mean distance of probability and frequency over ten equal bins, weighted by their texts."""
    bins = np.minimum((found * BINS).astype(np.intp), BINS - 1)
    distances = np.bincount(bins, weights=found - is_label, minlength=BINS)
    return _rounded(np.abs(distances).sum() / len(found))


def _rounded(number: float | np.floating) -> float:
    return round(float(number), PLACES)

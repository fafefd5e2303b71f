"""Fitting: weights by a support vector machine, probabilities and leans by texts that the weights were not fitted on.

What a brand would have to tune is fixed here, once for all data; it was chosen on labelled collections of other seeds than
docs/moderation-quality.md is measured with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from services.moderation.training.counting import Counted, Rows, Weighting, features, weighting
from shared.learned.model import Block, Calibration, Floats, Model, calibrated

FOLDS = 5
SEED = 20261121
"""Of the shuffle before the folds and of the solver's order: the same CSV makes the same file."""

PENALTY = 0.5
"""LinearSVC's C. A fifth of it starves small collections, twice of it costs 24,000 noisy tweets half a point of macro F1."""

ITERATIONS_MAX = 10_000
"""Of the solver; the collections we know need a tenth."""

LEANS = tuple(step / 10 for step in range(11))
"""Powers of a label's share that its probability may be divided by: 0 is the likeliest label, 1 treats all labels alike."""

Labels = NDArray[np.intp]
"""Of each text its label's place in the order of labels."""


class Linear(NamedTuple):
    """Weights of n-grams, and what they were fitted on."""

    weightings: Sequence[Weighting]
    weights: Floats
    """A row an n-gram of all blocks, a column a label."""
    intercepts: Floats


class Fitted(NamedTuple):
    """A whole classifier over counted texts, and the probabilities it gave to texts it was not fitted on."""

    linear: Linear
    calibration: Calibration
    leans: tuple[float, ...]
    out_of_fold: Floats
    """A row a training text, a column a label."""


def folds(labels: Labels) -> Iterator[tuple[Rows, Rows]]:
    """Yield the places of training and of test texts, five times; labels keep their shares in each."""
    yield from StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(np.zeros(len(labels)), labels)


def fitted(blocks: Sequence[Counted], rows: Rows, labels: Labels) -> Fitted:
    """Return a classifier of these texts. `labels` are those of `rows`; each must have ten texts or more."""
    margins = np.empty((len(rows), int(labels.max()) + 1))
    for known, unknown in folds(labels):
        margins[unknown] = margins_of(linear(blocks, rows[known], labels[known]), blocks, rows[unknown])
    calibration = _calibration(margins, labels)
    found = calibrated(calibration, margins)
    return Fitted(linear(blocks, rows, labels), calibration, _leans(found, labels), found)


def linear(blocks: Sequence[Counted], rows: Rows, labels: Labels) -> Linear:
    """Return weights of a linear support vector machine, one label against the rest; labels weigh alike."""
    weightings = [weighting(block, rows) for block in blocks]
    machine = LinearSVC(C=PENALTY, class_weight="balanced", random_state=SEED, max_iter=ITERATIONS_MAX)
    machine.fit(features(blocks, weightings, rows), labels)
    weights, intercepts = machine.coef_, machine.intercept_
    if len(weights) == 1:  # of two labels one machine tells both
        weights, intercepts = np.concatenate((-weights, weights)), np.concatenate((-intercepts, intercepts))
    return Linear(weightings, weights.T, intercepts)


def margins_of(fit: Linear, blocks: Sequence[Counted], rows: Rows) -> Floats:
    """Return the margins of texts, a row a text and a column a label."""
    return np.asarray(features(blocks, fit.weightings, rows) @ fit.weights + fit.intercepts)


def predicted(found: Floats, leans: Sequence[float] | Floats) -> Labels:
    """Return the label that each row of probabilities leads to."""
    return np.asarray((found / np.asarray(leans)).argmax(axis=1))


def _calibration(margins: Floats, labels: Labels) -> Calibration:
    """Return slopes and offsets of Platt's sigmoid, with his targets (N+ + 1) / (N+ + 2) and 1 / (N- + 2)."""
    lines = [_sigmoid(margins[:, label], labels == label) for label in range(margins.shape[1])]
    return Calibration(tuple(slope for slope, _ in lines), tuple(offset for _, offset in lines))


def _sigmoid(margins: Floats, is_label: NDArray[np.bool_]) -> tuple[float, float]:
    """Fit one sigmoid: each text counts for its target as positive and for the rest of it as negative."""
    positives = int(is_label.sum())
    targets = np.where(is_label, (positives + 1) / (positives + 2), 1 / (len(margins) - positives + 2))
    twice = np.concatenate((margins, margins))[:, np.newaxis]
    sides = np.repeat([1, 0], len(margins))
    line = LogisticRegression(C=np.inf).fit(twice, sides, sample_weight=np.concatenate((targets, 1 - targets)))
    return float(line.coef_[0, 0]), float(line.intercept_[0])


def _leans(found: Floats, labels: Labels) -> tuple[float, ...]:
    """Return each label's share to the power with the best macro F1; of equal powers the smallest."""
    shares = np.bincount(labels) / len(labels)
    scores = [f1_score(labels, predicted(found, shares**power), average="macro") for power in LEANS]
    return tuple((shares ** LEANS[int(np.argmax(scores))]).tolist())


def as_model(fit: Fitted, blocks: Sequence[Counted], names: Sequence[str]) -> Model:
    """Return what was fitted as a model that needs nothing of this room."""
    ends = np.cumsum([0, *(len(learnt.columns) for learnt in fit.linear.weightings)])
    pieces, words = (
        Block(block.keys[learnt.columns], learnt.idf, fit.linear.weights[start:end].astype(np.float32))
        for block, learnt, start, end in zip(blocks, fit.linear.weightings, ends[:-1], ends[1:], strict=True)
    )
    return Model(tuple(names), (pieces, words), tuple(fit.linear.intercepts.tolist()), fit.calibration, fit.leans)

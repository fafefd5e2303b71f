"""A linear classifier of texts: TF-IDF of n-grams, a weight an n-gram and label, and calibrated probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.learned.ngrams import Ngrams, ngrams
from shared.learned.reading import read
from shared.terms.text import Text

Floats = NDArray[np.float64]

MARGIN_MAX = 500.0
"""Calibrated margins beyond it are certain anyhow, and would overflow the exponential."""

CONSIDERED_MAX = 200
"""Heaviest n-grams of a kind among which those that do not overlap are looked for: many are pieces of the same word."""


class Block(NamedTuple):
    """What is known of the n-grams of one kind."""

    keys: NDArray[np.uint64]
    """Ascending, each once."""
    idf: NDArray[np.float32]
    """A number an n-gram: ln((1 + texts) / (1 + texts that hold it)) + 1, as scikit-learn's TfidfTransformer has it."""
    weights: NDArray[np.float32]
    """A row an n-gram, a column a label."""


class Calibration(NamedTuple):
    """What makes margins probabilities: 1 / (1 + exp(-(slope * margin + offset))) for each label, then divided by their sum.

    Platt, "Probabilistic outputs for support vector machines", 1999; for several labels one against the rest, as
    Zadrozny and Elkan, "Transforming classifier scores into accurate multiclass probability estimates", 2002.
    """

    slopes: tuple[float, ...]
    offsets: tuple[float, ...]


class Model(NamedTuple):
    """A classifier, ready to be used. Every sequence is in the order of the labels."""

    labels: tuple[str, ...]
    blocks: tuple[Block, Block]
    """Of pieces of words, and of words."""
    intercepts: tuple[float, ...]
    calibration: Calibration
    leans: tuple[float, ...]
    """What a probability is divided by before the greatest is chosen: below one, a rare label is chosen sooner."""


class Weighed(NamedTuple):
    """A piece [start, end) of the author's text, and what it adds to a label's margin."""

    start: int
    end: int
    weight: float


class _Present(NamedTuple):
    """Known n-grams of a text: rows of the block, values of unit length, where each first stands."""

    rows: NDArray[np.intp]
    values: Floats
    firsts: NDArray[np.intp]


def probabilities(model: Model, text: Text) -> Mapping[str, float]:
    """Return the probability of each label; they add up to one. Costs time linear in the judged characters."""
    grams = ngrams(read(text))
    found = calibrated(model.calibration, _margins(model, grams)[np.newaxis, :])[0]
    return dict(zip(model.labels, found.tolist(), strict=True))


def chosen(model: Model, found: Mapping[str, float]) -> str:
    """Return the label that a text is given where one must be chosen."""
    return max(zip(model.labels, model.leans, strict=True), key=lambda pair: found[pair[0]] / pair[1])[0]


def calibrated(calibration: Calibration, margins: Floats) -> Floats:
    """Return probabilities of margins, both a row a text and a column a label."""
    lines = np.clip(margins * calibration.slopes + calibration.offsets, -MARGIN_MAX, MARGIN_MAX)
    each = 1 / (1 + np.exp(-lines))
    return np.asarray(each / each.sum(axis=1, keepdims=True))


def _margins(model: Model, grams: tuple[Ngrams, Ngrams]) -> Floats:
    margins = np.array(model.intercepts)
    for block, of_kind in zip(model.blocks, grams, strict=True):
        present = _present(block, of_kind)
        margins += present.values @ block.weights[present.rows]
    return margins


def _present(block: Block, grams: Ngrams) -> _Present:
    keys, firsts, counts = np.unique(grams.keys, return_index=True, return_counts=True)
    rows = np.searchsorted(block.keys, keys)
    known = np.flatnonzero(block.keys[np.minimum(rows, len(block.keys) - 1)] == keys) if len(block.keys) else rows[:0]
    rows = rows[known]
    values = (1 + np.log(counts[known])) * block.idf[rows].astype(np.float64)
    return _Present(rows, values / (np.sqrt(values @ values) or 1.0), firsts[known])


def weighed(model: Model, text: Text, label: str, most: int) -> Sequence[Weighed]:
    """Return up to so many pieces of the text that speak for the label, the heaviest first; none overlaps another."""
    reading = read(text)
    column = model.labels.index(label)
    pieces: list[Weighed] = []
    for block, grams in zip(model.blocks, ngrams(reading), strict=True):
        present = _present(block, grams)
        weights = present.values * block.weights[present.rows, column]
        for one in np.argsort(-weights, kind="stable")[:CONSIDERED_MAX]:
            first = present.firsts[one]
            span = reading.span(int(grams.starts[first]), int(grams.ends[first]), text)
            pieces.append(Weighed(*span, float(weights[one])))
    pieces = [piece for piece in pieces if piece.weight > 0]
    return _apart(sorted(pieces, key=lambda piece: (-piece.weight, piece.start, piece.end)), most)


def _apart(pieces: Sequence[Weighed], most: int) -> Sequence[Weighed]:
    kept: list[Weighed] = []
    for piece in pieces:
        if len(kept) == most:
            break
        if all(piece.end <= other.start or piece.start >= other.end for other in kept):
            kept.append(piece)
    return kept

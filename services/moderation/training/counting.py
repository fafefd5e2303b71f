"""Texts as sparse rows: TF-IDF of n-grams, learnt from some of the texts, for any of them.

The same as scikit-learn's TfidfVectorizer with `sublinear_tf` makes of the two blocks apart; a test compares them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from shared.learned.artifact import NGRAMS_MAX
from shared.learned.ngrams import ngrams
from shared.learned.reading import Reading

Matrix = Any  # scipy.sparse has no types
Rows = NDArray[np.intp]
Progress = Callable[[str], None]
"""Is told what goes on, in words for a person."""


class Counted(NamedTuple):
    """A block of n-grams in all texts."""

    keys: NDArray[np.uint64]
    """Ascending."""
    matrix: Matrix
    """A row a text, a column a key: 1 + ln(how often), 0 where not at all."""


class Weighting(NamedTuple):
    """What was learnt of a block: which of its columns are known, and their inverse document frequencies."""

    columns: NDArray[np.intp]
    """Ascending."""
    idf: NDArray[np.float32]


def counted(readings: Iterable[Reading]) -> tuple[Counted, Counted]:
    """Return how often each n-gram stands in each text: of pieces of words, and of words."""
    pieces: list[tuple[NDArray[np.uint64], NDArray[np.intp]]] = []
    words: list[tuple[NDArray[np.uint64], NDArray[np.intp]]] = []
    for reading in readings:
        for block, grams in zip((pieces, words), ngrams(reading), strict=True):
            block.append(np.unique(grams.keys, return_counts=True))
    return _block(pieces), _block(words)


def _block(texts: Sequence[tuple[NDArray[np.uint64], NDArray[np.intp]]]) -> Counted:
    keys, columns = np.unique(np.concatenate([found for found, _ in texts]), return_inverse=True)
    values = 1 + np.log(np.concatenate([counts for _, counts in texts]))
    ends = np.cumsum([0, *(len(found) for found, _ in texts)])
    return Counted(keys, sparse.csr_matrix((values, columns, ends), shape=(len(texts), len(keys))))


def weighting(block: Counted, rows: Rows) -> Weighting:
    """Return what these texts tell of the n-grams; of more than NGRAMS_MAX the most frequent are known."""
    texts = np.bincount(block.matrix[rows].indices, minlength=len(block.keys))
    order = np.argsort(-texts, kind="stable")[:NGRAMS_MAX]
    columns = np.sort(order[texts[order] > 0])
    return Weighting(columns, (np.log((1 + len(rows)) / (1 + texts[columns])) + 1).astype(np.float32))


def features(blocks: Sequence[Counted], weightings: Sequence[Weighting], rows: Rows) -> Matrix:
    """Return the texts as rows of known n-grams, those of each block of unit length."""
    return sparse.hstack([_scaled(*pair, rows) for pair in zip(blocks, weightings, strict=True)], format="csr")


def _scaled(block: Counted, learnt: Weighting, rows: Rows) -> Matrix:
    values = block.matrix[rows][:, learnt.columns] @ sparse.diags(learnt.idf.astype(np.float64))
    lengths = np.sqrt(np.asarray(values.multiply(values).sum(axis=1)).ravel())
    return sparse.diags(1 / np.where(lengths == 0, 1, lengths)) @ values

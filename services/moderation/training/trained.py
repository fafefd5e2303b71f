"""Training: from labelled texts to a classifier and its card. The only room that knows scikit-learn."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version
from typing import NamedTuple

import numpy as np

from services.moderation.training.counting import Progress, counted
from services.moderation.training.fitting import FOLDS, PENALTY, SEED, as_model, fitted
from services.moderation.training.measuring import measured, quality
from shared.learned.card import Card, Data
from shared.learned.model import Model
from shared.learned.ngrams import PIECE_MAX, PIECE_MIN, WORDS_MAX
from shared.learned.reading import Reading

LIBRARIES = ("numpy", "scipy", "scikit-learn")
SETTINGS = {
    "n-grams": f"pieces of words of {PIECE_MIN} to {PIECE_MAX} characters, 1 to {WORDS_MAX} words",
    "weights": f"LinearSVC, C={PENALTY}, balanced",
    "probabilities": f"Platt's sigmoid on {FOLDS} folds",
    "seed": str(SEED),
}


class Trained(NamedTuple):
    """A classifier and its card."""

    model: Model
    card: Card


def trained(readings: Sequence[Reading], labels: Sequence[str], data: Data, name: str, made: str, told: Progress) -> Trained:
    """Return a classifier of all these texts, and its card by five folds. The same arguments make the same classifier."""
    names = sorted(data.labels)
    places = np.array([names.index(label) for label in labels], dtype=np.intp)
    told(f"counting n-grams of {len(labels):,} texts")
    blocks = counted(readings)
    judged = measured(blocks, places, told)
    told("training on all texts")
    fit = fitted(blocks, np.arange(len(labels)), places)
    card = Card(
        name=name,
        made=made,
        data=data,
        quality=quality(judged, places, names),
        settings=SETTINGS,
        libraries={"python": platform.python_version()} | {library: version(library) for library in LIBRARIES},
    )
    return Trained(as_model(fit, blocks, names), card)

"""What contents are about: topics by non-negative matrix factorisation of their terms. Pure; the same give the same."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations
from math import log
from typing import NamedTuple

import numpy as np
from sklearn.decomposition import NMF
from sklearn.feature_extraction.text import TfidfVectorizer

CONTENTS_MIN = 30
"""Contents below which nothing can be said of topics."""
TERM_CONTENTS_MIN = 3
"""Contents that a term must be in."""
TERM_SHARE_MAX = 0.5
"""A term of more contents than this share is everybody's."""
TERMS_MAX = 20_000
TERMS_SHOWN = 8
EXAMPLES = 3
ROUNDS_MAX = 400
SEED = 20261123


class Topic(NamedTuple):
    """One topic."""

    terms: Sequence[str]
    """The most telling first."""
    contents: int
    """Of which it is the main topic."""
    examples: Sequence[int]
    """Places of contents that are most about it."""


def topics(texts: Sequence[Collection[str]], number: int) -> Sequence[Topic]:
    """Return so many topics of contents, told by their terms, the largest first; none where there are too few contents."""
    if len(texts) < CONTENTS_MIN:
        return ()
    counted = TfidfVectorizer(
        analyzer=sorted,
        min_df=TERM_CONTENTS_MIN,
        max_df=TERM_SHARE_MAX,
        max_features=TERMS_MAX,
        sublinear_tf=True,
    )
    try:
        matrix = counted.fit_transform(texts)
    except ValueError:  # no term is in three contents
        return ()
    number = min(number, *matrix.shape)
    model = NMF(number, init="nndsvda", random_state=SEED, max_iter=ROUNDS_MAX, tol=1e-3)
    weights = model.fit_transform(matrix)
    names = counted.get_feature_names_out()
    main = np.where(weights.max(axis=1) > 0, weights.argmax(axis=1), -1)
    found = [_topic(n, model.components_[n], weights[:, n], main, names) for n in range(number)]
    return sorted((one for one in found if one.contents), key=lambda one: -one.contents)


def _topic(n: int, component: object, weights: object, main: object, names: object) -> Topic:
    by_term, by_content = np.asarray(component), np.asarray(weights)
    terms = [str(np.asarray(names)[place]) for place in np.argsort(-by_term)[:TERMS_SHOWN] if by_term[place] > 0]
    return Topic(terms, int((np.asarray(main) == n).sum()), [int(one) for one in np.argsort(-by_content)[:EXAMPLES]])


def coherence(terms: Sequence[str], texts: Sequence[Collection[str]]) -> float:
    """Return how much the terms of a topic stand together, from -1 to 1; 0: as if they were independent of each other.

    The mean normalised pointwise mutual information of pairs, over whole contents (Bouma, GSCL 2009).
    """
    number = len(texts)
    in_ = {term: {place for place, text in enumerate(texts) if term in text} for term in terms}
    found = [
        _npmi(len(in_[one]), len(in_[other]), len(in_[one] & in_[other]), number) for one, other in combinations(terms, 2)
    ]
    return sum(found) / len(found) if found else 0.0


def _npmi(one: int, other: int, both: int, number: int) -> float:
    if not both:
        return -1.0
    if both == number:
        return 1.0
    return log(both * number / (one * other)) / -log(both / number)

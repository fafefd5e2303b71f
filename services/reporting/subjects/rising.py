"""Terms that are used more than in their own past, and whether chance would do that. Pure.

Two rates are compared by the conditional test of Przyborowski and Wilenski (Biometrika 31, 1940): of all contents with a
term those of the period are binomial. Of many terms some rise by chance: Benjamini and Hochberg (JRSS B 57, 1995) hold the
share of such among those that are named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import binom

from services.reporting.figures.intervals import adjusted

FALSE_SHARE = 0.05
"""Of the terms that are named so many may be there by chance, as far as contents are independent of each other."""

LOOKED_MIN = 10
"""Contents of both together that hold a term, for it to be looked at: fewer could not show it. Chosen by those of the period
alone, chance would be named too often."""
CONTENTS_MIN = 5
"""Contents of the period that hold a term, for it to be named."""


class Rising(NamedTuple):
    """A term that rises."""

    term: str
    now: int
    """Contents of the period that hold it,"""
    before: int
    """and of the past."""
    times: float
    """How many times its rate grew; where the past has none, as if it had half a one."""
    q: float
    """The smallest share of false ones at which it is still named."""


class Uses(NamedTuple):
    """How many contents there are, and in how many of them each term is."""

    contents: int
    by_term: Counter[str]


def uses(texts: Iterable[Collection[str]]) -> Uses:
    """Count the terms of contents."""
    counts: Counter[str] = Counter()
    contents = 0
    for terms in texts:
        contents += 1
        counts.update(terms)
    return Uses(contents, counts)


def rising(now: Uses, before: Uses) -> Sequence[Rising]:
    """Return the terms that rise, the surest first; none where there is no past."""
    looked = sorted(term for term, n in (now.by_term + before.by_term).items() if n >= LOOKED_MIN)
    if not looked or not before.contents or not now.contents:
        return ()
    share = now.contents / (now.contents + before.contents)
    new = np.array([now.by_term[term] for term in looked])
    old = np.array([before.by_term[term] for term in looked])
    q = adjusted(binom.sf(new - 1, new + old, share))
    rates = (new / now.contents) / (np.maximum(old, 0.5) / before.contents)
    found = zip(looked, new.tolist(), old.tolist(), rates.tolist(), q.tolist(), strict=True)
    named = (Rising(*one) for one in found if one[4] <= FALSE_SHARE and one[1] >= CONTENTS_MIN)
    return sorted(named, key=lambda one: (one.q, -one.times, one.term))

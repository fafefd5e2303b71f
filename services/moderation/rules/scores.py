"""What models say of a text, as rules are given it: they know no model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from shared.terms.text import Text


class Scored(NamedTuple):
    """What one model says of a text."""

    model: str
    version: str
    """Of its file: the beginning of its digest."""
    is_shadow: bool
    """Whether the model is only tried."""
    scores: Mapping[str, float]
    """The probability of each label."""


Scoring = Callable[[Text, Sequence[str]], Sequence[Scored]]
"""Asks models by name; those that are off, or not there at that time, are not in the answer."""


def no_scoring(text: Text, models: Sequence[str]) -> Sequence[Scored]:
    """Ask no model: where there is none."""
    del text, models
    return ()


def scores_of(scored: Sequence[Scored]) -> Mapping[str, float]:
    """Return `model.label` with its probability, for conditions. What is only tried decides nothing, so it is not there."""
    return {f"{one.model}.{label}": score for one in scored if not one.is_shadow for label, score in one.scores.items()}

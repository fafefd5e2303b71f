"""The tone of a text by a brand's own model, in the place of words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from functools import partial
from typing import cast

from services.reporting.listening.tone import LABELS, Label, Score, score
from shared.errors import Unprocessable
from shared.learned.model import Model, chosen, probabilities
from shared.learned.stored import PLACES, Models
from shared.policy import Version
from shared.terms.text import plain


def check_labels(labels: Collection[str]) -> None:
    """Raise Unprocessable where a model does not tell tones."""
    if not {"negative", "positive"} <= set(labels) <= set(LABELS):
        told = ", ".join(sorted(labels))
        raise Unprocessable(f"a model of tone has the labels negative, positive and perhaps neutral; this one has {told}")


def named(versions: Iterable[Version]) -> Collection[tuple[str, str]]:
    """Return the models that documents of listening name, each with its brand."""
    return {(version.brand, version.spec["tone"]) for version in versions if version.spec.get("tone")}


def telling(models: Models, brand: str, name: str | None, moment: datetime) -> Callable[[str], Score]:
    """Return what tells tones for a brand as its model was in force at that moment: words, where none is live.

    What it returns raises Unprocessable where the model's file is lost, and Retryable where it cannot be read now.
    """
    stored = None if name is None else models.at(brand, name, moment)
    if stored is None or stored.read is None or stored.status != "live":
        return score
    return partial(_scored, stored.read, f"{name}", stored.version)


def _scored(read: Callable[[], Model], name: str, version: str, text: str) -> Score:
    """Return the label that the model chooses; the value is how much likelier praise is than blame."""
    model = read()
    found = probabilities(model, plain(text))
    label = cast("Label", chosen(model, found))
    return Score(round(found["positive"] - found["negative"], PLACES), label, name, version)

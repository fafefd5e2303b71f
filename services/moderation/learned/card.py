"""What a classifier's file says about it: on what it was trained, how good it is, and with which libraries. Frozen data."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """The texts a classifier was trained on. None of them stands here."""

    rows: int
    """In the file, under its heading."""
    broken: int
    """Rows that could not be used."""
    duplicates: int
    """Rows whose text, as the classifier reads it, came before with the same label."""
    contradictions: int
    """Rows whose text came before with another label; the first one counts."""
    labels: Mapping[str, int]
    """Texts that were used, by label."""
    scripts: Mapping[str, float]
    """Share of texts by the script that most of their letters are in: `cyrillic`, `latin`, `other`."""
    digest: str
    """SHA-256 of the texts that were used and their labels, in order."""


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """What would be right if a label were given from a threshold on."""

    threshold: float
    precision: float | None
    """None where nothing reaches the threshold."""
    recall: float


class LabelQuality(msgspec.Struct, frozen=True, kw_only=True):
    """How well one label is found, over all folds together."""

    precision: float
    recall: float
    f1: float
    calibration_error: float
    """Mean distance of probability and frequency over ten equal bins, weighted by their texts (Naeini et al., 2015)."""
    curve: tuple[Point, ...]


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured on texts that the measured classifier was not trained on."""

    folds: tuple[float, ...]
    """Macro F1 of each fold; its mean is what is meant by macro F1."""
    macro_f1: float
    spread: float
    """Standard deviation over the folds."""
    labels: Mapping[str, LabelQuality]


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A classifier's card."""

    name: str
    made: str
    """The day, as it was told: 2026-11-21."""
    data: Data
    quality: Quality
    settings: Mapping[str, str]
    libraries: Mapping[str, str]

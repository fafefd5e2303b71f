"""What a classifier's file says about it: on what it was trained, how good it is, with which libraries. Frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

Count = Annotated[int, Meta(ge=0, le=1 << 53)]
Share = Annotated[float, Meta(ge=0, le=1)]


class Data(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The texts a classifier was trained on. None of them stands here."""

    rows: Count
    """In the file, under its heading."""
    broken: Count
    """Rows that could not be used."""
    duplicates: Count
    """Rows whose text, as the classifier reads it, came before with the same label."""
    contradictions: Count
    """Rows whose text came before with another label; the first one counts."""
    labels: Mapping[str, Count]
    """Texts that were used, by label."""
    scripts: Mapping[str, Share]
    """Share of texts by the script that most of their letters are in: `cyrillic`, `latin`, `other`."""
    digest: str
    """SHA-256 of the texts that were used and their labels, in order."""
    source: str | None = None
    """Where they are from, where it is not a file."""


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """What would be right if a label were given from a threshold on."""

    threshold: Share
    precision: Share | None
    """None where nothing reaches the threshold."""
    recall: Share


class LabelQuality(msgspec.Struct, frozen=True, kw_only=True):
    """How well one label is found, over all folds together."""

    precision: Share
    recall: Share
    f1: Share
    calibration_error: Share
    """Mean distance of probability and frequency over ten equal bins, weighted by their texts (Naeini et al., 2015)."""
    curve: tuple[Point, ...]


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured on texts that the measured classifier was not trained on."""

    folds: tuple[Share, ...]
    """Macro F1 of each fold; its mean is what is meant by macro F1."""
    macro_f1: Share
    spread: Share
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

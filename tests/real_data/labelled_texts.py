"""Other people's labelled texts, as rows of a brand's CSV would be."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from services.moderation.training.rows import Row

Pair = tuple[str, str]
"""A text and its label."""


def _sms(folder: Path) -> Iterable[Pair]:
    lines = (folder / "en_sms_spam_uci" / "SMSSpamCollection").read_text(encoding="utf-8").splitlines()
    return [(text, label) for label, tab, text in (line.partition("\t") for line in lines) if tab]


def _davidson(folder: Path) -> Iterable[Pair]:
    names = {"0": "hate", "1": "offensive", "2": "neither"}
    return [
        (row["tweet"], names[row["class"]]) for row in _table(folder / "en_davidson_hate_offensive" / "labeled_data.csv")
    ]


def _surge(folder: Path) -> Iterable[Pair]:
    return [(row["text"], row["is_toxic"]) for row in _table(folder / "en_surge_toxicity" / "toxicity_en.csv")]


def _umputun(folder: Path) -> Iterable[Pair]:
    for label in ("spam", "ham"):
        file = folder / "ru_en_telegram_spam_umputun" / f"{label}-samples.txt"
        yield from ((line, label) for line in file.read_text(encoding="utf-8").splitlines() if line.strip())


def _table(file: Path) -> Iterable[Mapping[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


COLLECTIONS: Mapping[str, Callable[[Path], Iterable[Pair]]] = {
    "sms_spam": _sms,
    "surge_toxicity": _surge,
    "umputun_ru_en": _umputun,
    "davidson": _davidson,
}
"""By the name that docs/moderation-quality.md has for them."""


def labelled_rows(real_data: Path, name: str) -> Sequence[Row]:
    """Return the rows of a collection."""
    pairs = COLLECTIONS[name](real_data / "labelled")
    return [Row(line, text, label) for line, (text, label) in enumerate(pairs, start=2)]

"""`python -m tests.real_data.moderation_quality` (`make quality`): docs/moderation-quality.md, in about two minutes."""

from __future__ import annotations

import sys
import timeit
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from services.moderation.rules.case import Member
from services.moderation.training.counting import counted
from services.moderation.training.fitting import SEED, fitted, margins_of
from services.moderation.training.rows import labelled
from services.moderation.training.trained import SETTINGS, trained
from shared.learned.card import Card
from shared.learned.model import Floats, calibrated, probabilities
from shared.learned.reading import read
from shared.terms.text import plain
from tests.real_data.labelled_texts import COLLECTIONS, labelled_rows
from tests.real_data.platforms_page import table
from tests.real_data_gate import ROOT, RealDataSettings
from tests.unit.moderation.cases import found

PAGE = ROOT / "docs" / "moderation-quality.md"

TARGETS: Mapping[str, float] = {"sms_spam": 0.978, "surge_toxicity": 0.866, "umputun_ru_en": 0.970, "davidson": 0.745}
"""The macro F1 that is promised."""

PRECISION_WANTED = 0.97
"""What the threshold is chosen for: a removal takes something from a member."""

THRESHOLDS = np.arange(30, 100) / 100
"""Among these, on the half that the classifier was trained on."""

HEAD = """\
# Quality of moderation

Written by `make quality` from other people's labelled texts. One configuration for all of them, chosen once on shuffles with
other seeds; nothing is tuned on a fold that is measured. Rows whose texts are the same to the classifier (undisguised,
case-folded) count once. Each text is judged by a classifier that was trained, calibrated and leant on the other four folds.
The normal tests measure the three small collections again and compare them with this page.
"""

HALVES = f"""\
## Rules, and rules with a classifier

Telegram's spam and ham of umputun_ru_en, written by members who are known (five messages). Each half is judged by a
classifier that was trained on the other; the threshold is the lowest at which rules and classifier together reach a
precision of {PRECISION_WANTED} on the training half, by probabilities of texts that were left out in turn. Both halves are
counted together.
"""


class Removals(NamedTuple):
    """Texts that were removed, rightly and wrongly, and how many should have been."""

    right: int
    wrong: int
    spam: int

    @property
    def precision(self) -> float:
        """The share of removals that were right."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """The share of spam that was removed."""
        return self.right / self.spam


def card_of(real_data: Path, name: str) -> Card:
    """Train on a collection, and return the card."""
    kept = labelled(labelled_rows(real_data, name))
    return trained(kept.readings, kept.labels, kept.data, name, "not dated", lambda _: None).card


def removals(real_data: Path) -> Mapping[str, Removals]:
    """Return what rules remove, and what they remove together with a classifier and what it removes alone."""
    texts, is_spam = _telegram(real_data)
    by_rules = np.array([_is_removed(text) for text in texts])
    by_classifier, together = np.zeros_like(is_spam), np.zeros_like(is_spam)
    blocks = counted(read(plain(text)) for text in texts)
    halves = StratifiedKFold(2, shuffle=True, random_state=SEED)
    for known, unknown in halves.split(is_spam, is_spam):
        fit = fitted(blocks, known, is_spam[known].astype(np.intp))
        threshold = _threshold(fit.out_of_fold[:, 1], by_rules[known], is_spam[known])
        probability = calibrated(fit.calibration, margins_of(fit.linear, blocks, unknown))[:, 1]
        by_classifier[unknown] = probability >= threshold
        together[unknown] = by_rules[unknown] | by_classifier[unknown]
    ways = {"rules": by_rules, "classifier": by_classifier, "rules and classifier": together}
    return {way: _counted(removed, is_spam) for way, removed in ways.items()}


def _telegram(real_data: Path) -> tuple[Sequence[str], NDArray[np.bool_]]:
    once = {read(plain(row.text)).codes.tobytes(): row for row in reversed(labelled_rows(real_data, "umputun_ru_en"))}
    rows = sorted(once.values())
    return [row.text for row in rows], np.array([row.label == "spam" for row in rows])


def _is_removed(text: str) -> bool:
    return any(finding.then == "remove" for finding in found(text, Member(messages=5)).values())


def _threshold(probability: Floats, by_rules: NDArray[np.bool_], is_spam: NDArray[np.bool_]) -> float:
    for threshold in THRESHOLDS:
        if _counted(by_rules | (probability >= threshold), is_spam).precision >= PRECISION_WANTED:
            return float(threshold)
    return float(THRESHOLDS[-1])


def _counted(removed: NDArray[np.bool_], is_spam: NDArray[np.bool_]) -> Removals:
    return Removals(int((removed & is_spam).sum()), int((removed & ~is_spam).sum()), int(is_spam.sum()))


def pace(real_data: Path) -> str:
    """Return a sentence on what scoring costs, compared with reading a text as rules do."""
    kept = labelled(labelled_rows(real_data, "umputun_ru_en"))
    model = trained(kept.readings, kept.labels, kept.data, "pace", "not dated", lambda _: None).model
    written = [row.text for row in labelled_rows(real_data, "umputun_ru_en")]
    texts = [plain(text) for text in written]
    read_us = _microseconds(lambda: [plain(text) for text in written], len(written))
    scored_us = _microseconds(lambda: [probabilities(model, text) for text in texts], len(texts))
    ratio = f"{scored_us / read_us:.1f} times what undisguising it took"
    return f"Scoring one of its texts took {scored_us:.0f} µs, {ratio}, on the machine this was written on.\n"


def _microseconds(work: Callable[[], object], texts: int) -> float:
    return min(timeit.repeat(work, number=1, repeat=5)) / texts * 1e6


def page(cards: Mapping[str, Card], removed: Mapping[str, Removals], cost: str) -> str:
    """Return the page."""
    settings = "".join(f"- {name}: {value}\n" for name, value in SETTINGS.items())
    made = ", ".join(f"{name} {version}" for name, version in next(iter(cards.values())).libraries.items())
    whole = [(name, *_whole(card), f"{TARGETS[name]:.3f}") for name, card in cards.items()]
    each = [(name, *row) for name, card in cards.items() for row in _labels(card)]
    ways = [
        (way, f"{one.precision:.3f}", f"{one.recall:.3f}", str(one.right), str(one.wrong)) for way, one in removed.items()
    ]
    return "\n".join(
        (
            HEAD,
            f"{settings}- libraries: {made}\n",
            table(("collection", "texts", "macro F1", "spread of folds", "promised"), whole),
            table(("collection", "label", "texts", "precision", "recall", "F1", "calibration error"), each),
            HALVES,
            table(("removed by", "precision", "recall", "rightly", "wrongly"), ways),
            cost,
        )
    )


def _whole(card: Card) -> Sequence[str]:
    texts = sum(card.data.labels.values())
    return f"{texts:,}", f"{card.quality.macro_f1:.3f}", f"{card.quality.spread:.3f}"


def _labels(card: Card) -> Sequence[Sequence[str]]:
    rows = []
    for name, one in card.quality.labels.items():
        shares = (one.precision, one.recall, one.f1, one.calibration_error)
        rows.append((name, f"{card.data.labels[name]:,}", *(f"{share:.3f}" for share in shares)))
    return rows


def rows_of(name: str) -> Sequence[Sequence[str]]:
    """Return the cells after the first of the rows that the committed page has for a collection or a way of removal."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|"))
    return [row for first, *row in cells if first == name]


def main(real_data: Path) -> None:
    """Measure everything and write the page."""
    cards = {name: card_of(real_data, name) for name in COLLECTIONS}
    PAGE.write_text(page(cards, removals(real_data), pace(real_data)), encoding="utf-8")


if __name__ == "__main__":
    folder = RealDataSettings().veche_real_data
    if not folder.is_dir():
        sys.exit(f"no real data in {folder}: name its folder in VECHE_REAL_DATA")
    main(folder)

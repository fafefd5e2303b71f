"""`python -m tests.real_data.listening_quality` (`make listening`): docs/listening-quality.md, in about a minute."""

from __future__ import annotations

import re
import sys
import timeit
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np

from services.moderation.training.counting import counted
from services.moderation.training.fitting import fitted, margins_of
from services.reporting.listening.feedback import kind_of
from services.reporting.listening.lexicon import lexicon
from services.reporting.listening.tone import LABELS, Label, score, version
from shared.learned.model import calibrated
from shared.learned.reading import read
from shared.terms.text import plain
from tests.real_data.labelled_texts import labelled_rows
from tests.real_data.listening_labels import KINDS, Post, labelled_posts
from tests.real_data.listening_subjects import sections
from tests.real_data.platforms_page import table
from tests.real_data_gate import ROOT, RealDataSettings
from tests.unit.moderation.cases import found as judged

PAGE = ROOT / "docs" / "listening-quality.md"
MEASURED = "<!-- Measured: everything below is written by `make listening`. -->\n"

SEED = 20261123
DRAWS = 1_000
"""Samples of the reported half, drawn with replacement, for the interval."""
BAR = 0.58
"""What the held-out macro F1 must not fall below; the plain lexicon's is less, as the page says."""
PLAIN_BARS = [n / 2 for n in range(1, 13)]
TIMES = 3

SCORER, PLAIN, PLAIN_TUNED = "this scorer", "plain lexicon, any sign", "plain lexicon, bars tuned"

TOXIC: Mapping[str, frozenset[str]] = {
    "surge_toxicity": frozenset({"Toxic"}),
    "davidson": frozenset({"hate", "offensive"}),
    "sms_spam": frozenset({"spam"}),
}
FITS = {
    "surge_toxicity": "in part: a toxic comment speaks ill of somebody; others may complain without being toxic",
    "davidson": "poorly: many are called offensive for a word that friends use",
    "sms_spam": "no: spam is no blame, most of it praises",
}

Tell = Callable[[str], str]
Pairs = Sequence[tuple[str, str]]
"""What was labelled, and what was told."""

_WORD = re.compile("[a-zа-я]+")


class Measured(NamedTuple):
    """How well labels are told."""

    macro_f1: float
    by_label: Mapping[str, float]


def measured(pairs: Pairs, labels: Sequence[str] = LABELS) -> Measured:
    """Return F1 by label, and their mean."""
    counts = Counter(pairs)
    f1 = {}
    for label in labels:
        right = counts[label, label]
        asked = sum(n for (one, _), n in counts.items() if one == label)
        told = sum(n for (_, one), n in counts.items() if one == label)
        f1[label] = 2 * right / max(1, asked + told)
    return Measured(sum(f1.values()) / len(labels), f1)


def interval(pairs: Pairs) -> tuple[float, float]:
    """Return between which values nine of ten samples of as many posts have their macro F1."""
    rnd = Random(SEED)
    drawn = sorted(measured(rnd.choices(pairs, k=len(pairs))).macro_f1 for _ in range(DRAWS))
    return drawn[DRAWS // 20], drawn[-DRAWS // 20]


def summed(text: str) -> float:
    """Return what the words of a text add up to as they stand in the lexicon: what a plain lexicon does."""
    lemmas = lexicon().lemmas
    return sum(lemmas.get(word, 0.0) for word in _WORD.findall(text.lower().replace("ё", "е")))


def by_bars(high: float, low: float) -> Tell:
    """Return what tells tones by two bars for the sum."""
    return lambda text: "positive" if (said := summed(text)) >= high else "negative" if said <= -low else "neutral"


def told(posts: Iterable[Post], tell: Tell) -> Pairs:
    """Return labels and what was told."""
    return [(one.tone, tell(one.text)) for one in posts]


def ways(tuned: Sequence[Post], reported: Sequence[Post]) -> Mapping[str, Tell]:
    """Return what tells tones, by name."""
    bars = [by_bars(high, low) for high in PLAIN_BARS for low in PLAIN_BARS]
    return {
        "always neutral": lambda _: "neutral",
        PLAIN: by_bars(0.5, 0.5),
        PLAIN_TUNED: max(bars, key=lambda tell: measured(told(tuned, tell)).macro_f1),
        "a classifier of these posts": classifier(tuned, reported),
        SCORER: lambda text: score(text).label,
    }


def classifier(tuned: Sequence[Post], reported: Sequence[Post]) -> Tell:
    """Return what moderation's classifier tells that was trained on the half that is tuned on; of that half, left out."""
    posts = [*tuned, *reported]
    blocks = counted(read(plain(one.text)) for one in posts)
    places = np.array([LABELS.index(_label(one)) for one in tuned], dtype=np.intp)
    known, unknown = np.arange(len(tuned)), np.arange(len(tuned), len(posts))
    fit = fitted(blocks, known, places)
    found = np.concatenate([fit.out_of_fold, calibrated(fit.calibration, margins_of(fit.linear, blocks, unknown))])
    labels = {one.text: LABELS[int(row.argmax())] for one, row in zip(posts, found, strict=True)}
    return lambda text: labels[text]


def _label(post: Post) -> Label:
    return next(label for label in LABELS if label == post.tone)


def tones(posts: Sequence[Post]) -> str:
    """Return the table of the two halves."""
    tuned, reported = ([one for one in posts if one.is_tuned_on is half] for half in (True, False))
    rows = []
    for name, tell in ways(tuned, reported).items():
        pairs = told(reported, tell)
        found, (low, high) = measured(pairs), interval(pairs)
        cells = (f"{found.macro_f1:.3f}", f"{low:.2f} to {high:.2f}", *(f"{found.by_label[one]:.3f}" for one in LABELS))
        rows.append((name, f"{measured(told(tuned, tell)).macro_f1:.3f}", *cells))
    head = ("tone", "macro F1, tuned half", "macro F1, reported half", "nine of ten samples", *LABELS)
    return table(head, rows)


def kinds(posts: Sequence[Post]) -> str:
    """Return the table of kinds in the reported half."""
    counts: Counter[tuple[str, str]] = Counter(
        (one.kind, kind_of(one.text) or "none") for one in posts if not one.is_tuned_on
    )
    rows = []
    for kind in KINDS:
        asked = sum(n for (one, _), n in counts.items() if one == kind)
        found = sum(n for (_, one), n in counts.items() if one == kind)
        rows.append((kind, asked, found, counts[kind, kind]))
    return table(("kind", "labelled so", "told so", "both"), rows)


@cache
def english(real_data: Path, name: str) -> tuple[int, Measured, Measured]:
    """Return how many texts a collection has, and how well blame is told by the scorer and by the plain lexicon."""
    rows = labelled_rows(real_data, name)
    bad = TOXIC[name]
    both = []
    for tell in (lambda text: score(text).label, by_bars(0.5, 0.5)):
        pairs = [("negative" if row.label in bad else "other", _or_other(tell(row.text))) for row in rows]
        both.append(measured(pairs, ("negative", "other")))
    return len(rows), both[0], both[1]


def _or_other(label: str) -> str:
    return label if label == "negative" else "other"


def collections(real_data: Path) -> str:
    """Return the table of the labelled English texts."""
    rows = []
    for name, fit in FITS.items():
        number, ours, simple = english(real_data, name)
        cells = (f"{one:.3f}" for one in (ours.macro_f1, simple.macro_f1, ours.by_label["negative"]))
        rows.append((name, f"{number:,}", " or ".join(sorted(TOXIC[name])), fit, *cells))
    head = ("texts", "number", "taken for negative", "does it fit tone?", "macro F1", "plain lexicon", "F1 of negative")
    return table(head, rows)


def pace(posts: Sequence[Post], real_data: Path) -> str:
    """Return how long a text takes, beside moderation's rules."""
    short = [row.text for row in labelled_rows(real_data, "surge_toxicity")]
    rows = []
    for name, texts in (("posts of channels", [one.text for one in posts]), ("comments in English", short)):
        ours, kind, rules = (_us(tell, texts) for tell in (score, kind_of, judged))
        letters = sum(map(len, texts)) / len(texts)
        rows.append((name, f"{letters:.0f}", f"{ours:.0f}", f"{kind:.0f}", f"{rules:.0f}", f"{ours / rules:.2f}"))
    return table(
        ("texts", "characters", "tone, µs", "kind with tone, µs", "all of moderation, µs", "tone : moderation"), rows
    )


def _us(tell: Callable[[str], object], texts: Sequence[str]) -> float:
    return min(timeit.repeat(lambda: [tell(text) for text in texts], number=1, repeat=TIMES)) / len(texts) * 1e6


def page(real_data: Path) -> str:
    """Return what is measured, as the second half of the page."""
    posts = labelled_posts(real_data)
    return "\n".join(
        (
            f"## Tone of the labelled posts (lexicon {version()})\n",
            tones(posts),
            "## Kind of feedback, in the reported half\n",
            kinds(posts),
            "## English collections\n",
            collections(real_data),
            "## What a text costs\n",
            pace(posts, real_data),
            *sections(real_data),
        )
    )


def rows_of(name: str) -> Sequence[str]:
    """Return the cells after the first of a row of the committed page."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|"))
    return next(row for first, *row in cells if first == name)


def main(real_data: Path) -> None:
    """Measure everything and write it below what people wrote."""
    written, _, _ = PAGE.read_text(encoding="utf-8").partition(MEASURED)
    PAGE.write_text(f"{written.rstrip()}\n\n{MEASURED}\n{page(real_data)}", encoding="utf-8")


if __name__ == "__main__":
    folder = RealDataSettings().veche_real_data
    if not folder.is_dir():
        sys.exit(f"no real data in {folder}: name its folder in VECHE_REAL_DATA")
    main(folder)

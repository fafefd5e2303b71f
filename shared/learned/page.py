"""A classifier's card as a page: Markdown, which reads well in a terminal too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shared.learned.card import Card, LabelQuality

SHOWN_THRESHOLDS = (0.5, 0.7, 0.8, 0.9, 0.95)
"""Of a curve, what a policy would choose among; the JSON holds all."""


def summary(card: Card) -> str:
    """Return what was measured, in a few lines."""
    quality, data = card.quality, card.data
    rows = [
        (_cell(name), f"{data.labels.get(name, 0):,}", *_percent(one.precision, one.recall, one.f1, one.calibration_error))
        for name, one in quality.labels.items()
    ]
    said = f"macro F1 {quality.macro_f1:.3f} ± {quality.spread:.3f} over {len(quality.folds)} folds of unseen texts"
    head = ("label", "texts", "precision", "recall", "F1", "calibration error")
    return f"{said}\n\n{_table(head, rows)}"


def page(card: Card, version: str) -> str:
    """Return the whole card."""
    return "\n\n".join(_parts(card, version)) + "\n"


def _parts(card: Card, version: str) -> Iterator[str]:
    data = card.data
    yield f"# Classifier {_cell(card.name)}"
    yield f"Version {version}, made {card.made}."
    yield "## Quality"
    yield summary(card)
    yield "Precision and recall where a label is given from a probability on:"
    yield _curves(card.quality.labels)
    yield "## Data"
    yield "\n".join(
        (
            *([] if data.source is None else [f"- {_cell(data.source)}"]),
            f"- {data.rows:,} rows, {sum(data.labels.values()):,} different texts",
            f"- left out: {data.broken:,} broken, {data.duplicates:,} duplicates, {data.contradictions:,} labelled twice",
            f"- scripts: {', '.join(f'{name} {share:.1%}' for name, share in data.scripts.items())}",
            f"- SHA-256 {data.digest}",
        )
    )
    yield "## How it was made"
    made = {**card.settings, "libraries": ", ".join(f"{name} {version}" for name, version in card.libraries.items())}
    yield "\n".join(f"- {_cell(name)}: {_cell(value)}" for name, value in made.items())


def _curves(labels: Mapping[str, LabelQuality]) -> str:
    rows = [
        (_cell(name), *(_point(precision, recall) for precision, recall in _shown(quality)))
        for name, quality in labels.items()
    ]
    return _table(("label", *(f"from {threshold:.2f}" for threshold in SHOWN_THRESHOLDS)), rows)


def _shown(quality: LabelQuality) -> Iterator[tuple[float | None, float]]:
    by_threshold = {round(point.threshold, 2): point for point in quality.curve}
    for threshold in SHOWN_THRESHOLDS:
        point = by_threshold.get(threshold)
        yield (None, 0.0) if point is None else (point.precision, point.recall)


def _point(precision: float | None, recall: float) -> str:
    return "never" if precision is None else f"{precision:.1%} / {recall:.1%}"


def _percent(*shares: float) -> Sequence[str]:
    return [f"{share:.1%}" for share in shares]


def _cell(text: str) -> str:
    """Return a text from outside so that it neither ends a cell nor steers a terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text).replace("|", "/")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    lines = (head, ["-" * width for width in widths], *rows)
    padded = ([cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in padded)

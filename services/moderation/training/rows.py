"""Labelled texts out of a CSV with the columns `text` and `label`; others are left alone. Rows that are broken are named."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from shared.errors import Unprocessable
from shared.learned.artifact import LABEL_CHARS_MAX, LABELS_MAX, LABELS_MIN
from shared.learned.card import Data
from shared.learned.reading import LETTER, Reading, read
from shared.terms.text import plain

ROWS_MAX = 200_000
"""Of a file: the largest collection of labelled messages that a brand would make by hand, and more."""

CHARS_MAX = 10_000_000
"""Judged characters of all texts: training on two millions takes 620 MB of memory, and grows with them."""

TEXTS_A_LABEL_MIN = 25
"""Fewer cannot be split into five folds and those into five again so that each has some."""

BROKEN_SHARE_MAX = 0.1
"""With more broken rows than a tenth, the file is another than was thought."""

BROKEN_NAMED_MAX = 20
"""Broken rows that are named; the rest is counted."""

_CYRILLIC = (0x0400, 0x0530)
_LATIN = (0x0041, 0x0250)


class Row(NamedTuple):
    """A labelled text, and the line of the file that it begins in."""

    line: int
    text: str
    label: str


class Broken(NamedTuple):
    """A row that cannot be used, and why; the reason holds nothing of the text."""

    line: int
    reason: str


class Labelled(NamedTuple):
    """Texts as a classifier reads them, each once, with their labels; and what became of the rows."""

    readings: Sequence[Reading]
    labels: Sequence[str]
    broken: Sequence[Broken]
    """The first of them."""
    data: Data


FIELD_CHARS_MAX = 100_000
"""No platform allows a longer text."""


def rows(lines: Iterable[str]) -> Iterator[Row | Broken]:
    """Yield the rows under the heading. Lines come with undecodable bytes as surrogates (`errors="surrogateescape"`).

    Raises Unprocessable where the heading lacks a column.
    """
    table = csv.reader(lines)
    try:
        heading = [name.strip().lower() for name in next(table, [])]
    except csv.Error as error:
        raise Unprocessable(f"the first line cannot be read: {error}") from error
    if not {"text", "label"} <= set(heading):
        raise Unprocessable("the first line must name the columns text and label")
    places = heading.index("text"), heading.index("label")
    while True:
        line = table.line_num + 1
        try:
            cells = next(table)
        except StopIteration:
            return
        except csv.Error as error:
            yield Broken(line, str(error))
            continue
        if cells:
            yield _row(line, cells, places)


def _row(line: int, cells: list[str], places: tuple[int, int]) -> Row | Broken:
    if len(cells) <= max(places):
        return Broken(line, f"{len(cells)} columns")
    text, label = cells[places[0]], cells[places[1]].strip()
    if len(text) > FIELD_CHARS_MAX:  # the limit of `csv` itself is one for the whole process, and others raise it
        return Broken(line, f"field larger than {FIELD_CHARS_MAX:,} characters")
    if not text.strip():
        return Broken(line, "no text")
    if not 0 < len(label) <= LABEL_CHARS_MAX or not label.isprintable():
        return Broken(line, f"no label of 1 to {LABEL_CHARS_MAX} printable characters")
    if any("\ud800" <= char <= "\udfff" for char in text):
        return Broken(line, "not UTF-8")
    return Row(line, text, label)


def labelled(found: Iterable[Row | Broken]) -> Labelled:
    """Return the texts with their labels, each text once. Raises Unprocessable where they are too many, few or broken."""
    readings: list[Reading] = []
    labels: list[str] = []
    broken: list[Broken] = []
    firsts: dict[bytes, str] = {}
    counts: Counter[str] = Counter()
    for row in found:
        counts["rows"] += 1
        _check_size(counts)
        if isinstance(row, Broken):
            counts["broken"] += 1
            broken += [row] if len(broken) < BROKEN_NAMED_MAX else []
            continue
        reading = read(plain(row.text))
        key = hashlib.sha256(reading.codes.tobytes()).digest()
        if key in firsts:
            counts["duplicates" if firsts[key] == row.label else "contradictions"] += 1
            continue
        firsts[key] = row.label
        readings.append(reading)
        labels.append(row.label)
        counts["chars"] += len(reading.codes)
    _check_broken(counts, broken)
    _check_labels(Counter(labels))
    return Labelled(readings, labels, broken, _data(readings, firsts, counts))


def _check_size(counts: Mapping[str, int]) -> None:
    if counts["rows"] > ROWS_MAX:
        raise Unprocessable(f"the file has more than {ROWS_MAX:,} rows")
    if counts["chars"] > CHARS_MAX:
        raise Unprocessable(f"the texts have more than {CHARS_MAX:,} characters together")


def _check_broken(counts: Mapping[str, int], broken: Sequence[Broken]) -> None:
    if counts["broken"] > BROKEN_SHARE_MAX * counts["rows"]:
        named = f"the first in line {broken[0].line}: {broken[0].reason}"
        raise Unprocessable(f"{counts['broken']:,} of {counts['rows']:,} rows are broken, {named}")


def _check_labels(labels: Mapping[str, int]) -> None:
    if not LABELS_MIN <= len(labels) <= LABELS_MAX:
        raise Unprocessable(f"a classifier tells {LABELS_MIN} to {LABELS_MAX} labels apart; the file has {len(labels)}")
    rarest, texts = min(labels.items(), key=lambda pair: pair[1])
    if texts < TEXTS_A_LABEL_MIN:
        raise Unprocessable(f"the label {rarest} has {texts} different texts; it needs {TEXTS_A_LABEL_MIN}")


def _data(readings: Sequence[Reading], firsts: Mapping[bytes, str], counts: Mapping[str, int]) -> Data:
    scripts = Counter(map(script, readings))
    return Data(
        rows=counts["rows"],
        broken=counts["broken"],
        duplicates=counts["duplicates"],
        contradictions=counts["contradictions"],
        labels=dict(sorted(Counter(firsts.values()).items())),
        scripts={name: round(number / len(readings), 3) for name, number in sorted(scripts.items())},
        digest=hashlib.sha256(b"".join(key + label.encode() + b"\n" for key, label in firsts.items())).hexdigest(),
    )


def script(reading: Reading) -> str:
    """Return the script that most letters of a text are in: cyrillic, latin or other."""
    letters = reading.codes[reading.kinds == LETTER]
    shares = {name: _between(letters, bounds) for name, bounds in (("cyrillic", _CYRILLIC), ("latin", _LATIN))}
    most = max(shares, key=lambda name: shares[name])
    return most if shares[most] * 2 > len(letters) else "other"


def _between(codes: np.ndarray[tuple[int], np.dtype[np.uint64]], bounds: tuple[int, int]) -> int:
    return int(((codes >= bounds[0]) & (codes < bounds[1])).sum())

"""What a text costs a classifier, and how large files may get: `python -m bench.scoring`."""

from __future__ import annotations

import time

import numpy as np

from shared.learned.artifact import LABELS_MAX, LABELS_MIN, NGRAMS_MAX, packed, unpacked
from shared.learned.model import Block, Calibration, Model, probabilities
from shared.terms.text import plain
from tests.unit.moderation.learned.classifiers import small, small_file

ROUNDS = 5_000
TEXT = "Кто пробовал клей на морозе? Earn 500 a day, write to me in private and join"


def main() -> None:
    """Print how long one text takes, and the largest files that the limits allow."""
    model, text = unpacked(small_file()).model, plain(TEXT)
    began = time.perf_counter()
    for _ in range(ROUNDS):
        probabilities(model, text)
    print(f"{(time.perf_counter() - began) / ROUNDS * 1e6:.0f} µs for {len(TEXT)} characters, {len(small_file()):,} bytes")
    for labels in (LABELS_MIN, LABELS_MAX):
        file = packed(largest(labels), small().card)
        began = time.perf_counter()
        unpacked(file)
        print(f"{labels} labels: {len(file) / 2**20:.1f} MB at most, read in {time.perf_counter() - began:.2f} s")


def largest(labels: int) -> Model:
    """Return a model with as many n-grams as there may be."""
    keys = np.arange(NGRAMS_MAX, dtype=np.uint64)
    block = Block(keys, np.ones(NGRAMS_MAX, np.float32), np.ones((NGRAMS_MAX, labels), np.float32))
    each = (1.0,) * labels
    return Model(tuple(map(str, range(labels))), (block, block), each, Calibration(each, each), each)


if __name__ == "__main__":
    main()

"""docs/listening-quality.md says what is so, and tone is told better than a plain lexicon tells it."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.reporting.listening.tone import score
from tests.real_data.listening_labels import labelled_posts
from tests.real_data.listening_quality import BAR, PLAIN, PLAIN_TUNED, SCORER, english, measured, rows_of, told, ways

TUNED_CELL, REPORTED_CELL = 0, 1
BETTER_MIN = 0.05
"""By so much at least, in the reported half."""
ENGLISH_CELLS = slice(3, 5)


def test_tone_is_told_as_well_as_the_page_says_and_better_than_by_a_plain_lexicon(real_data: Path) -> None:
    posts = labelled_posts(real_data)
    tuned, reported = ([one for one in posts if one.is_tuned_on is half] for half in (True, False))

    by = {name: measured(told(reported, tell)).macro_f1 for name, tell in ways(tuned, reported).items()}

    for name in (PLAIN, PLAIN_TUNED, SCORER):
        assert by[name] == pytest.approx(float(rows_of(name)[REPORTED_CELL]), abs=0.001), "run `make listening`"
    ours = measured(told(tuned, lambda text: score(text).label)).macro_f1
    assert ours == pytest.approx(float(rows_of(SCORER)[TUNED_CELL]), abs=0.001), "run `make listening`"
    assert by[SCORER] >= BAR
    assert by[SCORER] >= max(by[name] for name in by if name != SCORER) + BETTER_MIN


@pytest.mark.parametrize("name", ["surge_toxicity", "sms_spam"])
def test_english_texts_are_told_as_the_page_says(name: str, real_data: Path) -> None:
    _, ours, plain = english(real_data, name)

    assert [ours.macro_f1, plain.macro_f1] == pytest.approx(
        [float(cell) for cell in rows_of(name)[ENGLISH_CELLS]], abs=0.001
    ), "run `make listening`"

"""The quick guess of a language beside py3langid, on real texts that are long enough for the latter to be sure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from services.reporting.figures.languages import language_of

LETTERS_MIN, SURE, EVERY = 20, 0.99, 5
"""Every fifth text: the model takes its time."""


def telegram(real_data: Path) -> Iterator[str]:
    for file in sorted((real_data / "exports" / "telegram_channels_ru").glob("*.json")):
        yield from (one["text"] for one in json.loads(file.read_text(encoding="utf-8")))


def stackexchange(real_data: Path) -> Iterator[str]:
    comments = real_data / "exports" / "stackexchange_quantumcomputing" / "Comments.xml"
    yield from (row.attrib["Text"] for row in ET.parse(comments).getroot())  # noqa: S314 - a file that we keep ourselves


def slack(real_data: Path) -> Iterator[str]:
    for file in sorted((real_data / "exports" / "slack_houstondatavis").glob("*/*.json")):
        yield from (one.get("text", "") for one in json.loads(file.read_text(encoding="utf-8")))


TEXTS = {"telegram": telegram, "stackexchange": stackexchange, "slack": slack}
AGREES_MIN = {"telegram": 0.97, "stackexchange": 0.97, "slack": 0.9}
"""Of the texts whose language both tell."""
TOLD_MIN = {"telegram": 0.85, "stackexchange": 0.95, "slack": 0.6}
"""Of all that the model is sure of; posts of channels begin with links and names."""


@pytest.mark.parametrize("source", TEXTS)
def test_the_guess_agrees_with_a_model_that_tells_more(real_data: Path, source: str) -> None:
    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    pairs = Counter[tuple[str, str]]()
    for text in list(TEXTS[source](real_data))[::EVERY]:
        language, sure = model.classify(text)
        if sure >= SURE and sum(map(str.isalpha, text)) >= LETTERS_MIN:
            pairs[language if language in {"ru", "en"} else "other", language_of(text)] += 1

    told = {pair: n for pair, n in pairs.items() if pair[1] != "unknown"}
    agrees = sum(n for (one, other), n in told.items() if one == other) / sum(told.values())
    print(source, dict(pairs), f"{agrees:.1%} of {sum(told.values()) / pairs.total():.1%} told")  # noqa: T201 - a measurement
    assert sum(told.values()) / pairs.total() >= TOLD_MIN[source]
    assert agrees >= AGREES_MIN[source]

"""Moderation against other people's labels: it was not made for these chats, so this is for orientation."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from services.moderation.rules.case import Member
from tests.unit.moderation.cases import found

PRECISION_MIN = 0.97
"""A removal takes something from a member: three in a hundred may be wrong, no more."""
RECALL_MIN = 0.6
"""About a third of these advertise events or services in ordinary words: only a learning rule would see that."""


def removed(path: Path) -> tuple[int, int]:
    """Return how many of the texts are removed when a known member writes them, and how many there are."""
    texts = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    verdicts = [{finding.then for finding in found(text, Member(messages=5)).values()} for text in texts]
    return sum("remove" in verdict for verdict in verdicts), len(texts)


def test_removals_are_right_on_labelled_telegram_messages(real_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = real_data / "labelled" / "ru_en_telegram_spam_umputun"

    right, spam = removed(folder / "spam-samples.txt")
    wrong, ham = removed(folder / "ham-samples.txt")

    precision, recall = right / (right + wrong), right / spam
    with capsys.disabled():
        sys.stdout.write(
            f"\nlabelled spam: precision {precision:.3f} ({wrong} of {ham} wrong), recall {recall:.3f} ({right} of {spam})\n"
        )
    assert precision >= PRECISION_MIN
    assert recall >= RECALL_MIN

"""The page about commands names every word that is heard, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from services.ingest.rules.commands import WORDS
from services.ingest.rules.given import ENGAGEMENT
from shared.events.actions import BUTTONS_MAX, COLUMNS_MAX, COMMAND_BYTES_MAX, ROWS_MAX

PAGE = (Path(__file__).parents[3] / "docs" / "commands.md").read_text(encoding="utf-8")


def words(table: str) -> dict[str, str]:
    """The words of the rows of a table, each with the row's first."""
    found: dict[str, str] = {}
    for row in re.findall(r"^\| `/.*$", table, re.MULTILINE):
        first, *others = re.findall(r"`/(\w+)`", row)
        found |= dict.fromkeys((first, *others), first)
    return found


def test_the_tables_are_the_words_that_are_heard() -> None:
    old, new = PAGE.split("| command |")[1:]

    assert words(old) == dict(WORDS)
    assert words(new) == dict(ENGAGEMENT)


def test_the_numbers_are_the_contract_s() -> None:
    assert (ROWS_MAX, COLUMNS_MAX, BUTTONS_MAX, COMMAND_BYTES_MAX) == (5, 5, 10, 60)
    assert "at most 60 bytes" in PAGE
    assert "ten\nbuttons, in at most five rows of five" in PAGE

"""What commands print for a person."""

from __future__ import annotations

import pytest

from shared.cli.output import print_table

LONG = "x" * 150


def test_a_row_is_one_line_and_nothing_of_it_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("id", "other"), [(LONG, LONG), ("a", 1)], "none")

    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines] == [["id", "other"], [LONG, LONG], ["a", "1"]]


def test_what_comes_from_outside_neither_steers_the_terminal_nor_is_read_as_markup(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_table(("id",), [("\x1b[2J[red]a[/red]\nb",)], "none")

    said = capsys.readouterr().out
    assert "[red]a[/red]" in said
    assert "\x1b" not in said
    assert len(said.splitlines()) == 2


def test_nothing_is_said_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("id",), [], "no letters")

    assert capsys.readouterr().out == "no letters\n"

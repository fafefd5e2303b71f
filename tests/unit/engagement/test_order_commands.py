"""The commands of members' accounts take what people write, and say what was meant where they cannot."""

from __future__ import annotations

from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from services.__main__ import app
from services.engagement.api.named import named
from services.engagement.cli.boards import _show
from shared.cli.output import Shape


def parsed(*words: str) -> dict[str, Any]:
    """Return what a command of engagement's is given."""
    engagement: Any = typer.main.get_command(app).commands["engagement"]  # type: ignore[attr-defined]
    command = engagement.commands[words[0]]
    found: dict[str, Any] = command.make_context(words[0], list(words[1:])).params
    return found


@pytest.mark.parametrize("amount", ["-500", "500"])
@pytest.mark.parametrize("after", [False, True])
def test_a_negative_number_takes_points_away(amount: str, after: bool) -> None:  # noqa: FBT001
    note = ("--note", "counted twice")
    words = (amount, *note) if after else (*note, amount)

    told = parsed("adjust", "telegram:12345", *words)

    assert (told["member"], told["amount"], told["note"]) == ("telegram:12345", int(amount), "counted twice")


@pytest.mark.parametrize("words", [("adjust", "12345", "5"), ("spend", "anna", "5"), ("refund", "12345", "order-1")])
def test_who_is_no_member_is_told_how_one_is_written(words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, ["engagement", *words, "--note", "x"], env={"COLUMNS": "200", "TERM": "dumb"})

    assert done.exit_code == 2
    assert f"{words[1]} is no member: write platform:account, for example telegram:12345" in done.output


def test_the_api_says_so_too() -> None:
    assert named("telegram:12345") == "telegram:12345"
    with pytest.raises(ValueError, match="for example telegram:12345"):
        named("12345")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"member": "telegram:5", "place": None}, "telegram:5 earned nothing there"),
        ({}, "nobody earned anything there"),
    ],
)
def test_a_board_says_who_earned_nothing_and_what_it_counts(
    more: dict[str, Any], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    board = {"brand": "acme", "period": "all", "metric": "karma", "as_of": "2027-03-31T20:00:00+00:00", "members": 2}

    _show(board | {"places": []} | more, Shape.TABLE)

    assert capsys.readouterr().out.splitlines() == [said, "acme all karma, as of 2027-03-31 20:00 UTC, 2 members"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("board", "--date", "31.03.2026"), "31.03.2026 is no date; write it as 2026-03-31"),
        (("board", "--as-of", "31.03.2026"), "31.03.2026 is no time; write 30d, 12h, 2026-03-01"),
        (("statement", "--since", "yesterday"), "yesterday is no time; write 30d, 12h, 2026-03-01"),
    ],
)
def test_a_day_or_moment_that_is_none_gets_an_example(words: tuple[str, ...], said: str) -> None:
    done = CliRunner().invoke(app, ["engagement", *words], env={"COLUMNS": "200", "TERM": "dumb", "VECHE_TOKEN": "t"})

    assert done.exit_code in {1, 2}
    assert said in done.output

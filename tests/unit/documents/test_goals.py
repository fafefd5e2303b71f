"""The page about goals names what there is: commands, fields, states, limits."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main
from msgspec.structs import fields

from services.__main__ import app
from services.reporting.documents import GOALS_MAX
from services.reporting.pages.shown_goal import STATES
from services.reporting.rules.goals.forecast import DAYS_MIN
from services.reporting.rules.goals.progress import AT_RISK, HISTORY_DAYS, RECOVERED, State
from shared.documents.goals import Goal

PAGE = (Path(__file__).parents[3] / "docs" / "goals.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("line", re.findall(r"^veche .*$", PAGE, re.MULTILINE))
def test_the_commands_of_the_page_are_there(line: str) -> None:
    words = shlex.split(line.partition(" #")[0])

    with pytest.raises(SystemExit) as ended:
        typer.main.get_command(app)([*words[1:], "--help"], prog_name="veche")

    assert ended.value.code == 0


def test_the_page_names_every_field_and_state() -> None:
    assert all(f"`{field.encode_name}`" in PAGE for field in fields(Goal))
    assert STATES.keys() == set(State)
    assert all(said.en in PAGE and said.ru in PAGE for said in STATES.values())


def test_the_numbers_are_those_of_the_rules() -> None:
    assert (AT_RISK, RECOVERED, DAYS_MIN, HISTORY_DAYS, GOALS_MAX) == (0.4, 0.5, 28, 400, 100)
    assert all(told in PAGE for told in ("40 %", "50 %", "28 days", "400 days", "at most 100"))

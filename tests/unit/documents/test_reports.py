"""The page about reports names what there is: commands, fields of schedules, limits."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main
from msgspec.structs import fields

from services.__main__ import app
from services.reporting.documents import SCHEDULES_MAX
from services.reporting.rules.schedules.runs import PAUSES_S
from services.reporting.store.runs import KEPT, LEASE
from shared.documents.schedules import LINK_DAYS_MAX, ReportSchedule
from shared.settings import Settings

PAGE = (Path(__file__).parents[3] / "docs" / "reports.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("line", re.findall(r"^veche .*$", PAGE, re.MULTILINE))
def test_the_commands_of_the_page_are_there(line: str) -> None:
    words = shlex.split(line.partition(" #")[0])

    with pytest.raises(SystemExit) as ended:
        typer.main.get_command(app)([*words[1:], "--help"], prog_name="veche")

    assert ended.value.code == 0


def test_the_page_names_every_field_of_a_schedule() -> None:
    table = PAGE.partition("| `title` |")[2].partition("\n\n")[0]

    assert [field.encode_name for field in fields(ReportSchedule) if f"`{field.encode_name}`" not in f"`title`{table}"] == []


def test_the_numbers_are_those_of_the_rules() -> None:
    assert (list(PAUSES_S), SCHEDULES_MAX, LINK_DAYS_MAX) == ([60, 300, 900, 1_800, 3_600], 20, 90)
    assert (LEASE.total_seconds(), KEPT.days) == (600, 400)
    assert f"VECHE_REPORT_GRACE_S={Settings.model_fields['report_grace_s'].default:.0f}" in PAGE
    for told in ("1, 5, 15, 30 and 60 minutes", "at most 20 schedules", "at most 90", "ten\n  minutes", "400 days"):
        assert told in PAGE

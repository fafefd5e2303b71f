"""The page about figures names what there is: commands, addresses, tables, limits."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main

from services.__main__ import app
from services.reporting.api.answers import PAGE_MAX
from services.reporting.api.asked import HOURLY_DAYS_MAX
from services.reporting.api.figures import Per
from services.reporting.figures import BY_ID, figure_of
from services.reporting.figures.periods import Grain
from services.reporting.figures.tables import TABLES
from shared.topics import EVENTS

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "figures.md").read_text()


@pytest.mark.parametrize("line", re.findall(r"^veche .*$", PAGE, re.MULTILINE))
def test_the_commands_of_the_page_are_there(line: str) -> None:
    words = shlex.split(line.partition(" #")[0])

    with pytest.raises(SystemExit) as ended:
        typer.main.get_command(app)([*words[1:], "--help"], prog_name="veche")

    assert ended.value.code == 0


def test_the_page_names_the_tables() -> None:
    assert re.findall(r"^\| `([a-z_]+)` \|", PAGE, re.MULTILINE) == [table.id for table in TABLES]


def test_the_page_names_periods_groups_and_limits() -> None:
    assert all(f"`{name.value}`" in PAGE for name in (*Grain, *Per))
    assert f"`hour` ({HOURLY_DAYS_MAX} days at most)" in PAGE
    assert f"{PAGE_MAX:,} rows at most" in PAGE.replace("\n", " ")
    assert f"events are kept for {EVENTS.retention.days} days" in PAGE


def test_the_figures_that_it_names_are_there() -> None:
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", PAGE)) - {"kpi.observed"} - {table.id for table in TABLES}

    assert {"engagement_per_view", "engagement_per_content", "engagement_per_member"} <= named <= set(BY_ID)
    assert figure_of("kpi:NAME") is not None
    assert figure_of("revenue:EUR") is not None

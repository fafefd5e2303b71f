"""The page about leaderboards names what there is: commands, periods, limits, metrics."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main
from prometheus_client import CollectorRegistry

from services.__main__ import app
from services.engagement.api.boards import LIMIT_MAX
from services.engagement.rules.boards import KEPT_DAYS, PLACED_MAX, Period
from services.engagement.store.computed import COMPUTED_MS
from services.engagement.store.shown_part import LOOK_S, Figures
from services.engagement.store.standings import PLACES_MAX

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "leaderboards.md").read_text()


@pytest.mark.parametrize("line", re.findall(r"^veche .*$", PAGE, re.MULTILINE))
def test_the_commands_of_the_page_are_there(line: str) -> None:
    words = shlex.split(line.partition(" #")[0])

    with pytest.raises(SystemExit) as ended:
        typer.main.get_command(app)([*words[1:], "--help"], prog_name="veche")

    assert ended.value.code == 0


def test_the_page_says_how_long_each_period_is_live() -> None:
    rows = re.findall(r"^\| `([a-z]+)` \| [^|]+ \| ([^|]+) \|$", PAGE, re.MULTILINE)

    assert dict(rows) == {period.value: f"{days} days" for period, days in KEPT_DAYS.items()} | {Period.ALL.value: "always"}


def test_the_page_names_the_metrics() -> None:
    registry = CollectorRegistry()
    Figures(registry)
    names = {family.name + ("_total" if family.type == "counter" else "") for family in registry.collect()}

    assert set(re.findall(r"^\| `(veche_[a-z_]+)` \|", PAGE, re.MULTILINE)) == names


def test_the_page_names_the_limits() -> None:
    text = PAGE.replace("\n", " ")

    assert f"up to {PLACES_MAX:,} places" in text
    assert f"up to {LIMIT_MAX:,} places" in text
    assert f"{PLACED_MAX:,}" in text
    assert f"longer than {COMPUTED_MS // 1000} s" in text
    assert LOOK_S == 1 / 2, "it looks twice a second"


def test_what_it_links_to_is_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)", PAGE) if "://" not in link]

    assert links
    assert all((DOCS / link).exists() for link in links)

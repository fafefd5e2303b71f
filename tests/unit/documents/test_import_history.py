"""What the page about imports has people type is understood, its samples are there, its table is complete."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main

from services.ingest.cli import app
from services.ingest.importers import FORMATS, importer_of
from services.ingest.importers.mapped.mapping import Table

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "import-history.md"
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if line.startswith("veche ")]


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_is_understood(line: str) -> None:
    words = shlex.split(line, comments=True)
    group = typer.main.get_command(app)

    assert words[:3] == ["veche", "ingest", "import"]
    with group.make_context("ingest", words[2:]) as context:
        command = group.commands["import"]  # type: ignore[attr-defined] # a group has commands
        asked = command.make_context("import", words[3:], parent=context).params
    importer = importer_of(asked["format_"], asked["mapping"] and ROOT / asked["mapping"])
    assert importer.format == asked["format_"]


def test_every_format_and_every_field_of_a_mapping_is_told_of() -> None:
    rows = set(re.findall(r"`([a-z_-]+)`", "".join(re.findall(r"^\| (`.*?) \|", PAGE.read_text(), re.MULTILINE))))

    assert rows - {"--from"} == {*FORMATS, *Table.__struct_fields__}


@pytest.mark.parametrize("linked", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)", PAGE.read_text()))))
def test_what_it_links_to_is_there(linked: str) -> None:
    assert (PAGE.parent / linked).exists()

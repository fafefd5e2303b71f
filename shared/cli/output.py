"""What commands print: a table for a person, JSON for a program."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text


class Shape(StrEnum):
    """How a command prints what it found."""

    TABLE = "table"
    JSON = "json"


Output = Annotated[Shape, typer.Option("--output", "-o", help="json is for a program.")]


def print_json(found: object) -> None:
    """Print for a program."""
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Print for a person: each row on one line, however long, so that ids can be copied; `empty` where there is no row."""
    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for column in table.columns:
        column.no_wrap = True
    for row in rows:
        table.add_row(*(Text(printable(str(cell))) for cell in row))
    if not table.row_count:
        typer.echo(empty)
        return
    console = Console()
    wanted = Measurement.get(console, console.options.update(max_width=LINE_MAX), table).maximum
    Console(width=max(console.width, wanted)).print(table)


LINE_MAX = 10_000
"""Characters of a row; nothing that is shown in tables is as long."""


def moment(at: str | None) -> str:
    """Return a time of an API (ISO 8601) to the second, as a table shows it; `-` where there is none."""
    return "-" if at is None else datetime.fromisoformat(at).replace(microsecond=0).isoformat()


SPACES = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
"""Python calls them not printable; numbers and per cent signs are written with them."""


def printable(text: str) -> str:
    """Return text without what would steer a terminal: names and ids come from outside."""
    return "".join(one if one.isprintable() or one in SPACES else "\N{REPLACEMENT CHARACTER}" for one in text)

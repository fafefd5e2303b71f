"""`veche reporting serve`, and `veche report`: a report of a brand, from the API, into a file."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from shared.cli.client import Api, fail
from shared.said import Language
from shared.settings import Settings
from shared.telemetry import logs

app = typer.Typer(no_args_is_help=True, help="Figures and reports.")

DAY = "%Y-%m-%d"


class Format(StrEnum):
    """What a report is written as."""

    HTML = "html"
    CSV = "csv"


@app.callback()
def reporting() -> None:
    """Figures and reports."""


@app.command()
def serve() -> None:
    """Run the service: the folds of figures and points, and the API."""
    from services.reporting.app import create_app  # noqa: PLC0415 - `veche report` need not load charts
    from shared.serving import serve as serve_service  # noqa: PLC0415 - nor brokers

    settings = Settings()
    logs.configure("reporting", settings.log_level)

    async def run() -> int:
        return await serve_service(create_app(settings))

    raise typer.Exit(uvloop.run(run()))


def report(
    *,
    brand: Annotated[str, typer.Option(help="Whose communities.")],
    out: Annotated[Path, typer.Option(help="The file to write.", dir_okay=False)],
    since: Annotated[
        datetime | None,
        typer.Option(formats=[DAY], help="The first day, in the brand's time zone. Without it: the first with figures."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=[DAY], help="The day after the last one, which is not included. Without it: all there is."),
    ] = None,
    format_: Annotated[
        Format | None, typer.Option("--format", help="A page or a table. Without it: a table where the file ends in .csv.")
    ] = None,
    lang: Annotated[Language, typer.Option(help="The language of the page.")] = Language.EN,
    community: Annotated[list[str] | None, typer.Option(help="Only these communities.")] = None,
) -> None:
    """Write a report of a brand's communities: one page that needs no network, or a table."""
    asked: dict[str, str | list[str]] = {
        "brand": brand,
        "format": (format_ or (Format.CSV if out.suffix == ".csv" else Format.HTML)).value,
        "lang": lang.value,
        "community": community or [],
    }
    asked |= {name: day.strftime(DAY) for name, day in (("since", since), ("until", until)) if day is not None}
    content = Api(Settings(), "reporting").send("GET", "/v1/reports", params=asked).content
    try:
        out.write_bytes(content)
    except OSError as error:
        fail(f"cannot write {out}: {error.strerror}")
    typer.echo(f"{out}: {len(content):,} bytes")

"""`veche reporting serve`, and `veche report`: a report of a brand, from the API, into a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import uvloop

from services.reporting.cli import advice, goals, ideas, incidents, schedules, shares, subjects
from services.reporting.cli.backtest import backtest_alerts
from services.reporting.figures.defining import listed, named
from shared.cli import models
from shared.cli.client import Api, fail
from shared.cli.output import Output, Shape, print_json, print_table
from shared.errors import Retryable
from shared.fold.mongo import new_client
from shared.said import Language
from shared.settings import Settings
from shared.telemetry import logs

if TYPE_CHECKING:
    from services.reporting.recomputing.run import Recomputed

app = typer.Typer(no_args_is_help=True, help="Figures, reports and incidents.")
app.add_typer(incidents.app, name="incidents")
app.add_typer(schedules.app, name="schedules")
app.command("post-mortem")(incidents.post_mortem)
app.command("goals")(goals.listed)
app.command("backtest-alerts")(backtest_alerts)

DAY = "%Y-%m-%d"


class Format(StrEnum):
    """What a report is written as."""

    HTML = "html"
    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"
    PARQUET = "parquet"


@app.callback()
def reporting() -> None:
    """Figures, reports and incidents."""


@app.command()
def serve() -> None:
    """Run the service: the folds of figures, points and incidents, and the API."""
    from services.reporting.app import create_app  # noqa: PLC0415 - `veche report` need not load charts
    from shared.serving import serve as serve_service  # noqa: PLC0415 - nor brokers

    settings = Settings()
    logs.configure("reporting", settings.log_level)

    async def run() -> int:
        return await serve_service(create_app(settings))

    raise typer.Exit(uvloop.run(run()))


@app.command()
def define(
    metric: Annotated[str | None, typer.Argument(help="A figure or a table; without one all are listed.")] = None,
    lang: Annotated[Language, typer.Option(help="The language of the definition.")] = Language.EN,
    output: Output = Shape.TABLE,
) -> None:
    """Say what a figure means: how it is counted, from which topics, and which platforms do not tell it."""
    rows = list(listed(lang))
    if metric is None:
        if output is Shape.JSON:
            print_json([dict(zip(("id", "name", "definition"), row, strict=True)) for row in rows])
        else:
            print_table(("figure", "name", "definition"), rows, "no figures")
        return
    found = named(metric)
    if found is None:
        fail(f"there is no figure or table {metric}; `veche reporting define` without a name lists all")
    if output is Shape.JSON:
        print_json(found)
    else:
        typer.echo("\n".join(_lines(found, lang)))


def _lines(found: Mapping[str, Any], lang: Language) -> Iterator[str]:
    """Yield what a figure or table means, as a person reads it."""
    said = lang.value
    yield f"{found['name'][said]} ({found['id']})"
    yield found["definition"][said]
    if "columns" in found:
        yield "columns: " + ", ".join(f"{one['id']} ({one['name'][said]})" for one in found["columns"])
        return
    yield f"unit: {found['unit'][said]}"
    yield f"counted from: {', '.join(found['topics'])}"
    if found["untold_by"]:
        yield f"not told by: {', '.join(found['untold_by'])}"


@app.command()
def recompute(brand: Annotated[str, typer.Option(help="Whose figures.")], output: Output = Shape.TABLE) -> None:
    """Fold a brand's records once more, as far back as Kafka holds them, and compare with what is stored.

    Ends with 1 where a state differs. Speaks to Kafka and MongoDB, so for operators. It may run while the service does.
    """
    from services.reporting.recomputing.run import recomputed  # noqa: PLC0415 - nor brokers
    from shared.models.files import ModelFiles  # noqa: PLC0415

    settings = Settings()

    async def run() -> Recomputed:
        client, database = new_client(settings.mongo), settings.database("reporting")
        held = ModelFiles(settings.mongo, database, settings.models_mb << 20)
        try:
            return await recomputed(client, database, settings.kafka, brand, held)
        finally:
            await held.close()
            await client.close()

    try:
        found = uvloop.run(run())
    except Retryable as error:
        fail(str(error))
    if output is Shape.JSON:
        print_json(found._asdict() | {"since": None if found.since is None else found.since.isoformat()})
    else:
        _tell(found)
    raise typer.Exit(1 if found.wrong else 0)


MODELS = models.Words(
    help="A brand's own models of tone, trained by `veche moderation train` on the labels negative, neutral and positive.",
    first="live",
    status="live: it tells the tone where a document of listening names it (`tone`); else words do.",
    unasked="no document of listening of the brand names it (`tone`)",
)
app.add_typer(models.commands("reporting", MODELS), name="model")
app.command("ideas")(ideas.listed)
app.command("idea")(ideas.decide)
app.command("recommendations")(advice.listed)
app.command("recommendation")(advice.decide)
app.command()(subjects.topics)
for command in (shares.share, shares.shares, shares.unshare):
    app.command()(command)


def _tell(found: Recomputed) -> None:
    since = "all: the topics hold their first records"
    if found.since is not None:
        since = f"whole hours from {found.since:%Y-%m-%d %H:%M} UTC on, for older records are gone"
    typer.echo(f"{found.records} records, {found.states} states; compared: {since}")
    if found.moving:
        typer.echo(f"left out: {found.moving} partitions that went on meanwhile; ask again when less happens")
    if found.judged_otherwise:
        typer.echo(f"left out: {found.judged_otherwise} contents whose tone another version told, and their hours")
    typer.echo("\n".join(found.wrong) if found.wrong else "every state is what its records come to")


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
        Format | None, typer.Option("--format", help="Without it: what the end of the file's name says, else a page.")
    ] = None,
    lang: Annotated[Language, typer.Option(help="The language of the page.")] = Language.EN,
    community: Annotated[list[str] | None, typer.Option(help="Only these communities.")] = None,
    contest: Annotated[str | None, typer.Option(help="Of this contest: its days, and its own numbers.")] = None,
    activity: Annotated[str | None, typer.Option(help="Of this activity: its days, beside ordinary ones.")] = None,
) -> None:
    """Write a report of a brand's communities: one page that needs no network, the same printed, a workbook, or a table."""
    asked: dict[str, str | list[str]] = {
        "brand": brand,
        "format": (format_ or _format_of(out)).value,
        "lang": lang.value,
        "community": community or [],
    }
    asked |= {kind: name for kind, name in (("contest", contest), ("activity", activity)) if name is not None}
    asked |= {name: day.strftime(DAY) for name, day in (("since", since), ("until", until)) if day is not None}
    content = Api(Settings(), "reporting").send("GET", "/v1/reports", params=asked).content
    try:
        out.write_bytes(content)
    except OSError as error:
        fail(f"cannot write {out}: {error.strerror}")
    typer.echo(f"{out}: {len(content):,} bytes")


def _format_of(out: Path) -> Format:
    """Return the format that the end of a file's name says."""
    return next((kind for kind in Format if out.suffix == f".{kind.value}"), Format.HTML)

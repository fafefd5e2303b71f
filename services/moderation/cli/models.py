"""`veche moderation model`: a brand's classifiers, where decisions find them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from services.moderation.learned.scoring import ModelStatus
from shared.cli.client import Api, fail
from shared.cli.output import Output, Shape, print_json, print_table
from shared.settings import Settings

app = typer.Typer(no_args_is_help=True, help="A brand's own classifiers: upload them, turn them live, shadow or off.")

BrandName = Annotated[str | None, typer.Option("--brand", help="Where the token does not name it.")]


@app.command()
def apply(
    file: Annotated[Path, typer.Argument(help="The classifier's file.", dir_okay=False)],
    name: Annotated[str, typer.Option(help="What policies call it.")],
    brand: BrandName = None,
    status: Annotated[ModelStatus, typer.Option(help="shadow: it is only noted what would follow.")] = "shadow",
) -> None:
    """Store a classifier as the next version of a model; policies ask for it by `classifiers`. It is in shadow first."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    query = _query(brand) | {"status": status}
    _tell(Api(Settings(), "moderation").call("PUT", f"/v1/models/{name}", f"{file}: ", params=query, content=raw))


@app.command()
def turn(name: str, status: Annotated[ModelStatus, typer.Argument()], brand: BrandName = None) -> None:
    """Turn a model live, shadow or off."""
    path = f"/v1/models/{name}/status/{status}"
    _tell(Api(Settings(), "moderation").call("PUT", path, params=_query(brand)))


@app.command("list")
def listed(brand: BrandName = None, output: Output = Shape.TABLE) -> None:
    """List a brand's models."""
    found = Api(Settings(), "moderation").call("GET", "/v1/models", params=_query(brand))
    if output is Shape.JSON:
        print_json(found)
        return
    columns = ("name", "status", "model", "labels", "bytes", "version", "in force from")
    print_table(columns, map(_row, found), "no model is stored")


def _row(model: dict[str, Any]) -> tuple[object, ...]:
    labels = ", ".join(model["labels"])
    told = model["name"], model["status"], model["model"], labels, f"{model['bytes']:,}"
    return *told, model["version"], model["effective"]


def _query(brand: str | None) -> dict[str, str]:
    return {"brand": brand} if brand else {}


def _tell(stored: dict[str, Any]) -> None:
    said = f"{stored['name']} {stored['model']} is {stored['status']} from {stored['effective']}"
    typer.echo(f"{said} (version {stored['version']})")
    if not stored["asked"]:
        typer.echo("  not asked yet: no policy of the brand names it below `classifiers`", err=True)

"""`veche moderation model`, `veche reporting model`: a brand's classifiers, where the service finds them.

Annotations are evaluated here, for they hold the words of the service.
"""

from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from shared.cli.client import Api, fail
from shared.cli.output import Output, Shape, print_json, print_table
from shared.learned.stored import ModelStatus
from shared.settings import Settings

BrandName = Annotated[str | None, typer.Option("--brand", help="Where the token does not name it.")]
File = Annotated[Path, typer.Argument(help="The classifier's file.", dir_okay=False)]
Name = Annotated[str, typer.Option(help="What documents call it.")]


class Words(NamedTuple):
    """What a service says of its models."""

    help: str
    first: ModelStatus
    """The status of one that is uploaded without one."""
    status: str
    """What the first status means."""
    unasked: str
    """Said where nothing asks the model."""


def commands(service: str, words: Words) -> typer.Typer:
    """Return the commands that upload, turn and list a brand's models at a service."""
    app = typer.Typer(no_args_is_help=True, help=words.help)

    @app.command()
    def apply(
        file: File,
        name: Name,
        brand: BrandName = None,
        status: Annotated[ModelStatus, typer.Option(help=words.status)] = words.first,
    ) -> None:
        """Store a classifier as the next version of a model."""
        try:
            raw = file.read_bytes()
        except OSError as error:
            fail(f"{file}: {error.strerror}")
        query = _query(brand) | {"status": status}
        told = Api(Settings(), service).call("PUT", f"/v1/models/{name}", f"{file}: ", params=query, content=raw)
        _tell(told, words.unasked)

    @app.command()
    def turn(name: str, status: Annotated[ModelStatus, typer.Argument()], brand: BrandName = None) -> None:
        """Turn a model live, shadow or off."""
        path = f"/v1/models/{name}/status/{status}"
        _tell(Api(Settings(), service).call("PUT", path, params=_query(brand)), words.unasked)

    @app.command("list")
    def listed(brand: BrandName = None, output: Output = Shape.TABLE) -> None:
        """List a brand's models."""
        found = Api(Settings(), service).call("GET", "/v1/models", params=_query(brand))
        if output is Shape.JSON:
            print_json(found)
            return
        columns = ("name", "status", "model", "labels", "bytes", "version", "in force from")
        print_table(columns, map(_row, found), "no model is stored")

    return app


def _row(model: dict[str, Any]) -> tuple[object, ...]:
    labels = ", ".join(model["labels"])
    told = model["name"], model["status"], model["model"], labels, f"{model['bytes']:,}"
    return *told, model["version"], model["effective"]


def _query(brand: str | None) -> dict[str, str]:
    return {"brand": brand} if brand else {}


def _tell(stored: dict[str, Any], unasked: str) -> None:
    said = f"{stored['name']} {stored['model']} is {stored['status']} from {stored['effective']}"
    typer.echo(f"{said} (version {stored['version']})")
    if not stored["asked"]:
        typer.echo(f"  not asked yet: {unasked}", err=True)

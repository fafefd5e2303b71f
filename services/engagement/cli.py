"""`veche engagement`: serve, the best of a brand, the history of a member."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import quote

import typer
import uvloop
from rich.console import Console
from rich.table import Table

from services.engagement.app import create_app
from shared.cli.client import Api
from shared.runtime import serve as serve_service
from shared.settings import Settings
from shared.telemetry import logs

NOBODY = "nobody has points; history earns none unless imported with --backfill-points"

app = typer.Typer(no_args_is_help=True, help="Reward what members do.")


class Shape(StrEnum):
    """How output looks: for a person, for a program."""

    TABLE = "table"
    JSON = "json"


class Language(StrEnum):
    """The languages in which reasons are told."""

    EN = "en"
    RU = "ru"


Brand = Annotated[str | None, typer.Option(help="Where the token does not name it.")]
Limit = Annotated[int, typer.Option()]
Output = Annotated[Shape, typer.Option("--output", "-o")]


@app.command()
def serve() -> None:
    """Run the service: scorer, ledger and their API."""
    settings = Settings()
    logs.configure("engagement", settings.log_level)

    async def run() -> int:
        return await serve_service(create_app(settings))

    raise typer.Exit(uvloop.run(run()))


@app.command()
def top(brand: Brand = None, limit: Limit = 10, output: Output = Shape.TABLE) -> None:
    """Show the members with the most points."""
    table = Table("place", "member", "points")
    for place in _told("/v1/members/top", brand, limit, output):
        table.add_row(str(place["place"]), place["member"], str(place["balance"]))
    if output is Shape.TABLE:
        Console().print(table if table.row_count else NOBODY)


@app.command()
def history(
    member: Annotated[str, typer.Argument(help="platform:account, for example telegram:12345.")],
    brand: Brand = None,
    limit: Limit = 50,
    language: Annotated[Language, typer.Option()] = Language.EN,
    output: Output = Shape.TABLE,
) -> None:
    """Show a member's entries, newest first, each with its reason."""
    table = Table("time", "points", "balance", "rule", "reason", "cause")
    for entry in _told(f"/v1/members/{quote(member, safe='')}/history", brand, limit, output):
        points = f"{entry['applied']:+d}"
        if entry["applied"] != entry["uncapped"]:
            points += f" (of {entry['uncapped']:+d})"
        rule = f"{entry['rule']} v{entry['version']}"
        table.add_row(entry["time"], points, str(entry["balance"]), rule, entry["reason"][language], entry["cause"])
    if output is Shape.TABLE:
        Console().print(table if table.row_count else f"{member} has no entries")


def _told(path: str, brand: str | None, limit: int, output: Shape) -> list[dict[str, Any]]:
    """Ask the API; print the answer as it is where a program wants it."""
    query = {"limit": limit} | ({"brand": brand} if brand else {})
    found: list[dict[str, Any]] = Api(Settings(), "engagement").call("GET", path, params=query)
    if output is Shape.JSON:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    return found

"""`veche moderation`: serve, read decisions, take one back."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any

import typer
import uvloop
from rich.console import Console
from rich.table import Table

from services.moderation.app import create_app
from shared.cli.client import Api
from shared.runtime import serve as serve_service
from shared.settings import Settings
from shared.telemetry import logs

app = typer.Typer(no_args_is_help=True, help="Judge what members write.")


class Shape(StrEnum):
    """How output looks: for a person, for a program."""

    TABLE = "table"
    JSON = "json"


Output = Annotated[Shape, typer.Option("--output", "-o")]


@app.command()
def serve() -> None:
    """Run the service: the fold and its API."""
    settings = Settings()
    logs.configure("moderation", settings.log_level)

    async def run() -> int:
        return await serve_service(create_app(settings))

    raise typer.Exit(uvloop.run(run()))


@app.command()
def decisions(
    brand: Annotated[str | None, typer.Option(help="Where the token does not name it.")] = None,
    community: Annotated[str | None, typer.Option()] = None,
    member: Annotated[str | None, typer.Option()] = None,
    since: Annotated[str | None, typer.Option(help="For example 2026-03-02T09:00:00Z.")] = None,
    limit: Annotated[int, typer.Option()] = 50,
    output: Output = Shape.TABLE,
) -> None:
    """List decisions, newest first."""
    asked = {"brand": brand, "community": community, "member": member, "since": since, "limit": limit}
    query = {name: value for name, value in asked.items() if value is not None}
    found = Api(Settings(), "moderation").call("GET", "/v1/decisions", params=query)
    if output is Shape.JSON:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    Console().print(_table(found) if found else "no decisions")


def _table(found: list[dict[str, Any]]) -> Table:
    table = Table("time", "verdict", "rules", "member", "content", "decision")
    for decision in found:
        verdict = decision["verdict"] + (" (reversed)" if "reversal" in decision else "")
        rules = ", ".join(decision["rules"])
        table.add_row(decision["time"], verdict, rules, decision.get("member", ""), decision["content"], decision["id"])
    return table


@app.command()
def reverse(
    decision: Annotated[str, typer.Argument(help="Id of the decision.")],
    reason: Annotated[str, typer.Option(help="Why; kept with the decision.")],
    output: Output = Shape.TABLE,
) -> None:
    """Take a decision back: what it removed is restored."""
    found = Api(Settings(), "moderation").call("POST", f"/v1/decisions/{decision}/reversal", json={"reason": reason})
    if output is Shape.JSON:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    elif "reversal" in found:
        typer.echo(f"reversed by {found['reversal']['by']} at {found['reversal']['time']}")
    else:
        typer.echo("asked for; `veche moderation decisions` will show it")

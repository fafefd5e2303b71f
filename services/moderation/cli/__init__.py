"""`veche moderation`: serve, read decisions, take one back; train classifiers and look at them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer
import uvloop

from services.moderation.app import create_app
from services.moderation.cli.learned import card, score, train
from shared.cli.client import Api
from shared.cli.output import Output, Shape, print_json, print_table
from shared.runtime import serve as serve_service
from shared.settings import Settings
from shared.telemetry import logs

app = typer.Typer(no_args_is_help=True, help="Judge what members write.")

for command in (train, score, card):
    app.command()(command)


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
        print_json(found)
        return
    print_table(("time", "verdict", "rules", "member", "content", "decision"), map(_row, found), "no decisions")
    if len(found) == limit:
        typer.echo(f"the newest {limit}; --limit shows more, --output json which words of the text each rule went by")


def _row(decision: dict[str, Any]) -> Sequence[str]:
    remarks = [
        remark for remark, is_so in (("history", decision["imported"]), ("reversed", "reversal" in decision)) if is_so
    ]
    verdict = decision["verdict"] + (f" ({', '.join(remarks)})" if remarks else "")
    rules = ", ".join(decision["rules"])
    return decision["time"], verdict, rules, decision.get("member", ""), decision["content"], decision["id"]


@app.command()
def reverse(
    decision: Annotated[str, typer.Argument(help="Id of the decision.")],
    reason: Annotated[str, typer.Option(help="Why; kept with the decision.")],
    output: Output = Shape.TABLE,
) -> None:
    """Take a decision back: what it removed is restored."""
    found = Api(Settings(), "moderation").call("POST", f"/v1/decisions/{decision}/reversal", json={"reason": reason})
    if output is Shape.JSON:
        print_json(found)
    elif "reversal" in found:
        typer.echo(f"reversed by {found['reversal']['by']} at {found['reversal']['time']}")
    else:
        typer.echo("asked for; `veche moderation decisions` will show it")

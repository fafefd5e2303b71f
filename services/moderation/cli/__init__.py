"""`veche moderation`: serve, read decisions, take one back; train classifiers and look at them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer
import uvloop

from services.moderation.app import create_app
from services.moderation.cli import queue
from services.moderation.cli.backtest import backtest
from services.moderation.cli.learned import card, score, train
from services.moderation.cli.records import agreement, audit, lift, member
from services.moderation.rules import explaining
from shared.cli import models
from shared.cli.client import Api
from shared.cli.output import Output, Shape, print_json, print_table
from shared.serving import serve as serve_service
from shared.settings import Settings
from shared.telemetry import logs


class Language(StrEnum):
    """In which a member reads."""

    en = "en"
    ru = "ru"


app = typer.Typer(no_args_is_help=True, help="Judge what members write.")

for command in (train, score, card, member, lift, audit, agreement, backtest):
    app.command()(command)
app.add_typer(queue.app, name="queue")
MODELS = models.Words(
    help="A brand's own classifiers: upload them, turn them live, shadow or off. Policies ask for them by `classifiers`.",
    first="shadow",
    status="shadow: it is only noted what would follow.",
    unasked="no policy of the brand names it below `classifiers`",
)
app.add_typer(models.commands("moderation", MODELS), name="model")


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
    *,
    shadow: Annotated[bool, typer.Option("--shadow", help="What rules in shadow would have decided.")] = False,
) -> None:
    """List decisions, newest first."""
    asked = {"brand": brand, "community": community, "member": member, "since": since, "limit": limit}
    asked |= {"shadow": shadow or None}
    query = {name: value for name, value in asked.items() if value is not None}
    found = Api(Settings(), "moderation").call("GET", "/v1/decisions", params=query)
    if output is Shape.JSON:
        print_json(found)
        return
    print_table(("time", "verdict", "by", "rules", "member", "content", "decision"), map(_row, found), "no decisions")
    if len(found) == limit:
        typer.echo(f"the newest {limit}; --limit shows more, --output json which words of the text each rule went by")


def _row(decision: dict[str, Any]) -> Sequence[str]:
    remarks = [
        remark for remark, is_so in (("history", decision["imported"]), ("reversed", "reversal" in decision)) if is_so
    ]
    verdict = decision["verdict"] + (f" ({', '.join(remarks)})" if remarks else "")
    rules = ", ".join(decision["rules"])
    by = decision.get("by", "rules")
    return decision["time"], verdict, by, rules, decision.get("member", ""), decision.get("content", ""), decision["id"]


@app.command()
def explain(
    decision: Annotated[str, typer.Argument(help="Id of the decision.")],
    output: Output = Shape.TABLE,
    *,
    for_member: Annotated[Language | None, typer.Option(help="As its author may be shown it: en or ru.")] = None,
) -> None:
    """Say why: rules and their version, where in the text they matched, what they went by, and what became of it."""
    found = Api(Settings(), "moderation").call("GET", f"/v1/decisions/{decision}")
    if for_member is not None:
        typer.echo(explaining.for_member(found, for_member.value))
    elif output is Shape.JSON:
        print_json(found)
    else:
        for line in explaining.for_staff(found):
            typer.echo(line)
        if "trace" in found:
            typer.echo(f"where its way can be seen: `veche trace {found['id']}`")


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
        done = "was taken back before, nothing was done now:" if found.get("already") else "reversed"
        typer.echo(f"{done} by {found['reversal']['by']} at {found['reversal']['time']}")
        if "remark" in found:
            typer.echo(found["remark"])
    else:
        typer.echo("asked for; `veche moderation decisions` will show it")

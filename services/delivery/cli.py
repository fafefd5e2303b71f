"""`veche delivery`: serve, how connections do, what was done, and the stop switches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import typer
import uvloop

from services.delivery.notices.cli import add_commands
from shared.cli.client import Api
from shared.cli.output import Output, Shape, moment, print_json, print_table
from shared.serving import serve as serve_service
from shared.settings import Settings
from shared.telemetry import logs

app = typer.Typer(no_args_is_help=True, help="Carry out on the platforms what was decided.")

Brand = Annotated[str | None, typer.Option(help="Where the token does not name it.")]
Everything = Annotated[bool, typer.Option("--all", help="All brands; for the installation's own token.")]


@app.command()
def serve() -> None:
    """Run the service: the fold of acts, the carrier and the API."""
    from services.delivery.app import create_app  # noqa: PLC0415 - the other commands need none of it

    settings = Settings()
    logs.configure("delivery", settings.log_level)

    async def run() -> int:
        return await serve_service(create_app(settings))

    raise typer.Exit(uvloop.run(run()))


@app.command()
def status(brand: Brand = None, output: Output = Shape.TABLE) -> None:
    """Show how connections do: mode, what waits, what was done and what failed in the last 24 hours."""
    found = _call("GET", "/v1/delivery/status", params=_query(brand))
    if output is Shape.JSON:
        print_json(found)
        return
    for switch in found["stopped"]:
        typer.echo(f"STOPPED ({switch['what']}) by {switch['by']} at {moment(switch['at'])}")
    oldest = f", the oldest since {moment(found['oldest'])}" if found["oldest"] else ""
    typer.echo(f"{found['open']} acts are open{oldest}")
    columns = ("connection", "platform", "acts", "waiting", "done", "only shown", "failed", "problem")
    print_table(columns, map(_row, found["connections"]), "no connections")
    for line in _without(found["without_connection"]):
        typer.echo(line)


def _without(counts: Mapping[str, int]) -> Iterator[str]:
    """Yield what is to be said of acts that no connection had."""
    if counts.get("unconnected"):
        yield (
            f"{counts['unconnected']} acts were of communities where no connection acts (`--outcome unconnected`); "
            "nothing is wrong where that is meant, as with a portal that acts by itself"
        )
    others = {code: number for code, number in counts.items() if code != "unconnected"}
    if others:
        yield f"ended before a connection had them: {_counts(others)}"


def _row(one: Mapping[str, Any]) -> Sequence[object]:
    failed, problem = _counts(one["failed"]) or 0, one["problem"] or "-"
    counts = (one["waiting"], one["done"], one["dry_run"], failed)
    return one["connection"], one["platform"], one["acts"], *counts, problem


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {code}" for code, number in counts.items())


@app.command()
def acts(
    brand: Brand = None,
    community: Annotated[str | None, typer.Option(help="Only this one.")] = None,
    outcome: Annotated[str | None, typer.Option(help="`done`, or why not: `gone`, `forbidden`, `dry_run` …")] = None,
    cause: Annotated[str | None, typer.Option(help="Only what follows from this decision.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 50,
    output: Output = Shape.TABLE,
) -> None:
    """Show what was done on the platforms, newest first, each with its cause and the platform's answer."""
    asked = {"community": community, "outcome": outcome, "cause": cause, "limit": limit}
    query = _query(brand) | {name: value for name, value in asked.items() if value is not None}
    found = _call("GET", "/v1/delivery/acts", params=query)
    if output is Shape.JSON:
        print_json(found)
        return
    columns = ("time", "act", "target", "outcome", "answer", "cause")
    is_filtered = any(value is not None for value in (community, outcome, cause))
    print_table(columns, map(_act, found), "nothing matches" if is_filtered else "nothing was done yet")


def _act(one: Mapping[str, Any]) -> Sequence[object]:
    target = one["target"].partition("/")[2] or one["community"]
    answer = one.get("answer") or one.get("reason", "-")
    return moment(one["at"]), one["kind"], target, one.get("code", "done"), answer, one["cause"]


@app.command()
def stop(brand: Brand = None, everything: Everything = False) -> None:  # noqa: FBT002 - a flag
    """Stop carrying acts out: they wait until `start`, or until their deadline."""
    told = _call("PUT", "/v1/delivery/stop", params=_query(brand) | {"everything": everything})
    typer.echo(f"stopped: {told['stopped']}")


@app.command()
def start(brand: Brand = None, everything: Everything = False) -> None:  # noqa: FBT002 - a flag
    """Go on carrying acts out."""
    told = _call("DELETE", "/v1/delivery/stop", params=_query(brand) | {"everything": everything})
    typer.echo(f"goes on: {told['started']}")


add_commands(app)


def _call(method: str, path: str, params: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    api = Api(Settings(), "delivery")
    try:
        return api.call(method, path, params=params)
    finally:
        api.http.close()


def _query(brand: str | None) -> dict[str, Any]:
    return {"brand": brand} if brand else {}

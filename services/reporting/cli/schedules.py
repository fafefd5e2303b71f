"""`veche reporting schedules`: reports that come by themselves, what was made, and having one made now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from shared.cli.client import Api
from shared.cli.output import Output, Shape, print_json, print_table
from shared.settings import Settings
from shared.times import clock

app = typer.Typer(no_args_is_help=True, help="Reports that come by themselves: list, run, runs.")

Brand = Annotated[str | None, typer.Option(help="Where the token does not name it.")]
NOTHING = "-"


@app.command("list")
def listed(brand: Brand = None, output: Output = Shape.TABLE) -> None:
    """List the schedules: what each makes, when the next one is due, and what became of the last."""
    found = Api(Settings(), "reporting").call("GET", "/v1/report-schedules", params=_of(brand))
    if output is Shape.JSON:
        print_json(found)
        return
    columns = ("schedule", "every", "of", "as", "in", "to", "next", "due (UTC)", "last")
    print_table(columns, map(_schedule, found["schedules"]), "no schedules")


def _schedule(one: Mapping[str, Any]) -> Sequence[str]:
    to = [*(["folder"] if one["folder"] else []), *one["routes"]]
    last = one["last"]
    return (
        one["name"],
        one["every"],
        ", ".join(one["communities"]) or "all",
        ", ".join(one["formats"]),
        ", ".join(one["languages"]),
        ", ".join(to),
        one["next"]["period"],
        clock(one["next"]["due"]),
        NOTHING if last is None else f"{last['period']}: {last['status']}",
    )


@app.command()
def run(
    name: Annotated[str, typer.Argument(help="The schedule, as `veche reporting schedules list` names it.")],
    period: Annotated[
        str | None, typer.Option(help="2026-10-05, 2026-W41 or 2026-10. Without it: the last one that is due.")
    ] = None,
    once: Annotated[
        str | None, typer.Option("--once", help="A key of your own: asked again with it, it is done once.")
    ] = None,
    brand: Brand = None,
) -> None:
    """Have the report of a period made and told now, also where it was before."""
    headers = {} if once is None else {"idempotency-key": once}
    asked = {} if period is None else {"period": period}
    path = f"/v1/report-schedules/{name}/runs"
    found = Api(Settings(), "reporting").call("POST", path, params=_of(brand), json=asked, headers=headers)
    typer.echo(f"{found['schedule']} {found['period']}: asked for; `veche reporting schedules runs` says what became of it")


@app.command()
def runs(
    schedule: Annotated[str | None, typer.Argument(help="A schedule; without one all.")] = None,
    brand: Brand = None,
    limit: Annotated[int, typer.Option()] = 50,
    cursor: Annotated[str | None, typer.Option(help="What the page before ended with.")] = None,
    output: Output = Shape.TABLE,
) -> None:
    """List what was made, the newest first: when, of which period, what became of it."""
    asked = {"schedule": schedule, "limit": limit, "cursor": cursor} | _of(brand)
    asked = {name: value for name, value in asked.items() if value is not None}
    found = Api(Settings(), "reporting").call("GET", "/v1/report-runs", params=asked)
    if output is Shape.JSON:
        print_json(found)
        return
    columns = ("due (UTC)", "schedule", "period", "status", "ended (UTC)", "tries", "by", "files", "link", "remark")
    print_table(columns, map(_run, found["runs"]), "nothing was made yet")
    if found["next"] is not None:
        typer.echo(f"--cursor {found['next']} shows the next page")


def _run(one: Mapping[str, Any]) -> Sequence[str]:
    return (
        clock(one["due"]),
        one["schedule"],
        one["period"],
        one["status"],
        NOTHING if one["ended"] is None else clock(one["ended"]),
        str(one["tries"]),
        one["by"] or "its schedule",
        str(len(one["files"])),
        one["link"] or NOTHING,
        one["problem"] or one.get("remark") or NOTHING,
    )


def _of(brand: str | None) -> dict[str, Any]:
    return {} if brand is None else {"brand": brand}

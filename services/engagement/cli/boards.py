"""`veche engagement board`, `freeze`, `standings`, `rebuild-boards`: leaderboards."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote

import typer

from services.engagement.rules.boards import Metric, Period
from services.engagement.store.live_boards import LiveBoards
from shared.cli.client import Api, fail
from shared.cli.moments import moment
from shared.cli.output import Output, Shape, print_json, print_table
from shared.clock import SystemClock
from shared.errors import Retryable
from shared.settings import Settings
from shared.times import clock
from shared.topics import PARTITIONS

NOBODY = "nobody earned anything there"

app = typer.Typer()

Brand = Annotated[str | None, typer.Option(help="Where the token does not name it.")]
Community = Annotated[str | None, typer.Option(help="Of one community; without it: of the whole brand.")]
Of = Annotated[Period, typer.Option(help="How long the board runs.")]
What = Annotated[Metric, typer.Option(help="What counts.")]


def _day(told: str | None) -> str | None:
    """Return a date as the API reads it. Ends the command where it is none."""
    try:
        return None if told is None else date.fromisoformat(told).isoformat()
    except ValueError as error:
        raise typer.BadParameter(f"{told} is no date; write it as 2026-03-31") from error


Day = Annotated[
    str | None, typer.Option("--date", help="A day of the period, 2026-03-31; without it: today.", callback=_day)
]
AsOf = Annotated[
    str | None, typer.Option(help="What had happened until then: 12h, 2026-03-31, 2026-03-31T20:00:00+03:00; else: now.")
]
Offset = Annotated[int, typer.Option(help="How many places to leave out.")]
Limit = Annotated[int, typer.Option()]


@app.command()
def board(
    member: Annotated[str | None, typer.Argument(help="Whose place, with five around; without it: the first ones.")] = None,
    brand: Brand = None,
    community: Community = None,
    period: Of = Period.ALL,
    day: Day = None,
    metric: What = Metric.POINTS,
    as_of: AsOf = None,
    offset: Offset = 0,
    limit: Limit = 10,
    output: Output = Shape.TABLE,
) -> None:
    """Show a leaderboard: what was earned in a period, in the brand or a community, now or as of a past moment."""
    query = _query(brand) | {"period": period.value, "metric": metric.value}
    told = {"community": community, "date": day, "as_of": _utc(as_of)}
    query |= {name: value for name, value in told.items() if value is not None}
    if member is None:
        found = _call("GET", "/v1/boards", query | {"offset": str(offset), "limit": str(limit)})
    else:
        found = _call("GET", f"/v1/boards/members/{quote(member, safe='')}", query | {"around": "5"})
    _show(found, output)


@app.command()
def freeze(
    name: Annotated[str, typer.Argument(help="Small letters, digits and dashes.")],
    brand: Brand = None,
    community: Community = None,
    period: Of = Period.ALL,
    day: Day = None,
    metric: What = Metric.POINTS,
    as_of: AsOf = None,
    output: Output = Shape.TABLE,
) -> None:
    """Keep a leaderboard as final standings, for good; a second time changes nothing."""
    told = {"community": community, "date": day, "as_of": _utc(as_of)}
    body = {"name": name, "period": period.value, "metric": metric.value}
    body |= {key: value for key, value in told.items() if value is not None}
    found = _call("POST", "/v1/standings", _query(brand), body)
    if output is Shape.JSON:
        print_json(found)
        return
    kept = f"{found['kept_places']} of {found['members']} places, kept at {clock(found['kept'])} by {found['by']}"
    typer.echo(f"{found['name']}: {kept}")


@app.command()
def standings(
    name: Annotated[str | None, typer.Argument(help="Which; without it: a list.")] = None,
    brand: Brand = None,
    offset: Offset = 0,
    limit: Limit = 100,
    output: Output = Shape.TABLE,
) -> None:
    """Show final standings that were kept."""
    if name is not None:
        query = _query(brand) | {"offset": str(offset), "limit": str(limit)}
        _show(_call("GET", f"/v1/standings/{quote(name, safe='')}", query), output)
        return
    found = _call("GET", "/v1/standings", _query(brand))
    if output is Shape.JSON:
        print_json(found)
        return
    rows = ((one["name"], *_of(one), clock(one["as_of"]), one["members"]) for one in found)
    print_table(("name", "of", "period", "metric", "as of", "members"), rows, "no standings were kept")


@app.command("rebuild-boards")
def rebuild_boards() -> None:
    """Have all leaderboards in Redis written anew. Speaks to Redis, so for operators; it may run while the services do."""
    settings = Settings()

    async def run() -> None:
        live = LiveBoards(settings.redis, settings.database("engagement"), PARTITIONS)
        try:
            await live.end()
        finally:
            await live.close()

    try:
        asyncio.run(run())
    except Retryable as error:
        fail(f"{error}; VECHE_REDIS says where it is")
    typer.echo("the leaderboards are written anew; meanwhile they are computed from the ledger")


def _show(found: dict[str, Any], output: Shape) -> None:
    if output is Shape.JSON:
        print_json(found)
        return
    rows = ((one["place"], one["member"], one["value"]) for one in found["places"])
    is_out = found.get("member") is not None and found.get("place") is None
    print_table(("place", "member", found["metric"]), rows, f"{found['member']} earned nothing there" if is_out else NOBODY)
    when = f", as of {clock(found['as_of'])}" if "as_of" in found else ""
    typer.echo(f"{' '.join(map(str, _of(found)))}{when}, {found['members']} members")


def _of(found: dict[str, Any]) -> tuple[str, str, str]:
    period = found["period"] if "from" not in found else f"{found['period']} from {found['from']}"
    return found.get("community", found["brand"]), period, found["metric"]


def _call(method: str, path: str, query: dict[str, str], body: dict[str, str] | None = None) -> Any:  # noqa: ANN401 - JSON
    options: dict[str, Any] = {"params": query} | ({} if body is None else {"json": body})
    return Api(Settings(), "engagement").call(method, path, **options)


def _query(brand: str | None) -> dict[str, str]:
    return {"brand": brand} if brand else {}


def _utc(told: str | None) -> str | None:
    return None if told is None else moment(told, SystemClock().now()).isoformat()

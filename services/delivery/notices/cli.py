"""`veche delivery notices`, `endpoints`, `enable`, `subscriptions`, `replay`: what went out, and sending it again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote

import typer

from shared.cli.client import Api
from shared.cli.output import Output, Shape, moment, print_json, print_table
from shared.settings import Settings

Brand = Annotated[str | None, typer.Option(help="Where the token does not name it.")]
Limit = Annotated[int, typer.Option(min=1, max=500)]
From = Annotated[
    datetime,
    typer.Option("--from", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"], help="UTC, unless said."),
]

TIMES = frozenset({"at", "ok_at", "failing_since", "disabled_at"})
"""Columns of times."""


def add_commands(app: typer.Typer) -> None:
    """Add the commands to those of delivery."""
    for command in (notices, retry, endpoints, enable, subscriptions, aside, replay):
        app.command()(command)


def notices(
    brand: Brand = None,
    status: Annotated[str | None, typer.Option(help="waiting, sent or failed; absent: all.")] = None,
    limit: Limit = 50,
    output: Output = Shape.TABLE,
) -> None:
    """Show what staff were told by mail and webhook, the newest first, and what became of it."""
    query = {"limit": limit} | ({} if status is None else {"status": status})
    _show(
        _asked("GET", "/v1/notices", brand, **query),
        ("at", "route", "status", "tries", "title", "problem"),
        "nothing" if status is None else "nothing matches",
        output,
    )


def retry(since: From = datetime(1970, 1, 1, tzinfo=UTC), brand: Brand = None) -> None:
    """Have notices sent again that were tried in vain."""
    told = _asked("POST", "/v1/notices/retry", brand, since=_zoned(since))
    typer.echo(f"{told['notices']} notices are sent again")


def endpoints(brand: Brand = None, output: Output = Shape.TABLE) -> None:
    """Show how the addresses are that notices and subscriptions go to."""
    columns = ("name", "waiting", "ok_at", "failing_since", "disabled_at", "problem")
    _show(_asked("GET", "/v1/endpoints", brand), columns, "nothing was sent to any yet", output)


def enable(name: Annotated[str, typer.Argument(help="As `endpoints` shows it.")], brand: Brand = None) -> None:
    """Have an endpoint that was given up get everything again, from where it stood."""
    _asked("POST", f"/v1/endpoints/{quote(name)}/enable", brand)
    typer.echo(f"{name} is enabled")


def subscriptions(brand: Brand = None, output: Output = Shape.TABLE) -> None:
    """Show how subscriptions are: how far behind, what was put aside, what is wrong."""
    columns = ("name", "lag", "aside", "ok_at", "failing_since", "disabled_at", "problem")
    _show(_asked("GET", "/v1/subscriptions", brand), columns, "there are no subscriptions", output)


def aside(subscription: str, brand: Brand = None, output: Output = Shape.TABLE) -> None:
    """Show the events of a subscription that its receiver refuses."""
    found = _asked("GET", f"/v1/subscriptions/{quote(subscription, safe='')}/aside", brand)
    _show(found, ("at", "type", "id", "topic", "partition", "offset", "problem"), "nothing is put aside", output)


def replay(subscription: str, since: From, brand: Brand = None) -> None:
    """Send everything again that was published since, as far as the topics still hold it; receivers know it by its ids."""
    told = _asked("POST", f"/v1/subscriptions/{quote(subscription, safe='')}/replay", brand, since=_zoned(since))
    typer.echo(f"{subscription} is sent again from {told['since']} on")


def _zoned(at: datetime) -> str:
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()


def _asked(method: str, path: str, brand: str | None, **query: object) -> Any:  # noqa: ANN401 - JSON
    api = Api(Settings(), "delivery")
    try:
        return api.call(method, path, params=query | ({"brand": brand} if brand else {}))
    finally:
        api.http.close()


def _show(found: list[dict[str, Any]], columns: tuple[str, ...], nothing: str, output: Shape) -> None:
    if output is Shape.JSON:
        print_json(found)
        return
    print_table(columns, ([_cell(name, one.get(name)) for name in columns] for one in found), nothing)


def _cell(name: str, value: Any) -> object:  # noqa: ANN401 - JSON
    if name in TIMES:
        return moment(value)
    return "-" if value is None else value

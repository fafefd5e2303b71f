"""`veche reporting recommendations` and `veche reporting recommendation`: what the figures suggest, and what is decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import typer

from shared.cli.client import Api
from shared.cli.output import Output, Shape, print_json, printable
from shared.said import Language
from shared.settings import Settings

DAY = "%Y-%m-%d"

Brand = Annotated[str, typer.Option(help="Whose communities.")]
Lang = Annotated[Language, typer.Option(help="The language of the words.")]


def listed(
    brand: Brand,
    community: Annotated[list[str] | None, typer.Option(help="Only of these communities.")] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=[DAY], help="The four whole weeks before this day; by default the last ones.")
    ] = None,
    lang: Lang = Language.EN,
    output: Output = Shape.TABLE,
) -> None:
    """List what four whole weeks suggest to do, and what was decided about it."""
    params: dict[str, Any] = {"brand": brand, "community": community or [], "lang": lang.value}
    params |= {} if until is None else {"until": until.strftime(DAY)}
    found = Api(Settings(), "reporting").send("GET", "/v1/recommendations", params=params).json()
    if output is Shape.JSON:
        print_json(found)
        return
    for line in _lines(found):
        typer.echo(printable(line))


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    if not found["open"]:
        yield "nothing is recommended" if found["until"] else "nothing was counted yet"
    for one in found["open"]:
        by, to, days = (one["measure"][name] for name in ("figure", "better", "after_days"))
        yield f"{one['name']} ({one['community'] or 'the whole brand'})"
        yield f"  {one['says']}"
        yield f"  {one['do']}"
        yield f"  {one['expected']} {one['measured_by']} ({by}) should go {to} within {days} days"
        yield f"  {one['id']}"
    for one in found["decided"]:
        then = one["followed"]
        became = "" if then is None else f"; {one['measure']['figure']}: {then['then']} before, {then['now']} after"
        yield f"{one['status']} by {one['by']} on {one['at'][:10]}, version {one['version']}: {one['id']}{became}"


def decide(
    id_: Annotated[str, typer.Argument(help="As `veche reporting recommendations` names it.")],
    decision: Annotated[Literal["accepted", "dismissed"], typer.Argument(help="What is decided.")],
    brand: Brand,
    note: Annotated[str, typer.Option(help="Why, in your words.")] = "",
    version: Annotated[int, typer.Option(help="The version that you saw, where it was decided before.")] = 0,
) -> None:
    """Accept or dismiss a recommendation."""
    body = {"brand": brand, "decision": decision, "note": note, "version": version}
    found = Api(Settings(), "reporting").send("POST", f"/v1/recommendations/{id_}", json=body).json()
    typer.echo(printable(f"{found['id']}: {found['status']}, version {found['version']}"))

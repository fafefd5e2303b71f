"""`veche reporting share`, `shares`, `unshare`: links by which a report is read without an account."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from shared.cli.client import Api
from shared.cli.output import Output, Shape, print_json, print_table
from shared.settings import Settings

DAY = "%Y-%m-%d"
Brand = Annotated[str | None, typer.Option(help="Where the token does not name it.")]


def share(
    *,
    since: Annotated[datetime, typer.Option(formats=[DAY], help="The first day, in the brand's time zone.")],
    until: Annotated[datetime, typer.Option(formats=[DAY], help="The day after the last one, which is not included.")],
    days: Annotated[int, typer.Option(help="How long the link is valid, at most 90.")] = 14,
    community: Annotated[list[str] | None, typer.Option(help="Only these communities.")] = None,
    brand: Brand = None,
) -> None:
    """Make a link to a report. It is shown once: whoever has it reads that report, in any format, until it is over."""
    settings = Settings()
    asked: dict[str, Any] = {"since": since.strftime(DAY), "until": until.strftime(DAY), "days": days}
    asked |= {"communities": community} if community else {}
    found = Api(settings, "reporting").call("POST", "/v1/shares", params=_of(brand), json=asked)
    typer.echo(f"{(settings.pages_url or settings.reporting_url).rstrip('/')}{found['path']}")
    over = found["expires"][:16].replace("T", " ")
    typer.echo(f"valid until {over} UTC; `veche reporting unshare {found['id']}` takes it back")


def shares(brand: Brand = None, output: Output = Shape.TABLE) -> None:
    """List the links that are valid; what they hold is not told again."""
    found = Api(Settings(), "reporting").call("GET", "/v1/shares", params=_of(brand))
    if output is Shape.JSON:
        print_json(found)
        return
    rows = (
        (one["id"], one["since"], one["until"], ", ".join(one["communities"] or ["all"]), one["by"], one["expires"][:16])
        for one in found
    )
    print_table(("link", "since", "until", "communities", "made by", "valid until (UTC)"), rows, "no links")


def unshare(link: Annotated[str, typer.Argument(help="As `veche reporting shares` names it.")], brand: Brand = None) -> None:
    """Take a link back: it shows nothing any more."""
    Api(Settings(), "reporting").call("DELETE", f"/v1/shares/{link}", params=_of(brand))
    typer.echo(f"{link}: taken back")


def _of(brand: str | None) -> dict[str, str]:
    return {} if brand is None else {"brand": brand}

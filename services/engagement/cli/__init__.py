"""`veche engagement`: serve, the best of a brand, leaderboards, the history of a member; try a policy; check a draw."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import quote

import typer
import uvloop

from services.engagement.app import create_app
from services.engagement.cli.accounts import app as accounts
from services.engagement.cli.boards import app as boards
from services.engagement.cli.draws import verify_draw
from services.engagement.cli.simulate import simulate
from services.engagement.cli.things import app as things
from services.engagement.rules.bookings import OWN
from services.engagement.rules.contents import ENTRY
from shared.cli.client import Api
from shared.cli.output import Output, Shape, print_json, print_table
from shared.serving import serve as serve_service
from shared.settings import Settings
from shared.telemetry import logs
from shared.times import clock

NOBODY = "nobody has points; history earns none unless imported with --backfill-points"

app = typer.Typer(no_args_is_help=True, help="Reward what members do.")
app.command("verify-draw")(verify_draw)
app.registered_commands += accounts.registered_commands + boards.registered_commands + things.registered_commands
app.command()(simulate)


class Language(StrEnum):
    """The languages in which reasons are told."""

    EN = "en"
    RU = "ru"


Brand = Annotated[str | None, typer.Option(help="Where the token does not name it.")]
Limit = Annotated[int, typer.Option()]
Member = Annotated[str, typer.Argument(help="platform:account, for example telegram:12345.")]


@app.command()
def serve() -> None:
    """Run the service: scorer, ledger, leaderboards and their API."""
    settings = Settings()
    logs.configure("engagement", settings.log_level)

    async def run() -> int:
        return await serve_service(create_app(settings))

    raise typer.Exit(uvloop.run(run()))


@app.command()
def top(brand: Brand = None, limit: Limit = 10, output: Output = Shape.TABLE) -> None:
    """Show the members with the most points."""
    found = _told("/v1/members/top", brand, limit)
    if output is Shape.JSON:
        print_json(found)
        return
    rows = ((place["place"], place["member"], place["balance"]) for place in found)
    print_table(("place", "member", "points"), rows, NOBODY)


@app.command()
def show(member: Member, brand: Brand = None, output: Output = Shape.TABLE) -> None:
    """Show what a member has, and whether the bot's direct messages reach them."""
    query = {"brand": brand} if brand else {}
    found = Api(Settings(), "engagement").call("GET", f"/v1/members/{quote(member, safe='')}", params=query)
    if output is Shape.JSON:
        print_json(found)
        return
    reached = "yes" if found["reached"] else "no: the platform lets none through; a member has to write to the bot first"
    print_table(("member", "points", "direct messages arrive"), [(found["member"], found["balance"], reached)], "")


@app.command()
def history(
    member: Member,
    brand: Brand = None,
    limit: Limit = 50,
    language: Annotated[Language, typer.Option()] = Language.EN,
    output: Output = Shape.TABLE,
) -> None:
    """Show a member's entries, newest first, each with its reason."""
    found = _told(f"/v1/members/{quote(member, safe='')}/history", brand, limit)
    if output is Shape.JSON:
        print_json(found)
        return
    columns = ("time", "points", "balance", "rule", "reason", "cause")
    rows = (_row(entry, language) for entry in found if not entry["rule"].startswith(ENTRY))
    print_table(columns, rows, f"{member} has no entries")


def _row(entry: dict[str, Any], language: Language) -> Sequence[object]:
    points = f"{entry['applied']:+d}"
    if entry["applied"] != entry["uncapped"]:
        points += f" (of {entry['uncapped']:+d})"
    rule = entry["rule"] if entry["rule"].startswith(OWN) else f"{entry['rule']} v{entry['version']}"
    about = [entry["reason"][language], *(entry[name] for name in ("thing", "note") if name in entry)]
    return clock(entry["time"]), points, entry["balance"], rule, ": ".join(about), entry["cause"]


def _told(path: str, brand: str | None, limit: int) -> list[dict[str, Any]]:
    query = {"limit": limit} | ({"brand": brand} if brand else {})
    found: list[dict[str, Any]] = Api(Settings(), "engagement").call("GET", path, params=query)
    return found

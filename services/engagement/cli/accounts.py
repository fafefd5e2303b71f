"""`veche engagement spend`, `refund`, `adjust`, `give`, `statement`, `verify`: accounts of members."""

from __future__ import annotations

import asyncio
import re
import secrets
from typing import Annotated, Any
from urllib.parse import quote

import typer

from services.engagement.api.named import MEMBER
from services.engagement.store.entries import KINDS
from services.engagement.store.verification import WRONG_MAX, Verified, verified
from shared.cli.client import Api, fail
from shared.cli.moments import moment
from shared.cli.output import Output, Shape, print_json, print_table
from shared.clock import SystemClock
from shared.errors import Retryable
from shared.fold.mongo import new_client
from shared.settings import Settings

KEY = re.compile(r"[A-Za-z0-9._-]{1,200}")

app = typer.Typer()


def check_member(told: str | None) -> str | None:
    """Return a member's id. Ends the command where it is none."""
    if told is not None and not MEMBER.fullmatch(told):
        raise typer.BadParameter(f"{told} is no member: write platform:account, for example telegram:12345")
    return told


Brand = Annotated[str | None, typer.Option(help="Where the token does not name it.")]
Member = Annotated[str, typer.Argument(help="platform:account, for example telegram:12345.", callback=check_member)]
Amount = Annotated[int, typer.Argument(help="Points.", min=1)]
Note = Annotated[str, typer.Option(help="For what: the member reads it.")]
Key = Annotated[str | None, typer.Option(help="Your own name for the order: with the same one it is done once.")]


@app.command()
def spend(member: Member, amount: Amount, note: Note, brand: Brand = None, key: Key = None) -> None:
    """Take points from a member for something, if there are enough."""
    _ordered(f"/v1/members/{quote(member, safe='')}/spend", {"amount": amount, "note": note}, brand, key)


@app.command(context_settings={"ignore_unknown_options": True})
def adjust(
    member: Member,
    amount: Annotated[int, typer.Argument(help="Points; a negative number takes them away.")],
    note: Note,
    brand: Brand = None,
    key: Key = None,
) -> None:
    """Give a member points by hand, or take some away."""
    _ordered(f"/v1/members/{quote(member, safe='')}/adjust", {"amount": amount, "note": note}, brand, key)


@app.command()
def give(
    member: Member,
    to: Annotated[str, typer.Argument(help="Who gets them.")],
    amount: Amount,
    brand: Brand = None,
    key: Key = None,
) -> None:
    """Give points of one member to another, where the policy has `transfers`."""
    _ordered(f"/v1/members/{quote(member, safe='')}/transfers", {"to": to, "amount": amount}, brand, key)


@app.command()
def refund(
    member: Member,
    order: Annotated[str, typer.Argument(help="The member's order that spent them.")],
    note: Note,
    brand: Brand = None,
) -> None:
    """Give back what an order spent; a second time changes nothing."""
    _ordered(f"/v1/members/{quote(member, safe='')}/orders/{quote(order, safe='')}/refund", {"note": note}, brand, None)


def _ordered(path: str, body: dict[str, Any], brand: str | None, key: str | None) -> None:
    key = key or secrets.token_hex(8)
    if not KEY.fullmatch(key):
        fail("a key has letters, digits, dots, dashes and underscores, 200 at most")
    headers = {"idempotency-key": key}
    told = Api(Settings(), "engagement").call("POST", path, params=_query(brand), json=body, headers=headers)
    for warning in told.get("warnings", ()):
        typer.echo(warning, err=True)
    if told["state"] == "pending":
        typer.echo(f"order {told['id']} is on its way; the same command with --key {told['id']} tells what became of it")
        return
    if told.get("again"):
        typer.echo(f"order {told['id']} was given back before: nothing changed")
        return
    typer.echo(f"order {told['id']}: {told['points']:+d} points, {told['member']} has {told['balance']}")


@app.command()
def statement(
    member: Annotated[str | None, typer.Argument(help="Whose; without it: the brand's.")] = None,
    since: Annotated[str | None, typer.Option(help="From then on: 30d, 2026-03-01, 2026-03-01T09:30:00+03:00.")] = None,
    until: Annotated[str | None, typer.Option(help="Before then, written alike.")] = None,
    brand: Brand = None,
    output: Output = Shape.TABLE,
) -> None:
    """Show what was issued, taken back, spent and expired, and what is owed."""
    path = "/v1/statement" if member is None else f"/v1/members/{quote(member, safe='')}/statement"
    now = SystemClock().now()
    span = {name: moment(told, now).isoformat() for name, told in (("since", since), ("until", until)) if told is not None}
    told = Api(Settings(), "engagement").call("GET", path, params=_query(brand) | span)
    if output is Shape.JSON:
        print_json(told)
        return
    rows = [(kind.replace("_", " "), told[kind]) for kind in (*KINDS, "net")]
    if member is None:
        owed = told["owed"]
        rows += [(f"owed now to {owed['members']} members", owed["points"]), (f"lacked by {owed['debtors']}", owed["debts"])]
    else:
        rows.append(("balance now", told["balance"]))
    print_table(("", "points"), rows, "")


@app.command()
def verify(brand: Annotated[str, typer.Option(help="Whose ledger.")], output: Output = Shape.TABLE) -> None:
    """Recompute every balance from the ledger, and the ledger from Kafka as far as it reaches.

    Ends with 1 where one differs. Speaks to Kafka and MongoDB, so for operators. It may run while the services do.
    """
    settings = Settings()
    try:
        found = asyncio.run(_verified(settings, brand))
    except Retryable as error:
        fail(str(error))
    if output is Shape.JSON:
        since = None if found.since is None else found.since.isoformat()
        print_json(found._asdict() | {"since": since, "wrong": dict(found.wrong)})
    else:
        _tell(found)
    raise typer.Exit(1 if found.wrong else 0)


async def _verified(settings: Settings, brand: str) -> Verified:
    client = new_client(settings.mongo)
    try:
        return await verified(client, settings.database("engagement"), settings.kafka, brand)
    finally:
        await client.close()


def _tell(found: Verified) -> None:
    reach = "Kafka holds nothing of it" if found.since is None else f"Kafka reaches back to {found.since:%Y-%m-%d %H:%M} UTC"
    typer.echo(f"{found.accounts} accounts, {found.entries} entries; {reach}, and tells of {found.traced} accounts")
    if not found.wrong:
        typer.echo("every balance is what its entries come to, and what was told")
        return
    named = list(found.wrong.items())[:WRONG_MAX]
    print_table((f"{len(found.wrong)} differ", "how"), named, "")


def _query(brand: str | None) -> dict[str, str]:
    return {"brand": brand} if brand else {}

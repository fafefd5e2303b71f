"""`veche keys`: service keys and personal tokens. Each is shown once and stored as a digest."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
import typer

from shared.cli.client import Api, fail
from shared.clock import SystemClock
from shared.directory import Directory, Principal, Role, Scope
from shared.errors import Retryable
from shared.fold.mongo import new_client
from shared.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Make and revoke service keys and personal tokens.")

BrandName = Annotated[str | None, typer.Option("--brand")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is called; a key of the same name is replaced.")] = "default",
    brand: BrandName = None,
    scope: Annotated[list[str] | None, typer.Option(help="For example events:write; may be repeated.")] = None,
) -> None:
    """Make a service key and print it, once."""
    wanted = {"name": name, "scopes": scope or [Scope.EVENTS_WRITE.value]} | ({"brand": brand} if brand else {})
    _show(Api(Settings(), "ingest").call("POST", "/v1/keys", content=msgspec.json.encode(wanted)))


def _show(made: dict[str, Any]) -> None:
    """Print a token; that it took another's place goes where it is not caught together with the token."""
    if made["replaced"]:
        typer.echo(f"the one that {made['name']} had before no longer works", err=True)
    typer.echo(made["token"])


@app.command()
def staff(name: str, brand: BrandName = None) -> None:
    """Make the personal token of somebody declared as Staff and print it, once."""
    _show(Api(Settings(), "ingest").call("POST", f"/v1/staff/{name}/token", params={"brand": brand} if brand else {}))


@app.command()
def revoke(name: str, brand: BrandName = None) -> None:
    """Revoke a service key."""
    Api(Settings(), "ingest").send("DELETE", f"/v1/keys/{name}", params={"brand": brand} if brand else {})
    typer.echo(f"{name} revoked")


@app.command()
def bootstrap(
    role: Annotated[str, typer.Option(help="owner: may make brands; sre: dead letters of the whole installation")] = "owner",
) -> None:
    """Make the installation's own token, straight in the database: for whoever set Veche up. The one before is replaced."""
    if role not in {"owner", "sre"}:
        fail("--role is owner or sre")
    try:
        typer.echo(asyncio.run(installation_token(Settings(), Role(role))))
    except Retryable as error:
        fail(f"{error}; VECHE_MONGO says where the database is")


async def installation_token(settings: Settings, role: Role) -> str:
    """Make and return the token of the installation in a role."""
    client = new_client(settings.mongo)
    scopes = frozenset({Scope.DEAD_LETTERS_READ, Scope.DEAD_LETTERS_REPLAY}) if role is Role.SRE else frozenset(Scope)
    try:
        directory = Directory(client, settings.database("directory"))
        if await directory.granted(f"installation/{role.value}", None):
            typer.echo("the token that was made before no longer works", err=True)
        principal = Principal(f"installation-{role.value}", role, None, scopes)
        return await directory.grant(principal, SystemClock().now(), f"installation/{role.value}")
    finally:
        await client.close()

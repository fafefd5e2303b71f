"""`veche staff`: how people get in at the pages: an invitation, a password set at the terminal, sign-out everywhere."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import typer

from shared.cli.client import Api, fail
from shared.settings import Settings
from shared.staff import passwords
from shared.staff.passwords import Weak

app = typer.Typer(no_args_is_help=True, help="Let people in at the pages, and sign them out.")

Name = Annotated[str, typer.Argument(help="Of somebody declared as Staff.")]
BrandName = Annotated[str | None, typer.Option("--brand")]


@app.command()
def invite(name: Name, brand: BrandName = None) -> None:
    """Make an invitation to set a password and print its address, once. One that was made before no longer works."""
    settings = Settings()
    made = _told(settings, "POST", f"/v1/staff/{name}/invitation", brand)
    typer.echo(f"good once, until {made['expires']}; whoever has it becomes {name} of {made['brand']}", err=True)
    typer.echo(f"{pages_address(settings)}/sign-in/invitation/{made['invitation']}")


def pages_address(settings: Settings) -> str:
    """Return where people reach the pages."""
    return (settings.pages_url or settings.moderation_url).rstrip("/")


@app.command()
def password(name: Name, brand: BrandName = None) -> None:
    """Set somebody's password, asked for here; their sessions end."""
    chosen: str = typer.prompt("Password", hide_input=True, confirmation_prompt="The same once more")
    try:
        passwords.check(chosen, name, *([brand] if brand else []))
    except Weak as error:
        fail(str(error))
    body = msgspec.json.encode({"password": chosen})
    _told(Settings(), "PUT", f"/v1/staff/{name}/password", brand, body)
    typer.echo(f"{name} signs in with the new password; all sessions ended")


@app.command("sign-out")
def sign_out(name: Name, brand: BrandName = None) -> None:
    """End all sessions of somebody. The password stays: `veche delete` of their document ends it, too."""
    told = _told(Settings(), "DELETE", f"/v1/staff/{name}/sessions", brand)
    typer.echo(f"{name} is signed out; sessions ended: {told['ended']}")


def _told(settings: Settings, method: str, path: str, brand: str | None, body: bytes = b"") -> Any:  # noqa: ANN401 - JSON
    """Return what ingest's API answers; without a brand it is about the token's own."""
    api = Api(settings, "ingest")
    with api.http:
        return api.call(method, path, params={"brand": brand} if brand else {}, content=body)

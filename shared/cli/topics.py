"""`veche topics`: what is declared, and made."""

from __future__ import annotations

import asyncio

import typer

from shared.bus import admin
from shared.cli.client import fail
from shared.cli.output import print_table
from shared.errors import Halt, Retryable
from shared.settings import Settings
from shared.topics import PARTITIONS, declared

app = typer.Typer(no_args_is_help=True, help="The declared topics.")

TRIES = 30
PAUSE_S = 2.0


@app.command()
def apply() -> None:
    """Make the declared topics that are not there; idempotent. Waits for Kafka to come up, for a minute at most."""
    settings = Settings()
    try:
        made = asyncio.run(_applied(settings.kafka))
    except Halt as error:
        fail(str(error))
    except Retryable as error:
        fail(f"{error} (asked for {TRIES * PAUSE_S:.0f} s at {settings.kafka}); `veche stack up` starts one here")
    typer.echo(f"{len(made)} topics made, {len(declared()) - len(made)} were there")


async def _applied(servers: str) -> list[str]:
    for number in range(1, TRIES + 1):
        try:
            return await admin.apply(servers, declared())
        except Retryable as error:
            if number == TRIES:
                raise
            if number == 1:
                typer.echo(f"{error} at {servers}; waiting for it ({TRIES * PAUSE_S:.0f} s at most)", err=True)
            await asyncio.sleep(PAUSE_S)
    raise AssertionError


@app.command("list")
def list_() -> None:
    """Show the declared topics."""
    rows = [(t.name, t.key.value, PARTITIONS, f"{t.retention.days} days", t.holds) for t in declared()]
    print_table(("topic", "key", "partitions", "kept", "holds"), rows, "no topics")

"""`veche topics`: what is declared, and made."""

from __future__ import annotations

import asyncio

import typer
from rich.console import Console
from rich.table import Table

from shared.bus import admin
from shared.cli.client import fail
from shared.errors import Halt, Retryable
from shared.settings import Settings
from shared.topics import PARTITIONS, declared

app = typer.Typer(no_args_is_help=True, help="The declared topics.")

TRIES = 30
PAUSE_S = 2.0


@app.command()
def apply() -> None:
    """Make the declared topics that are not there; idempotent. Waits a minute for Kafka."""
    try:
        made = asyncio.run(_applied(Settings().kafka))
    except (Retryable, Halt) as error:
        fail(str(error))
    typer.echo(f"{len(made)} topics made, {len(declared()) - len(made)} were there")


async def _applied(servers: str) -> list[str]:
    for last in (False,) * (TRIES - 1) + (True,):
        try:
            return await admin.apply(servers, declared())
        except Retryable:
            if last:
                raise
            await asyncio.sleep(PAUSE_S)
    raise AssertionError


@app.command("list")
def list_() -> None:
    """Show the declared topics."""
    table = Table("topic", "key", "partitions", "kept", "holds")
    for topic in declared():
        table.add_row(topic.name, topic.key.value, str(PARTITIONS), f"{topic.retention.days} days", topic.holds)
    Console().print(table)

"""`veche dlq`: what could not be processed, why, and a second chance. Speaks to Kafka itself: for operators."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

import typer
from aiokafka.errors import KafkaError
from rich.console import Console
from rich.table import Table

from shared.bus import letters
from shared.bus.letters import Letter
from shared.cli.client import fail
from shared.errors import Retryable
from shared.fold.mongo import new_client
from shared.settings import Settings
from shared.topics import GROUPS

app = typer.Typer(no_args_is_help=True, help="Dead letters: list, show, replay, accept.")

Group = Annotated[str, typer.Argument(help=f"One of {', '.join(GROUPS)}.")]
AsJson = Annotated[bool, typer.Option("--json", help="For a program.")]

SERVICES = {
    "normaliser": "ingest",
    "moderation": "moderation",
    "scorer": "engagement",
    "ledger": "engagement",
    "figures": "reporting",
    "points": "reporting",
}


def _read(group: str) -> list[Letter]:
    if group not in GROUPS:
        fail(f"unknown group {group}; known are {', '.join(GROUPS)}")
    try:
        return asyncio.run(letters.letters(Settings().kafka, group))
    except KafkaError as error:
        fail(f"Kafka does not answer at {Settings().kafka} ({type(error).__name__})")


@app.command("list")
def list_(group: Annotated[str | None, typer.Argument()] = None, as_json: AsJson = False) -> None:  # noqa: FBT002
    """List dead letters, of one group or of all: where each came from and why it died. Shows no member's text."""
    found = [letter for name in ([group] if group else GROUPS) for letter in _latest(_read(name))]
    if as_json:
        typer.echo(json.dumps([_summary(letter) for letter in found], ensure_ascii=False))
        return
    table = Table("group", "coordinates", "reason", "trace")
    for letter in found:
        table.add_row(letter.group, letter.coordinates, letter.reason, letter.trace or "")
    Console().print(table if found else "no dead letters")


def _latest(found: list[Letter]) -> list[Letter]:
    """Return each letter once, as it died last: one that was given back may have died again."""
    return list({letter.coordinates: letter for letter in found}.values())


def _summary(letter: Letter) -> dict[str, Any]:
    return {
        "group": letter.group,
        "coordinates": letter.coordinates,
        "reason": letter.reason,
        "trace": letter.trace,
        "bytes": len(letter.record.value or b""),
    }


@app.command()
def show(
    group: Group,
    coordinates: str,
    reveal: Annotated[bool, typer.Option(help="Also print the record: it may hold a member's words.")] = False,  # noqa: FBT002
) -> None:
    """Show one dead letter with its headers."""
    for letter in _chosen(_read(group), coordinates):
        typer.echo(json.dumps(_summary(letter), ensure_ascii=False, indent=2))
        for name, value in letter.record.headers:
            typer.echo(f"{name}: {value.decode('utf-8', 'backslashreplace')}")
        if reveal:
            typer.echo((letter.record.value or b"").decode("utf-8", "backslashreplace"))


def _chosen(found: list[Letter], coordinates: str) -> list[Letter]:
    chosen = [letter for letter in found if letter.coordinates == coordinates][-1:]
    return chosen or fail(f"no dead letter with the coordinates {coordinates}; `veche dlq list` shows them")


@app.command()
def replay(
    group: Group,
    coordinates: Annotated[str | None, typer.Argument(help="One letter; without it, all of the group.")] = None,
) -> None:
    """Give dead letters back to their group. Each is folded once, however often it is given back."""
    found = _read(group)
    chosen = _chosen(found, coordinates) if coordinates else _latest(found)
    try:
        given = asyncio.run(letters.replay(Settings().kafka, chosen))
    except Retryable as error:
        fail(str(error))
    typer.echo(f"{given} given back to {group}")


@app.command()
def accept(group: Group, partition: int) -> None:
    """Let a partition go on that stands still because of too many dead letters: begin a new count."""
    if group not in SERVICES:
        fail(f"unknown group {group}; known are {', '.join(SERVICES)}")
    if asyncio.run(_accept(group, partition)):
        typer.echo(f"{group}/{partition} counts its dead letters anew; restart the service")
    else:
        fail(f"{group}/{partition} has no progress")


async def _accept(group: str, partition: int) -> bool:
    settings = Settings()
    client = new_client(settings.mongo)
    try:
        progress = client[settings.database(SERVICES[group])]["progress"]
        done = await progress.update_one(
            {"_id": f"{group}/{partition}"}, {"$set": {"dead": 0, "window": 0}, "$inc": {"version": 1}}
        )
        return done.matched_count == 1
    finally:
        await client.close()

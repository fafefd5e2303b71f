"""`veche partitions`: how far consumer groups are, and leave for one that stands still to go on. For operators."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from shared.cli.client import fail
from shared.cli.output import Output, Shape, print_json, print_table
from shared.errors import Retryable
from shared.fold.acceptance import Partition, accept_epoch, partitions
from shared.fold.mongo import Client, new_client
from shared.settings import Settings
from shared.topics import GROUPS

app = typer.Typer(no_args_is_help=True, help="Partitions of consumer groups: list, accept-epoch.")

Group = Annotated[str, typer.Argument(help=f"One of {', '.join(GROUPS)}.")]

SERVICES = {
    "normaliser": "ingest",
    "moderation": "moderation",
    "scorer": "engagement",
    "ledger": "engagement",
    "boards": "engagement",
    "figures": "reporting",
    "points": "reporting",
    "incidents": "reporting",
    "listening": "reporting",
}
"""Whose database holds the progress of a group."""

T = TypeVar("T")


def known(group: str) -> str:
    """Return the group; ends the command where there is none of that name."""
    return group if group in GROUPS else fail(f"unknown group {group}; known are {', '.join(GROUPS)}")


def with_store(group: str, work: Callable[[Client, str], Awaitable[T]]) -> T:
    """Do something with the database of a group; ends the command in plain words where it is away."""
    settings = Settings()

    async def run() -> T:
        client = new_client(settings.mongo)
        try:
            return await work(client, settings.database(SERVICES[known(group)]))
        finally:
            await client.close()

    try:
        return asyncio.run(run())
    except Retryable as error:
        fail(f"{error}; VECHE_MONGO says where the database is")


@app.command("list")
def list_(
    group: Annotated[str | None, typer.Argument(help="A consumer group; all of them without it.")] = None,
    output: Output = Shape.TABLE,
) -> None:
    """Show how far each partition is.

    Next is the offset of the next record of a topic; dead letters are those in the present window of records; upstream tells
    of each writer the last output that was taken in, as group/partition@life/output.
    """
    found = [(name, one) for name in ([known(group)] if group else GROUPS) for one in _of(name)]
    if output is Shape.JSON:
        told = [{"group": name} | one._asdict() | {"upstream": [x._asdict() for x in one.upstream]} for name, one in found]
        print_json(told)
        return
    rows = [
        (name, one.q, topic, next_, _dead(one), _upstream(one, topic))
        for name, one in found
        for topic, next_ in one.next.items()
    ]
    print_table(("group", "partition", "topic", "next", "dead letters", "upstream"), rows, "nothing was folded yet")


def _of(group: str) -> list[Partition]:
    return with_store(group, lambda client, database: partitions(client, database, group))


def _dead(one: Partition) -> str:
    return f"{one.dead} in {one.window}" if one.dead >= 0 else "accepted"


def _upstream(one: Partition, topic: str) -> str:
    return " ".join(f"{writer.writer}@{writer.epoch}/{writer.seq}" for writer in one.upstream if writer.topic == topic)


@app.command("accept-epoch")
def accept_epoch_(
    group: Group, partition: int, writer: Annotated[str, typer.Argument(help="group/partition, as the log names it.")]
) -> None:
    """Let a partition go on that stands still because a writer upstream began anew. First read docs/runbooks.md."""
    if not with_store(group, lambda client, database: accept_epoch(client, database, group, partition, writer)):
        fail(f"{group}/{partition} knows no writer {writer}; `veche partitions list {group}` shows those it knows")
    typer.echo(f"{group}/{partition} takes in the new life of {writer}; it goes on within half a minute")

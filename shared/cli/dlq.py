"""`veche dlq`: what could not be processed, why, and a second chance. Speaks to Kafka itself: for operators."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import typer

from shared.bus import letters
from shared.bus.letters import Letter
from shared.cli.client import fail
from shared.cli.output import Output, Shape, print_json, print_table, printable
from shared.cli.partitions import Group, known, with_store
from shared.errors import Retryable
from shared.fold.acceptance import accept_dead_letters
from shared.fold.limits import WINDOW_RECORDS
from shared.settings import Settings
from shared.topics import GROUPS

app = typer.Typer(no_args_is_help=True, help="Dead letters: list, show, replay, accept.")

LIST_MAX = 1_000
T = TypeVar("T")


def _asked(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except Retryable as error:
        fail(str(error))


@app.command("list")
def list_(
    group: Annotated[str | None, typer.Argument(help="A consumer group; all of them without it.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="The newest of each group.")] = LIST_MAX,
    output: Output = Shape.TABLE,
) -> None:
    """List dead letters: where each came from and why it died. Shows no member's text."""
    groups = [known(group)] if group else list(GROUPS)
    found = {name: _asked(letters.latest(Settings().kafka, name)) for name in groups}
    shown = [letter for name in groups for letter in found[name][-limit:]]
    if output is Shape.JSON:
        print_json([_summary(letter) for letter in shown])
        return
    rows = [(x.group, x.coordinates, _time(x), x.reason, x.trace or "") for x in shown]
    print_table(("group", "coordinates", "died", "reason", "trace"), rows, "no dead letters")
    for name in groups:
        if len(found[name]) > limit:
            typer.echo(f"{name}: {len(found[name]) - limit} older ones; --limit {len(found[name])} shows all")


def _time(letter: Letter) -> str:
    return datetime.fromtimestamp(letter.died_ms / 1000, UTC).isoformat(timespec="seconds")


def _summary(letter: Letter) -> dict[str, Any]:
    return {
        "group": letter.group,
        "coordinates": letter.coordinates,
        "died": _time(letter),
        "reason": letter.reason,
        "trace": letter.trace,
        "bytes": letter.size,
    }


@app.command()
def show(
    group: Group,
    coordinates: str,
    reveal: Annotated[bool, typer.Option(help="Also print the record: it may hold a member's words.")] = False,  # noqa: FBT002
) -> None:
    """Show one dead letter with its headers."""
    servers = Settings().kafka
    letter = _chosen(_asked(letters.latest(servers, known(group))), coordinates)
    record = _asked(letters.record_of(servers, letter)) or fail("the letter was not kept any longer just now")
    typer.echo(json.dumps(_summary(letter), ensure_ascii=False, indent=2))
    for name, value in record.headers:
        typer.echo(f"{printable(name)}: {printable((value or b'').decode('utf-8', 'backslashreplace'))}")
    if reveal:
        text = (record.value or b"").decode("utf-8", "backslashreplace")
        typer.echo("\n".join(map(printable, text.splitlines())))


def _chosen(found: list[Letter], coordinates: str) -> Letter:
    chosen = next((letter for letter in found if letter.coordinates == coordinates), None)
    return chosen or fail(f"no dead letter with the coordinates {coordinates}; `veche dlq list` shows them")


@app.command()
def replay(
    group: Group,
    coordinates: Annotated[str | None, typer.Argument(help="One letter; without it, all of the group.")] = None,
) -> None:
    """Give dead letters back to their group. Each is folded once, however often it is given back."""
    servers = Settings().kafka
    found = _asked(letters.latest(servers, known(group)))
    chosen = [_chosen(found, coordinates)] if coordinates else found
    typer.echo(f"{_asked(letters.replay(servers, group, chosen))} given back to {group}")


@app.command()
def accept(group: Group, partition: int) -> None:
    """Let a partition go on that stands still because of too many dead letters."""
    if not with_store(group, lambda client, database: accept_dead_letters(client, database, group, partition)):
        fail(f"{group}/{partition} has no progress; `veche partitions list {group}` shows those that have")
    typer.echo(f"{group}/{partition} goes on within 30 s; its next {WINDOW_RECORDS} records may all be dead letters")

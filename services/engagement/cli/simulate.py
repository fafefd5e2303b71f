"""`veche engagement simulate`: what members would have by another policy. It speaks to Kafka and MongoDB: for operators."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from services.engagement.handlers.scorer import KIND
from services.engagement.handlers.standing import KIND as STANDING
from services.engagement.rules.rewards import built
from services.engagement.rules.standing import standings
from services.engagement.simulating import showing
from services.engagement.simulating.report import Report
from services.engagement.simulating.run import Failures, Policies, Simulation, Task
from shared.bus import past
from shared.candidate import CandidateShelf
from shared.cli.candidates import documents
from shared.cli.client import fail
from shared.cli.moments import EARLIEST, moment
from shared.cli.output import Output, Shape, print_json, print_table, printable
from shared.clock import SystemClock
from shared.documents import as_stored
from shared.documents.reading import Invalid, Source
from shared.errors import Misplaced, Retryable, Unprocessable
from shared.fold.mongo import new_client
from shared.fold.retelling import Span
from shared.policy import PolicyBook, Shelf
from shared.settings import Settings
from shared.shelf import MongoShelf

MEMBERS_MAX = 1_000
"""Winners and losers that are told of, each."""

SINCE_HELP = "How far back: 12h, 30d, a date or instant in ISO 8601. What Kafka holds of before is read, and not counted."


def simulate(
    file: Annotated[Path, typer.Option("--file", "-f", help="YAML with a policy of the brand, of communities, or both.")],
    since: Annotated[str, typer.Option(help=SINCE_HELP)] = "30d",
    until: Annotated[str | None, typer.Option(help="An instant in ISO 8601; by default now.")] = None,
    brand: Annotated[str | None, typer.Option(help="Where the documents do not name it.")] = None,
    members: Annotated[int, typer.Option(min=0, max=MEMBERS_MAX, help="How many winners and losers to show.")] = 10,
    output: Output = Shape.TABLE,
) -> None:
    """Reward what was told before by another policy, and show who would have what instead. Changes nothing."""
    now = SystemClock().now()
    begin, end = moment(since, now), now if until is None else moment(until, now)
    if begin >= end:
        fail("--since is not before --until")
    try:
        named, sources = documents(file, brand, KIND, "simulated")
        specs = {name: checked(source) for name, source in sources.items()}
        report = asyncio.run(_run(Settings(), named, specs, Span(EARLIEST, begin, end), members))
    except (Retryable, Unprocessable) as error:
        fail(str(error))
    if output is Shape.JSON:
        print_json(msgspec.to_builtins(report))
    else:
        show(report)


def checked(source: Source) -> Mapping[str, Any]:
    """Return the spec as it would be stored. Raises Invalid where the service would refuse it."""
    spec = as_stored(source.document)
    try:
        built(0, spec)
    except Misplaced as error:
        raise Invalid("\n".join(str(source.wrong(one.at, str(one))) for one in error.all)) from error
    except Unprocessable as error:
        raise Invalid(f"{source.file}:{source.line}: {error}") from error
    return spec


async def _run(settings: Settings, brand: str, specs: Mapping[str, Mapping[str, Any]], span: Span, members: int) -> Report:
    client = new_client(settings.mongo)
    try:
        shelf = MongoShelf(client, settings.database("engagement"), SystemClock(), settings.policy_delay_s)
        candidate = CandidateShelf(shelf, brand, specs, step=0)
        standing = PolicyBook(shelf, STANDING, standings.built, standings.built(0, {}), float("inf"))
        task = Task(brand, tuple(sorted(specs)), span, policies(shelf), policies(candidate), members, standing)
        return await Simulation(task, partial(past.records, settings.kafka), _tell).run()
    finally:
        await client.close()


def policies(shelf: Shelf) -> Policies:
    """Return the policies of a shelf as the service has them; they are read once, for as long as the command runs."""
    failures = Failures()
    build = partial(built, failed=failures.add)
    return Policies(PolicyBook(shelf, KIND, build, build(0, {}), float("inf")), failures)


def _tell(records: int, at: datetime) -> None:
    typer.echo(f"{records:,} records read, up to {at:%Y-%m-%d %H:%M} UTC", err=True)


def show(report: Report) -> None:
    """Print a report for a person."""
    print_table(showing.RULES, showing.rules(report), "no rule gives anything under either")
    for columns, rows in ((showing.FIGURES, showing.figures(report)), (showing.MEMBERS, showing.members(report))):
        if rows:
            typer.echo()
            print_table(columns, rows, "")
    typer.echo()
    for line in showing.summary(report):
        typer.echo(printable(line))

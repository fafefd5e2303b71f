"""`veche reporting backtest-alerts`: which incidents there would have been. It asks Kafka and MongoDB: for operators."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from services.reporting.backtest.report import COLUMNS, Report, plain, rows
from services.reporting.backtest.run import Backtest, Task
from services.reporting.pages.shown_incident import brief, evidence
from services.reporting.rules.crises.playbooks import KIND, Book, built, check, merged
from services.reporting.rules.crises.signs import IsNegative
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

SINCE_HELP = "How far back: 12h, 30d, a date or instant in ISO 8601. What Kafka holds of before teaches what is usual."


def backtest_alerts(
    brand: Annotated[str | None, typer.Option(help="Whose communities; where the file does not name it.")] = None,
    since: Annotated[str, typer.Option(help=SINCE_HELP)] = "30d",
    until: Annotated[str | None, typer.Option(help="An instant in ISO 8601; by default now.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", help="YAML with another Playbook of the brand, of communities, or both.")
    ] = None,
    output: Output = Shape.TABLE,
) -> None:
    """Watch what was told before once more, and show which incidents there would have been, and why. Changes nothing."""
    from services.reporting.listening.tone import is_negative  # noqa: PLC0415 - loads a lexicon

    now = SystemClock().now()
    begin, end = moment(since, now), now if until is None else moment(until, now)
    if begin >= end:
        fail("--since is not before --until")
    try:
        named, specs = _candidate(file, brand)
        report = asyncio.run(run(Settings(), named, specs, Span(EARLIEST, begin, end), is_negative))
    except (Retryable, Unprocessable) as error:
        fail(str(error))
    if output is Shape.JSON:
        print_json(as_json(report))
    else:
        _show(report)


def _candidate(file: Path | None, brand: str | None) -> tuple[str, Mapping[str, Mapping[str, Any]]]:
    if file is None:
        return brand or fail("name the brand: --brand"), {}
    named, sources = documents(file, brand, KIND, "backtested")
    return named, {name: _checked(source) for name, source in sources.items()}


def _checked(source: Source) -> Mapping[str, Any]:
    """Return the spec as it would be stored. Raises Invalid where the service would refuse it."""
    spec = as_stored(source.document)
    try:
        check(built(0, spec).spec)
    except Misplaced as error:
        raise Invalid("\n".join(str(source.wrong(one.at, str(one))) for one in error.all)) from error
    return spec


async def run(
    settings: Settings, brand: str, specs: Mapping[str, Mapping[str, Any]], span: Span, is_negative: IsNegative
) -> Report:
    """Return which incidents there would have been, by the live playbooks and by those of `specs`, where there are any.

    Raises Retryable where Kafka or MongoDB is away.
    """
    client = new_client(settings.mongo)
    try:
        shelf = MongoShelf(client, settings.database("reporting"), SystemClock(), settings.policy_delay_s)
        candidate = _books(CandidateShelf(shelf, brand, specs)) if specs else None
        task = Task(brand, span, is_negative, _books(shelf), candidate, tuple(sorted(specs)))
        return await Backtest(task, partial(past.records, settings.kafka), _tell).run()
    finally:
        await client.close()


def _books(shelf: Shelf) -> PolicyBook[Book]:
    """Return the playbooks of a shelf as the service has them; they are read once, for as long as the command runs."""
    return PolicyBook(shelf, KIND, built, built(0, {}), float("inf"), merged)


def _tell(records: int, at: datetime) -> None:
    typer.echo(f"{records:,} records read, up to {at:%Y-%m-%d %H:%M} UTC", err=True)


def as_json(report: Report) -> Mapping[str, Any]:
    """Return a report for a program: each incident with its evidence."""
    found = [
        {"by": by, **brief(crisis), "evidence": {signal: evidence(part) for signal, part in crisis.parts.items()}}
        for by, crisis in report.found
    ]
    return plain(report, {"found": found})


def _show(report: Report) -> None:
    print_table(COLUMNS, rows(report), "no incidents")
    typer.echo()
    first = "nothing" if report.first_record is None else f"{report.first_record:%Y-%m-%d %H:%M} UTC on"
    typer.echo(
        printable(f"{report.records:,} records of {report.brand} were read, from {first}; {report.unreadable} unreadable")
    )
    if report.compared:
        told = f"{report.number('both', 'live')} by the live playbook, {report.number('both', 'candidate')} by the candidate"
        typer.echo(f"{told}, {report.number('both')} by both")

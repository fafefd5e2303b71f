"""`veche moderation backtest`: what a policy would have changed. It speaks to Kafka and MongoDB: for operators."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from services.moderation.backtest import showing
from services.moderation.backtest.candidate import InPlace, NewestModels
from services.moderation.backtest.report import Report
from services.moderation.backtest.run import Backtest, Task
from services.moderation.cli.candidates import check_pairs, checked
from services.moderation.handlers.judge import KIND
from services.moderation.rules.inheriting import merged
from services.moderation.rules.policies import built
from services.moderation.store.lists import read_lists
from services.moderation.store.people import People
from shared.bus import past
from shared.candidate import CandidateShelf
from shared.cli.candidates import documents
from shared.cli.client import fail
from shared.cli.moments import moment
from shared.cli.output import Output, Shape, print_json, print_table, printable
from shared.clock import SystemClock
from shared.directory import Directory, Scope
from shared.documents.reading import Source
from shared.errors import Retryable, Unprocessable
from shared.fold.mongo import Client, new_client
from shared.fold.retelling import Span
from shared.learned.stored import Stored
from shared.models.files import ModelFiles
from shared.models.shelf import KIND as MODELS
from shared.models.shelf import Models
from shared.models.shelf import built as built_model
from shared.policy import PolicyBook, Shelf
from shared.settings import Settings
from shared.shelf import MongoShelf
from shared.topics import PARTITIONS

WARM_UP = timedelta(days=7)
"""Read before what is told of, to fill memories: the longest window of a section (`repeats`) is a week."""

SINCE_HELP = "How far back: 12h, 30d, or a date or instant in ISO 8601. A week before it is read, too, to remember by."
TEXTS_HELP = "Show the texts of samples. Needs a token (VECHE_TOKEN) with the scope decisions:read."
MODELS_HELP = "Have the candidate ask the newest version of each model, as if it had always been there."


def backtest(
    file: Annotated[Path, typer.Option("--file", "-f", help="YAML with a policy of the brand, of communities, or both.")],
    since: Annotated[str, typer.Option(help=SINCE_HELP)] = "30d",
    until: Annotated[str | None, typer.Option(help="An instant in ISO 8601; by default now.")] = None,
    brand: Annotated[str | None, typer.Option(help="Where the documents do not name it.")] = None,
    output: Output = Shape.TABLE,
    *,
    texts: Annotated[bool, typer.Option("--texts", help=TEXTS_HELP)] = False,
    newest_models: Annotated[bool, typer.Option("--newest-models", help=MODELS_HELP)] = False,
) -> None:
    """Judge what was told before by another policy, and show rule by rule what would be different. Changes nothing."""
    now = SystemClock().now()
    begin, end = moment(since, now), now if until is None else moment(until, now)
    if begin >= end:
        fail("--since is not before --until")
    span = Span(begin - WARM_UP, begin, end)
    try:
        named, sources = documents(file, brand, KIND, "backtested")
        report = asyncio.run(_run(Settings(), named, sources, span, texts=texts, newest_models=newest_models))
    except (Retryable, Unprocessable) as error:
        fail(str(error))
    if output is Shape.JSON:
        print_json(msgspec.to_builtins(report))
    else:
        show(report)


async def _run(
    settings: Settings, brand: str, sources: Mapping[str, Source], span: Span, *, texts: bool, newest_models: bool
) -> Report:
    client, database = new_client(settings.mongo), settings.database("moderation")
    held = ModelFiles(settings.mongo, database, settings.models_mb << 20)
    try:
        if texts:
            await _check_scope(settings, client, brand)
        shelf = MongoShelf(client, database, SystemClock(), settings.policy_delay_s)
        models = Models(client, database, SystemClock(), settings.policy_delay_s, held)
        specs = {name: checked(source) for name, source in sources.items()}
        candidate = CandidateShelf(shelf, brand, specs)
        await check_pairs(candidate, specs)
        task = Task(
            brand,
            tuple(sorted(specs)),
            span,
            live := book(shelf),
            InPlace(book(candidate), live),
            await People(client, database).truth(brand, span.warm),
            texts,
            models_of(models),
            models_of(NewestModels(models) if newest_models else models),
        )
        return await Backtest(task, partial(past.records, settings.kafka), _tell).run()
    finally:
        await held.close()
        await client.close()


def book(shelf: Shelf) -> PolicyBook[Any]:
    """Return the policies of a shelf as the service has them; they are read once, for as long as the command runs."""
    build = partial(built, read_lists())
    return PolicyBook(shelf, KIND, build, build(0, {}), float("inf"), merged)


def models_of(shelf: Shelf) -> PolicyBook[Stored | None]:
    """Return the models of a shelf as the service has them, read once."""
    return PolicyBook(shelf, MODELS, built_model, None, float("inf"))


async def _check_scope(settings: Settings, client: Client, brand: str) -> None:
    token = settings.token
    directory = Directory(client, settings.database("directory"))
    who = None if token is None else await directory.principal(token.get_secret_value())
    if who is None or not who.may(Scope.DECISIONS_READ, brand):
        raise Unprocessable(f"--texts needs a token with the scope {Scope.DECISIONS_READ} for {brand}: set VECHE_TOKEN")


def _tell(q: int, records: int) -> None:
    typer.echo(f"partition {q + 1} of {PARTITIONS}: {records:,} records read", err=True)


def show(report: Report) -> None:
    """Print a report for a person."""
    print_table(showing.RULES, showing.rules(report), "no rule found anything")
    for columns, rows in ((showing.VERDICTS, showing.verdicts(report)), (showing.DAYS, showing.days(report))):
        if rows:
            typer.echo()
            print_table(columns, rows, "")
    _show_samples(report)
    typer.echo()
    for line in showing.summary(report):
        typer.echo(line)


def _show_samples(report: Report) -> None:
    found = list(showing.samples(report))
    if not found:
        return
    rows: list[Sequence[object]] = [(*row, *(() if text is None else (printable(text),))) for row, text in found]
    columns = (*showing.SAMPLES, "text") if any(text is not None for _, text in found) else showing.SAMPLES
    typer.echo()
    print_table(columns, [(*row, *[""] * (len(columns) - len(row))) for row in rows], "")

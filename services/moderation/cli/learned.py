"""`veche moderation train`, `score` and `card`: a brand's own classifier.

Libraries are loaded by the command that needs them: scikit-learn takes a second and 100 MB, which `veche --help` and the
services do without.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec.structs import replace

from shared.bus import past
from shared.bus.record import Record
from shared.cli.client import fail
from shared.cli.output import Output, Shape, print_json, print_table, printable
from shared.clock import SystemClock
from shared.errors import Retryable, Unprocessable
from shared.events import Envelope, decode
from shared.fold.mongo import new_client
from shared.settings import Settings
from shared.topics import EVENTS

if TYPE_CHECKING:
    from services.moderation.training.rows import Labelled
    from shared.learned.artifact import Artifact

DECISIONS_HELP = "Learn from what moderators removed and allowed; speaks to Kafka and MongoDB, so for operators."

PIECES_SHOWN = 8
"""Pieces of a text that weighed most; a person looks at no more."""

File = Annotated[Path, typer.Argument(help="The classifier's file.", dir_okay=False)]


def train(
    out: Annotated[Path, typer.Option(help="The file to write the classifier to.", dir_okay=False)],
    table: Annotated[
        Path | None, typer.Argument(metavar="CSV", help="With the columns text and label, in UTF-8.", dir_okay=False)
    ] = None,
    name: Annotated[str | None, typer.Option(help="What the card calls it. Without it: the CSV's name.")] = None,
    brand: Annotated[str | None, typer.Option(help="With --from-decisions: whose.")] = None,
    since: Annotated[str, typer.Option(help="With --from-decisions: 90d, or a date in ISO 8601.")] = "90d",
    *,
    from_decisions: Annotated[bool, typer.Option("--from-decisions", help=DECISIONS_HELP)] = False,
) -> None:
    """Train a classifier on labelled texts, measure it on texts it has not seen, and write it with its card."""
    if from_decisions == (table is not None):
        fail("name a CSV, or --from-decisions")
    from services.moderation.training.trained import trained  # noqa: PLC0415
    from shared.learned.artifact import packed, unpacked  # noqa: PLC0415 - see the module
    from shared.learned.page import summary  # noqa: PLC0415

    made = f"{SystemClock().now():%Y-%m-%d}"
    try:
        found = _labelled(table) if table is not None else _decided(brand, since)
        called = name or (table.stem if table is not None else f"{brand}-decisions")
        done = trained(found.readings, found.labels, found.data, called, made, _tell)
        file = packed(done.model, done.card)
        version = unpacked(file).version
        _write(out, file)
    except (Unprocessable, Retryable) as error:
        fail(str(error))
    typer.echo(summary(done.card))
    typer.echo(f"\nversion {version} is in {out}; `veche moderation card {out}` shows its card")


def score(
    text: Annotated[str, typer.Argument(help="What somebody wrote.")],
    model: Annotated[Path, typer.Option(help="The classifier's file.", dir_okay=False)],
    output: Output = Shape.TABLE,
) -> None:
    """Show how likely each label is, and which pieces of the text weighed most."""
    from shared.learned.model import chosen, probabilities, weighed  # noqa: PLC0415 - see the module
    from shared.terms.text import plain  # noqa: PLC0415

    artifact = _artifact(model)
    text = text.encode(errors="replace").decode()  # a terminal may send what is no UTF-8
    read = plain(text)
    found = probabilities(artifact.model, read)
    label = chosen(artifact.model, found)
    pieces = [(text[one.start : one.end], one.weight) for one in weighed(artifact.model, read, label, PIECES_SHOWN)]
    if output is Shape.JSON:
        told: list[dict[str, Any]] = [{"text": piece, "weight": round(weight, 4)} for piece, weight in pieces]
        print_json({"version": artifact.version, "label": label, "probabilities": found, "pieces": told})
        return
    print_table(("label", "probability"), [(name, f"{share:.3f}") for name, share in found.items()], "")
    typer.echo(f"\ngiven: {printable(label)}; what spoke for it most:")
    print_table(("piece", "weight"), [(piece, f"{weight:.3f}") for piece, weight in pieces], "nothing")


def card(file: File, output: Output = Shape.TABLE) -> None:
    """Show a classifier's card: its data, its quality, and how it was made."""
    from msgspec import to_builtins  # noqa: PLC0415 - see the module

    from shared.learned.page import page  # noqa: PLC0415

    artifact = _artifact(file)
    if output is Shape.JSON:
        print_json({"version": artifact.version, **to_builtins(artifact.card)})
    else:
        typer.echo(page(artifact.card, artifact.version), nl=False)


def _decided(brand: str | None, since: str) -> Labelled:
    from shared.cli.moments import moment  # noqa: PLC0415 - see the module

    if brand is None:
        fail("--from-decisions needs --brand")
    return asyncio.run(_read_decided(Settings(), brand, moment(since, SystemClock().now())))


async def _read_decided(settings: Settings, brand: str, since: datetime) -> Labelled:
    """Return the texts that people decided of since then, as far as Kafka still holds them. Raises Retryable."""
    from services.moderation.store.people import People  # noqa: PLC0415 - see the module
    from services.moderation.training.decided import DecidedTexts  # noqa: PLC0415
    from services.moderation.training.rows import labelled  # noqa: PLC0415

    client = new_client(settings.mongo)
    try:
        texts = DecidedTexts(await People(client, settings.database("moderation")).truth(brand, since))
    finally:
        await client.close()
    async for record in past.records(settings.kafka, EVENTS.name):  # decided since then, but written before, maybe
        if (record.key or b"").startswith(f"{brand}/".encode()):
            texts.add(_event(record))
    found, source = labelled(texts.rows()), texts.source(brand, since)
    if not found.labels:
        fail(f"people decided on no text of {brand} since {since:%Y-%m-%d}, as far as Kafka holds them: name a CSV instead")
    return found._replace(data=replace(found.data, source=source))


def _event(record: Record) -> Envelope | None:
    try:
        return decode(record.value or b"")
    except Unprocessable:
        return None


def _labelled(table: Path) -> Labelled:
    from services.moderation.training.rows import labelled, rows  # noqa: PLC0415 - see the module

    try:
        with table.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
            found = labelled(rows(lines))
    except OSError as error:
        fail(f"cannot read {table}: {error.strerror}")
    for one in found.broken:
        typer.echo(f"{table}, line {one.line}: {one.reason}; left out", err=True)
    if found.data.broken > len(found.broken):
        typer.echo(f"and {found.data.broken - len(found.broken):,} more", err=True)
    return found


def _artifact(file: Path) -> Artifact:
    from shared.learned.artifact import MODEL_BYTES_MAX, unpacked  # noqa: PLC0415 - see the module

    try:
        with file.open("rb") as opened:
            return unpacked(opened.read(MODEL_BYTES_MAX + 1))
    except OSError as error:
        fail(f"cannot read {file}: {error.strerror}")
    except Unprocessable as error:
        fail(f"{file}: {error}")


def _write(out: Path, file: bytes) -> None:
    """Write the file whole or not at all."""
    part = out.with_name(f"{out.name}.part")
    try:
        part.write_bytes(file)
        part.replace(out)
    except OSError as error:
        fail(f"cannot write {out}: {error.strerror}")


def _tell(said: str) -> None:
    typer.echo(said, err=True)

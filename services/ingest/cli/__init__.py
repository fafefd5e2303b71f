"""`veche ingest`: serve, import history."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
import uvloop

from services.ingest.app import Role, create_app
from services.ingest.cli.aside import Aside
from services.ingest.cli.checkpoint import Checkpoint, Task, fingerprint
from services.ingest.cli.importing import History, before, dry, send
from services.ingest.cli.replaying import Mender, Outcome, lines
from services.ingest.cli.sender import Sender
from services.ingest.cli.status import show
from services.ingest.importers import FORMATS, importer_of
from services.ingest.importers.importer import Where
from services.ingest.sources import GATEWAYS
from shared.bus import past
from shared.bus.publisher import Publisher
from shared.cli.client import Api, fail
from shared.cli.output import Output, Shape, print_json
from shared.clock import SystemClock
from shared.errors import Retryable, Unprocessable
from shared.events import event_id
from shared.serving import serve as serve_service
from shared.settings import Settings
from shared.telemetry import logs

app = typer.Typer(no_args_is_help=True, help="Take in what communities say: webhooks, events, history.")

BACKFILL_HELP = (
    "Have this history earn points; without it history earns none. Choose at the first import: what was imported "
    "without it is known, so importing it again with it changes nothing."
)
COMMUNITY_HELP = "platform:place; by default what the export names, or its folder's name."
MAPPING_HELP = "Of csv and ndjson: the file that says what their columns mean."
DRY_HELP = "Read everything and count it by type and community; send nothing."
BROKEN_HELP = "Where records that cannot be read are set aside; by default beside you, named after the export."
RESUME_HELP = "Where an import that is interrupted keeps its place; by default a hidden file beside you."
UNTIL_HELP = "A date or instant in ISO 8601: leave out what happened from then on, for example since a bot listens itself."
WHOLE_HELP = "The export is whole, though much of what was told is not in it."
ZONE_HELP = "IANA name, for example Europe/Moscow: of times that the export tells without a zone."


@app.command()
def serve(role: Annotated[Role, typer.Option(help="Which part of it: the edge may run apart.")] = Role.ALL) -> None:
    """Run the service: edge, normaliser, pollers."""
    _serve(role)


def _serve(role: Role) -> None:
    settings = Settings()
    logs.configure("ingest", settings.log_level)

    async def run() -> int:
        return await serve_service(create_app(settings, role))

    raise typer.Exit(uvloop.run(run()))


@app.command()
def gateway(platform: Annotated[str, typer.Argument(help=f"One of {', '.join(GATEWAYS)}.")]) -> None:
    """Keep lines open to platforms that tell what happens over nothing else: connections of mode gateway."""
    if platform not in GATEWAYS:
        fail(f"{platform} has no gateway; known are {', '.join(GATEWAYS)}")
    _serve(Role.GATEWAY)


@app.command()
def status(
    brand: Annotated[str | None, typer.Option(help="Only this brand's connections.")] = None, output: Output = Shape.TABLE
) -> None:
    """Show how each connection is, and what to do where something is wrong; ends with 1 where anything is."""
    found = Api(Settings(), "ingest").call("GET", "/v1/connections/status", params={"brand": brand} if brand else {})
    if output is Shape.JSON:
        print_json(found)
    else:
        show(found, SystemClock().now())
    raise typer.Exit(1 if any(one["problems"] for one in found) else 0)


@app.command("import")
def import_(
    path: Path,
    brand: Annotated[str, typer.Option()],
    format_: Annotated[str, typer.Option("--from", help=f"One of {', '.join(FORMATS)}.")],
    community: Annotated[str | None, typer.Option(help=COMMUNITY_HELP)] = None,
    mapping: Annotated[Path | None, typer.Option(help=MAPPING_HELP)] = None,
    zone: Annotated[str, typer.Option("--timezone", help=ZONE_HELP)] = "UTC",
    until: Annotated[str | None, typer.Option(help=UNTIL_HELP)] = None,
    broken: Annotated[Path | None, typer.Option(help=BROKEN_HELP)] = None,
    resume: Annotated[Path | None, typer.Option(help=RESUME_HELP)] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=DRY_HELP)] = False,
    backfill_points: Annotated[bool, typer.Option("--backfill-points", help=BACKFILL_HELP)] = False,
) -> None:
    """Import a community's history. Importing it again changes nothing; interrupted, it goes on where it stopped.

    Records that cannot be read are set aside in a file. The exit code is 0 even so, for what could be imported is; it is 1
    where nothing could.
    """
    if not path.exists():
        fail(f"there is no {path}")
    where = Where(brand=brand, recordedtime=SystemClock().now(), community=community, zone=_zone(zone))
    end = _instant(until, where.zone)
    stem = f"{path.resolve().name}-{event_id(str(path.resolve()), brand, format_, community or '')[:8]}"
    aside = Aside(broken or Path(f"{stem}.broken.ndjson"), path.name)
    try:
        importer = importer_of(format_, mapping)
        history = History(
            f"{format_} → {brand}", lambda: importer.count(path), lambda: before(end, importer.read(path, where)), aside
        )
        if dry_run:
            dry(history)
        else:
            meaning = "" if mapping is None else mapping.read_text(encoding="utf-8")
            marks = fingerprint(path, community or "", zone, str(end), str(backfill_points), meaning)
            task = Task(format_, str(path.resolve()), brand, marks)
            checkpoint = Checkpoint(resume or Path(f".veche-import-{stem}.json"), task)
            send(history, checkpoint, Sender(Api(Settings(), "ingest"), brand, backfill_points=backfill_points))
    except Unprocessable as error:
        fail(str(error))
    except OSError as error:
        hint = f"; is {path} an export of {format_}?" if str(error.filename).startswith(str(path)) else ""
        fail(f"cannot use {error.filename}: {error.strerror}{hint}")


@app.command()
def replay(
    connection: Annotated[str, typer.Option(help="The connection whose raw records are decoded again.")],
    since: Annotated[str | None, typer.Option(help="A date or instant in ISO 8601; by default all that is kept.")] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what is different.")] = False,
) -> None:
    """Decode what the platform sent once more, after a connector was mended, and tell only what is new or different.

    A content that reads differently is told as an edit; a fact that was never told goes to the normaliser again, as history
    that earns points: it is counted, and nobody is punished for it on the platform. Doing it twice changes nothing.
    """
    begin = _instant(since, UTC)
    since_ms = None if begin is None else int(begin.timestamp() * 1_000)
    _mended(lambda mender: mender.replay(connection, since_ms), dry=dry_run)


@app.command()
def reconcile(
    path: Path,
    brand: Annotated[str, typer.Option()],
    format_: Annotated[str, typer.Option("--from", help=f"One of {', '.join(FORMATS)}.")],
    community: Annotated[str | None, typer.Option(help=COMMUNITY_HELP)] = None,
    mapping: Annotated[Path | None, typer.Option(help=MAPPING_HELP)] = None,
    *,
    whole: Annotated[bool, typer.Option("--whole", help=WHOLE_HELP)] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what is different.")] = False,
) -> None:
    """Find what a platform does not tell: contents that an export does not hold any more were deleted, others edited.

    Only contents of the time and the channels of the export are compared, as far back as the bus keeps them (30 days).
    """
    if not path.exists():
        fail(f"there is no {path}")
    where = Where(brand=brand, recordedtime=SystemClock().now(), community=community)
    try:
        importer = importer_of(format_, mapping)
        _mended(lambda mender: mender.reconcile(importer, path, where, whole=whole), dry=dry_run)
    except Unprocessable as error:
        fail(str(error))


def _mended(work: Callable[[Mender], Awaitable[Outcome]], *, dry: bool) -> None:
    settings = Settings()

    async def run() -> Outcome:
        publisher = None if dry else Publisher(settings.kafka, "veche-replay")
        if publisher is not None:
            await publisher.start()
        try:
            return await work(Mender(partial(past.records, settings.kafka), SystemClock(), publisher))
        finally:
            if publisher is not None:
                await publisher.stop()

    try:
        found = asyncio.run(run())
    except Retryable as error:
        fail(str(error))
    for line in lines(found, dry=dry):
        typer.echo(line)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        fail(f"{name} is no time zone; use IANA names, for example Europe/Moscow")


def _instant(text: str | None, zone: tzinfo) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        fail(f"{text} is no date; write 2025-11-21 or 2025-11-21T09:30:00+03:00")
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)

"""`veche ingest`: serve, import history."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.ingest.app import Role, create_app
from services.ingest.importers import IMPORTERS
from services.ingest.importers.importer import Broken, Where
from services.ingest.sources import GATEWAYS
from shared.cli.client import Api, fail, pause_s, problem_of
from shared.cli.output import Output, Shape, print_json, print_table, printable
from shared.clock import SystemClock
from shared.errors import Unprocessable
from shared.events import Envelope, encode
from shared.runtime import serve as serve_service
from shared.settings import Settings
from shared.telemetry import logs

app = typer.Typer(no_args_is_help=True, help="Take in what communities say: webhooks, events, history.")

BATCH_EVENTS = 500
BATCH_BYTES_MAX = 5_000_000
YIELD = 429
"""The edge has taken nothing, because live events come first."""
BUSY = frozenset({YIELD, 503})
PATIENCE_S = 600.0
"""How long an import waits for live events to be caught up before it gives up; it can be run again."""
PATIENCE_AWAY_S = 120.0
"""How long an import waits for an edge that does not answer at all: more than a restart takes."""
AWAY_PAUSE_S = 2.0
BROKEN_SHOWN = 10
BACKFILL_HELP = (
    "Have this history earn points; without it history earns none. Choose at the first import: what was imported "
    "without it is known, so importing it again with it changes nothing."
)


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
        _show(found, SystemClock().now())
    raise typer.Exit(1 if any(one["problems"] for one in found) else 0)


def _show(found: list[dict[str, Any]], now: datetime) -> None:
    columns = ("connection", "brand", "platform", "mode", "state", "last event", "per minute", "refused", "communities")
    print_table(columns, [_row(one, now) for one in found], "no connections; `veche apply -f` a document of kind Connection")
    for one in found:
        for problem in one["problems"]:
            typer.echo(printable(f"{one['name']}: {problem['what']}"))
            typer.echo(printable(f"  → {problem['next']}"))


def _row(one: dict[str, Any], now: datetime) -> tuple[object, ...]:
    last = one["last_event_at"]
    refused = ", ".join(f"{number} {reason.replace('_', ' ')}" for reason, number in sorted(one["refused"].items()))
    state = f"{len(one['problems'])} problems" if one["problems"] else "well"
    age = "never" if last is None else _age(now - datetime.fromisoformat(last))
    communities = len(one["communities"])
    return (
        *(one[name] for name in ("name", "brand", "platform", "mode")),
        *(state, age, one["per_minute"], refused or "-", communities),
    )


def _age(age: timedelta) -> str:
    """Return how long ago, in the largest unit that says enough."""
    seconds = max(0, int(age.total_seconds()))
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit} ago"
    return f"{seconds} s ago"


@app.command("import")
def import_(
    path: Path,
    brand: Annotated[str, typer.Option()],
    format_: Annotated[str, typer.Option("--from", help=f"One of {', '.join(IMPORTERS)}.")],
    community: Annotated[str | None, typer.Option(help="platform:place; the folder's name by default.")] = None,
    *,
    backfill_points: Annotated[bool, typer.Option("--backfill-points", help=BACKFILL_HELP)] = False,
) -> None:
    """Import a community's history. Importing it again changes nothing."""
    if not path.is_dir():
        fail(f"{path} is no folder; a history is imported from the folder that the export was unpacked to")
    importer = IMPORTERS.get(format_) or fail(f"unknown format {format_}; known are {', '.join(IMPORTERS)}")
    where = Where(brand=brand, recordedtime=SystemClock().now(), community=community)
    sender = Sender(Api(Settings(), "ingest"), brand, backfill_points=backfill_points)
    began = time.monotonic()
    try:
        with _bar() as bar:
            task = bar.add_task(f"{format_} → {brand}", total=importer.count(path))
            for batch in batches(sender.sound(importer.read(path, where))):
                sender.send(batch)
                bar.advance(task, len(batch))
            bar.update(task, total=sender.sent, completed=sender.sent)
    except Unprocessable as error:
        fail(str(error))
    except OSError as error:
        fail(f"cannot read {error.filename}: {error.strerror}; is {path} an export of {format_}?")
    _tell(sender, time.monotonic() - began)


def _tell(sender: Sender, took_s: float) -> None:
    console = Console()
    pace = f"{took_s:.1f} s ({sender.sent / max(took_s, 0.001):.0f}/s)"
    console.print(f"{sender.sent} events sent in {pace}: {', '.join(outcome(sender))}", soft_wrap=True)
    if sender.new and sender.waiting:
        console.print(f"{sender.waiting} records waited to be taken in when it began: some of the new may be among them")
    for broken in sender.broken[:BROKEN_SHOWN]:
        console.print(f"  {broken.file}, record {broken.at}: {broken.reason}", highlight=False)


def outcome(sender: Sender) -> Iterator[str]:
    """Yield what became of the events, as far as the edge could tell when it took them."""
    yield f"{sender.new} new"
    yield f"{sender.known} there already"
    if sender.repeated:
        yield f"{sender.repeated} told more than once by the export"
    if sender.unsure:
        yield f"{sender.unsure} sent twice because an answer was lost, so either"
    yield f"{len(sender.broken)} records set aside"


def _bar() -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console
    )


def batches(events: Iterable[Envelope]) -> Iterator[list[bytes]]:
    """Cut events into batches by number and bytes."""
    batch: list[bytes] = []
    size = 0
    for raw in map(encode, events):
        if batch and (len(batch) >= BATCH_EVENTS or size + len(raw) > BATCH_BYTES_MAX):
            yield batch
            batch, size = [], 0
        batch.append(raw)
        size += len(raw)
    if batch:
        yield batch


class Sender:
    """Sends batches to the edge, waits where it is told to, and sets broken records aside."""

    def __init__(
        self,
        api: Api,
        brand: str,
        *,
        backfill_points: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._api, self._clock, self._sleep = api, clock, sleep
        self._query = {"brand": brand, "imported": "true"} | ({"backfill_points": "true"} if backfill_points else {})
        self.sent = self.known = self.repeated = self.unsure = 0
        """Events sent; of them those that were there already, those that a batch told before, and those of which nobody
        knows: see `send`. All others are new.
        """
        self.waiting: int | None = None
        """Records that waited to be taken in when the first batch came: they may hold events that count as new here."""
        self.broken: list[Broken] = []

    @property
    def new(self) -> int:
        """How many events were not there when they were sent."""
        return self.sent - self.known - self.repeated - self.unsure

    def sound(self, read: Iterable[Envelope | Broken]) -> Iterator[Envelope]:
        """Yield the events; note what is broken."""
        for found in read:
            if isinstance(found, Broken):
                self.broken.append(found)
            else:
                yield found

    def send(self, batch: list[bytes]) -> None:
        """Send one batch, waiting while the edge is busy or away.

        Where an earlier try may have come through, its own events are there already: then nobody knows since when.
        """
        response, once = self._answered(b"[" + b",".join(batch) + b"]")
        if not response.is_success:
            fail(problem_of(response, "ingest"))
        told = response.json()
        self.sent += len(batch)
        self.known += told["known"] if once else 0
        self.repeated += told["repeated"]
        self.unsure += 0 if once else told["known"]
        self.waiting = told["waiting"] if self.waiting is None else self.waiting

    def _answered(self, body: bytes) -> tuple[httpx.Response, bool]:
        """Return the last answer, and whether no try before it can have come through; ends the command after too long."""
        deadline = self._clock() + PATIENCE_S
        gone_at, once = math.inf, True
        while True:
            found = self._posted(body)
            now = self._clock()
            if isinstance(found, httpx.Response):
                gone_at = math.inf
                if found.status_code not in BUSY or now > deadline:
                    return found, once
                once = once and found.status_code == YIELD
                self._sleep(pause_s(found))
            else:
                gone_at, once = min(gone_at, now), False
                if now - gone_at > PATIENCE_AWAY_S:
                    fail(_away(self._api.http.base_url, found))
                self._sleep(AWAY_PAUSE_S)

    def _posted(self, body: bytes) -> httpx.Response | httpx.HTTPError:
        try:
            return self._api.http.post("/v1/events", params=self._query, content=body)
        except httpx.UnsupportedProtocol as error:
            fail(f"VECHE_INGEST_URL is not an address: {error}")
        except httpx.HTTPError as error:
            return error


def _away(url: httpx.URL, error: httpx.HTTPError) -> str:
    return (
        f"ingest has not answered at {url} for {PATIENCE_AWAY_S:.0f} s ({type(error).__name__}); start it with "
        "`veche ingest serve` and import again: what it has already is not counted twice"
    )

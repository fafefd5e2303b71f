"""One run of an import: read ahead while a batch is under way, show how far it is, keep the place."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from threading import Event
from types import FrameType
from typing import NamedTuple

import typer

from services.ingest.cli.aside import Aside, told
from services.ingest.cli.bar import Bar, bar
from services.ingest.cli.checkpoint import Checkpoint, Moved, Place, beyond
from services.ingest.cli.counts import Counts, counted, show
from services.ingest.cli.sender import Batch, Sender, batches, outcome
from services.ingest.importers.importer import Broken
from shared.events import Envelope

STOPPED = 130
"""The exit code of a command that a person stopped."""


class History(NamedTuple):
    """What is imported: its name, how many records it has, its events from the first on, and where broken ones go."""

    title: str
    records: Callable[[], int]
    read: Callable[[], Iterator[Envelope | Broken]]
    aside: Aside


def before(end: datetime | None, read: Iterator[Envelope | Broken]) -> Iterator[Envelope | Broken]:
    """Yield what happened before that instant, and what is broken."""
    return read if end is None else (item for item in read if isinstance(item, Broken) or item.time < end)


def dry(history: History) -> None:
    """Read all of it, send nothing, and say what there is."""
    found, aside = Counts(), history.aside
    with aside, bar(history.title, history.records()) as shown:
        for found, events in counted(aside.sound(history.read())):  # noqa: B007 - the last one counts
            shown.advance(events)
        shown.end()
    show(found)
    typer.echo(f"{found.events} events would be sent; {aside.count} records set aside")
    _tell_broken(aside, found.events)


def send(history: History, checkpoint: Checkpoint, sender: Sender) -> None:
    """Send what was not sent before; a person may stop it, and call it again."""
    began, stopped = time.monotonic(), Event()
    run = Run(sender, checkpoint, stopped)
    try:
        with noticing(stopped):
            _from_where_it_stopped(history, checkpoint, run)
    except KeyboardInterrupt:
        typer.echo(f"\nstopped: {run.done} events are in; the same command goes on from there ({checkpoint.file})", err=True)
        raise typer.Exit(STOPPED) from None
    took_s = time.monotonic() - began
    pace = f"{took_s:.1f} s ({sender.sent / max(took_s, 0.001):.0f}/s)"
    typer.echo(f"{sender.sent} events sent in {pace}: {', '.join(outcome(sender, history.aside.count))}")
    if run.skipped:
        typer.echo(f"{run.skipped} more had been sent before it was interrupted")
    if sender.new and sender.waiting:
        typer.echo(f"{sender.waiting} records waited to be taken in when it began: some of the new may be among them")
    _tell_broken(history.aside, run.done)


def _from_where_it_stopped(history: History, checkpoint: Checkpoint, run: Run) -> None:
    total = history.records()
    try:
        place = checkpoint.place()
        run.skipped = 0 if place is None else place.events
        with history.aside, bar(history.title, total) as shown:
            run.all(history, place, shown)
    except Moved as moved:
        typer.echo(f"{moved}; starting again from the beginning, which counts nothing twice", err=True)
        with history.aside, bar(history.title, total) as shown:
            run.all(history, None, shown)


def _tell_broken(aside: Aside, events: int) -> None:
    """Say what was set aside, and where it is now. Ends the command with 1 where nothing else was there."""
    if not aside.count:
        return
    typer.echo(f"what could not be read is in {aside.file}, with file, place and reason:")
    for one in aside.first:
        typer.echo(f"  {told(one)}")
    if aside.count > len(aside.first):
        typer.echo(f"  and {aside.count - len(aside.first)} more")
    if not events:
        raise typer.Exit(1)


@contextmanager
def noticing(stopped: Event) -> Iterator[None]:
    """Note that a person stops it: Python loses the exception where it comes while something is cleaned up."""

    def note(number: int, frame: FrameType | None) -> None:
        stopped.set()
        signal.default_int_handler(number, frame)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class Run:
    """Sends one batch at a time, so that the order of events holds, and reads the next one meanwhile."""

    def __init__(self, sender: Sender, checkpoint: Checkpoint, stopped: Event) -> None:
        """`stopped` is set once a person wants it to end."""
        self._sender, self._checkpoint, self._stopped = sender, checkpoint, stopped
        self.skipped = 0
        """Events that an earlier run has sent."""

    @property
    def done(self) -> int:
        """How many events are in, by this run and those before it."""
        return self.skipped + self._sender.sent

    def all(self, history: History, place: Place | None, shown: Bar) -> None:
        """Send all events behind the place.

        Raises Moved where another event stands there, and KeyboardInterrupt once what was under way has come to its end.
        """
        self.skipped = 0 if place is None else place.events
        shown.skip(self.skipped)
        under_way: Future[None] | None = None
        with ThreadPoolExecutor(1) as thread:  # leaving it waits for what is under way
            try:
                for batch in batches(beyond(history.aside.sound(history.read()), place)):
                    if under_way is not None:
                        under_way.result()
                    if self._stopped.is_set():
                        raise KeyboardInterrupt  # noqa: TRY301 - as if it had not been lost
                    under_way = thread.submit(self._deliver, batch, shown)
                if under_way is not None:
                    under_way.result()
            except KeyboardInterrupt:
                self._sender.give_up()
                raise
        shown.end()
        self._checkpoint.forget()

    def _deliver(self, batch: Batch, shown: Bar) -> None:
        """Send a batch; when the edge has it, keep the place behind it."""
        self._sender.send(batch.events)
        self._checkpoint.keep(self.done, batch.last)
        shown.advance(len(batch.events))

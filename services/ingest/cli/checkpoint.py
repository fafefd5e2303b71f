"""How far an import came: a small file, so that one that was interrupted goes on where it stopped.

Reading an export again gives the same events in the same order, so a number is all that is needed; the id of the last event
that the edge acknowledged proves that it is so, whatever changed in the meantime.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from services.ingest.cli.aside import Sound
from shared.events import event_id


class Moved(Exception):
    """The place of an earlier run is of no use; the text says why."""


class Task(Struct, frozen=True):
    """An import, by all that decides which events are sent."""

    format: str
    path: str
    brand: str
    fingerprint: str
    """Of the files' names, sizes and times of change, and of the options."""


class Place(Struct, frozen=True):
    """How many events of an import the edge acknowledged, and the id of the last."""

    task: Task
    events: int
    last: str


def fingerprint(path: Path, *options: str) -> str:
    """Return what changes when a file of the export or an option does."""
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    told = ((str(file), file.stat()) for file in files)
    return event_id(*options, *(f"{name}/{found.st_size}/{found.st_mtime_ns}" for name, found in told))


class Checkpoint:
    """The file of one import."""

    def __init__(self, file: Path, task: Task) -> None:
        self.file, self._task = file, task

    def place(self) -> Place | None:
        """Return where an earlier run stopped. Raises Moved where it was another import, or of files that have changed."""
        try:
            found = msgspec.json.decode(self.file.read_bytes(), type=Place)
        except FileNotFoundError:
            return None
        except msgspec.DecodeError as error:
            raise Moved(f"{self.file} cannot be read") from error
        if found.task != self._task:
            raise Moved(f"the export or the options have changed since {self.file} was written")
        return found

    def keep(self, events: int, last: str) -> None:
        """Write how far it came, as a whole or not at all; a power cut may lose the last ones, which are then known."""
        new = self.file.with_name(self.file.name + ".new")
        new.write_bytes(msgspec.json.format(msgspec.json.encode(Place(self._task, events, last))))
        new.replace(self.file)

    def forget(self) -> None:
        """The import is over."""
        self.file.unlink(missing_ok=True)


def beyond(events: Iterable[Sound], place: Place | None) -> Iterator[Sound]:
    """Yield the events behind the place. Raises Moved where the one that stands there is another."""
    rest = iter(events)
    if place is not None and place.events:
        last = next(itertools.islice(rest, place.events - 1, None), None)
        if last is None or last.event.id != place.last:
            raise Moved("the export tells other events than when it was interrupted")
    yield from rest

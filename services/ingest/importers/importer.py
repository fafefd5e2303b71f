"""The port of all importers: a platform's export, on disk, into events of the past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from shared.events import Envelope


class Where(Struct, frozen=True, kw_only=True):
    """What the events are stamped with; without a community it is named after the export's folder."""

    brand: str
    recordedtime: datetime
    community: str | None = None
    connection: str = "import"

    @property
    def imported(self) -> bool:
        """Return that all of it is history."""
        return True


class Broken(Struct, frozen=True):
    """A record that could not be read: its file, its number there counted from 0, and why."""

    file: str
    at: int
    reason: str


class Importer(Protocol):
    """One format of export. Importing the same export again gives the same ids."""

    @property
    def format(self) -> str:
        """Return the format's name."""

    def count(self, path: Path) -> int:
        """Return how many records the files hold, without understanding them: the scale of a progress bar.

        A record may give several events, or none.
        """

    def read(self, path: Path, where: Where) -> Iterator[Envelope | Broken]:
        """Yield events nearly in the order of time, content before what touches it; broken records where they stand.

        Nothing of history waits for a content that comes later (rules/authors.py): content first is a promise, however far
        from their places the export's records stand. What nothing waits for may come late.

        Raises Unprocessable where `path` is no such export.
        """

"""The port of all importers: a platform's export, on disk, into events of the past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from shared.events import Envelope


class Where(Struct, frozen=True, kw_only=True):
    """What the events are stamped with; without a community the export names it, or its folder's name does."""

    brand: str
    recordedtime: datetime
    community: str | None = None
    connection: str = "import"
    zone: tzinfo = UTC
    """Of times that are told without one."""

    @property
    def imported(self) -> bool:
        """Return that all of it is history."""
        return True


class Broken(Struct, frozen=True):
    """A record that could not be read: its file, its number there counted from 0, and why, without quoting it."""

    file: str
    at: int
    reason: str
    raw: str = ""
    """The record as it stands there, as far as it could be found."""
    line: int | None = None
    """Where the file has lines: the one that it begins in, counted from 1."""


def as_text(raw: bytes) -> str:
    """Return bytes of an export for a person to look at."""
    return raw.decode("utf-8", "backslashreplace")


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

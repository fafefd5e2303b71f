"""What an import would send, counted: `--dry-run`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

import typer
from msgspec import Struct, field

from services.ingest.cli.aside import Sound
from services.ingest.facts import type_name
from shared.cli.output import print_table
from shared.events import Envelope


class Counts(Struct):
    """Events by type and by community, the first and last time among them."""

    types: Counter[str] = field(default_factory=Counter)
    communities: Counter[str] = field(default_factory=Counter)
    since: datetime | None = None
    until: datetime | None = None

    @property
    def events(self) -> int:
        """How many there are."""
        return self.types.total()

    def add(self, event: Envelope) -> None:
        """Count one event."""
        self.types[type_name(type(event))] += 1
        self.communities[event.community or "(none)"] += 1
        self.since = event.time if self.since is None else min(self.since, event.time)
        self.until = event.time if self.until is None else max(self.until, event.time)


def counted(events: Iterable[Sound]) -> Iterator[tuple[Counts, int]]:
    """Yield the counts so far, and how many events came since they were last told."""
    counts, told = Counts(), 0
    for event, _ in events:
        counts.add(event)
        if counts.events - told == TOLD_EACH:
            yield counts, TOLD_EACH
            told = counts.events
    yield counts, counts.events - told


TOLD_EACH = 500


def show(counts: Counts) -> None:
    """Print the counts as tables."""
    print_table(("type", "events"), sorted(counts.types.items()), "no event")
    typer.echo()
    print_table(("community", "events"), sorted(counts.communities.items()), "")
    if counts.since is not None and counts.until is not None:
        typer.echo(f"\nfrom {counts.since.isoformat()} to {counts.until.isoformat()}")

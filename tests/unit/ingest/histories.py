"""What the tests of all importers share: reading an export, spoiling it, and what must hold whatever stands in it."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Payload
from services.ingest.importers import IMPORTERS
from services.ingest.importers.importer import Broken, Importer, Where
from services.ingest.rules.strict import accepted
from shared.events import Envelope, decode, encode
from shared.events.community import ContentCreated
from tests.unit.ingest.hostile import VALUES, put, spots

RECORDED = datetime(2026, 6, 1, tzinfo=UTC)
WHERE = Where(brand="acme", recordedtime=RECORDED)
Json = dict[str, Any]
Item = Envelope | Broken


def read(format_: str | Importer, path: Path, where: Where = WHERE) -> list[Item]:
    """Read an export twice: it tells the same both times, fits the contract, and content comes before what touches it."""
    importer = IMPORTERS[format_] if isinstance(format_, str) else format_
    found = list(importer.read(path, where))
    assert [identity(item) for item in importer.read(path, where)] == [identity(item) for item in found]
    assert importer.count(path) >= 0
    check(found)
    return found


def identity(item: Item) -> object:
    return item if isinstance(item, Broken) else item.id


def check(found: list[Item]) -> None:
    """Whatever was read is broken, or an event that the API takes; a content is told before what is done to it."""
    told: set[str | None] = set()
    for event in events(found):
        assert decode(encode(event)) == event
        assert accepted(encode(event), event.recordedtime).id == event.id
        assert event.imported
        data: Any = event.data  # type: ignore[attr-defined] # every type of the union has it
        if isinstance(event, ContentCreated):
            told.add(data.content_id)
        elif data.content_id is not None:
            assert data.content_id in told


def events(found: list[Item]) -> list[Envelope]:
    return [item for item in found if not isinstance(item, Broken)]


def broken(found: list[Item]) -> list[Broken]:
    return [item for item in found if isinstance(item, Broken)]


def live(platform: str, body: bytes) -> tuple[Envelope, ...]:
    """What the connector makes of a payload."""
    return CONNECTORS[platform].decode(Payload(body=body, brand="acme", connection="bot", recordedtime=RECORDED)).told


@st.composite
def spoiled(draw: st.DrawFn, whole: Json) -> Json:
    """The export with something else in up to four of its places."""
    for _ in range(draw(st.integers(1, 4))):
        whole = put(whole, draw(st.sampled_from(spots(whole))), draw(VALUES))
    return whole


def peak_mb(items: Iterator[Item]) -> float:
    """Return how much memory reading takes at most, in MB."""
    tracemalloc.start()
    for _ in items:
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1_000_000

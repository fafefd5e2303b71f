"""`veche ingest replay`, `reconcile`: what was told, against what is read now. They speak to Kafka: for operators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Payload
from services.ingest.connectors.raw import Raw, from_record, key_of, to_record
from services.ingest.handlers import marked
from services.ingest.importers.importer import Broken, Importer, Where
from services.ingest.rules.mending import Now, Told, deletions, edits, is_missing
from shared.bus import past
from shared.bus.partition import partition_for
from shared.bus.publisher import Publisher
from shared.bus.record import Outgoing, Record
from shared.clock import Clock
from shared.errors import Unprocessable
from shared.events import Envelope, decode, encode
from shared.topics import EVENTS, PARTITIONS, RAW

MENDED = "veche-mended"
"""A kept header of what a replay or a sweep told: the next replay does not take it for the platform's."""

SETTLED = timedelta(minutes=10)
"""Younger records may not have been told yet: they are left to the normaliser, and to the next replay."""

BATCH = 500
DELETED_SHARE_MAX = 0.2
"""An export of which more of what was told is missing is more likely not whole than so many contents deleted."""


class Outcome(msgspec.Struct):
    """What was found."""

    read: int = 0
    """Raw records of the connection, or contents of the export."""
    unreadable: int = 0
    """Records that still cannot be decoded: they are dead letters, and stay so."""
    as_told: int = 0
    missing: int = 0
    """Records that tell something which was never told; they are given to the normaliser again."""
    edited: int = 0
    deleted: int = 0
    refused: Counter[str] = msgspec.field(default_factory=Counter)


class Mender:
    """Compares, and tells the difference; without a publisher it only counts."""

    def __init__(self, servers: str, clock: Clock, publisher: Publisher | None) -> None:
        self._servers, self._clock, self._publisher = servers, clock, publisher

    async def replay(self, connection: str, since_ms: int | None) -> Outcome:
        """Decode the raw records of a connection again, and tell what is new or different. Raises Retryable."""
        found = Outcome()
        for q in range(PARTITIONS):
            raws = [r async for r in past.records(self._servers, RAW.name, {q}, since_ms) if self._is_of(r, connection)]
            told, now = await self._told({q}, since_ms), Now()
            missing = [again for record in raws if (again := self._again(record, told, now, found)) is not None]
            mended = [self._raw(event, connection) for event in edits(told, now)]
            found.edited += len(mended)
            await self._send([*missing, *mended])
        return found

    def _is_of(self, record: Record, connection: str) -> bool:
        """Return whether a record is one of the connection's that the normaliser has had the time to tell."""
        raw = _raw_of(record)
        if raw is None or raw.payload.connection != connection or MENDED in raw.payload.headers:
            return False
        return raw.payload.purpose != "unlisted" and raw.payload.recordedtime < self._clock.now() - SETTLED

    def _again(self, record: Record, told: Told, now: Now, found: Outcome) -> Outgoing | None:
        """Take in what a record tells now; return the record to be read again where that was never told."""
        raw = from_record(record)
        found.read += 1
        try:
            decoded = marked(CONNECTORS[raw.platform].decode(raw.payload), raw.payload.purpose)
        except Unprocessable:
            found.unreadable += 1
            return None
        found.refused.update(refusal.reason.value for refusal in decoded.refused)
        for event in decoded.events:
            now.add(event)
        if not is_missing(told, decoded.told):
            found.as_told += bool(decoded.told)
            return None
        found.missing += 1
        # As history: it is counted and earns, and nobody is punished on the platform for what was said days ago.
        return to_record(Raw(raw.platform, msgspec.structs.replace(raw.payload, imported=True, backfill_points=True)))

    async def reconcile(self, importer: Importer, path: Path, where: Where, *, whole: bool) -> Outcome:
        """Compare what was told of an export's communities with the export. Raises Unprocessable where it is not whole."""
        now, found, stamps = Now(), Outcome(), dict[str, Envelope]()
        for item in _sound(importer.read(path, where), found):
            now.add(item)
            stamps.setdefault(item.community or "", item)
        found.read = len(now.versions)
        for community, first in stamps.items():
            told = await self._told({partition_for(key_of(where.brand, community).encode(), PARTITIONS)}, None, community)
            stamp = msgspec.structs.replace(first, purpose=told.purpose)
            gone = [] if found.unreadable else list(deletions(told, now, stamp))
            if len(gone) > DELETED_SHARE_MAX * len(told.versions) and not whole:
                raise Unprocessable(
                    f"{len(gone)} of {len(told.versions)} contents of {community} are not in the export: "
                    "where it is whole all the same, say so by --whole"
                )
            mended = [msgspec.structs.replace(event, purpose=told.purpose) for event in edits(told, now)]
            found.edited, found.deleted = found.edited + len(mended), found.deleted + len(gone)
            await self._send([self._raw(event, where.connection) for event in (*mended, *gone)])
        found.as_told = found.read - found.edited
        return found

    async def _told(self, partitions: set[int], since_ms: int | None, community: str | None = None) -> Told:
        told = Told()
        async for record in past.records(self._servers, EVENTS.name, partitions, since_ms):
            event = decode(record.value or b"")
            if event is not None and community in {None, event.community}:
                told.add(event)
        return told

    def _raw(self, event: Envelope, connection: str) -> Outgoing:
        payload = Payload(
            body=encode(event),
            brand=event.brand,
            connection=connection,
            community=event.community,
            recordedtime=self._clock.now(),
            imported=True,
            purpose=event.purpose,
            headers={MENDED: "1"},
        )
        return to_record(Raw("events", payload))

    async def _send(self, records: list[Outgoing]) -> None:
        if self._publisher is not None:
            for begin in range(0, len(records), BATCH):
                await self._publisher.send_all(RAW.name, records[begin : begin + BATCH])


def _raw_of(record: Record) -> Raw | None:
    """Return the payload of a record; None of what the normaliser tells itself, or what is a dead letter anyway."""
    try:
        raw = from_record(record)
    except Unprocessable:
        return None
    return raw if raw.platform in CONNECTORS else None


def _sound(read: Iterable[Envelope | Broken], found: Outcome) -> Iterator[Envelope]:
    for item in read:
        if isinstance(item, Broken):
            found.unreadable += 1
        else:
            yield item


def lines(found: Outcome, *, dry: bool) -> Iterator[str]:
    """Yield what a person is told."""
    will: Any = "would be" if dry else "are"
    yield f"{found.read} read, {found.as_told} of them as they were told"
    yield f"{found.missing} tell what was never told: they {will} given to the normaliser again"
    yield f"{found.edited} contents read differently now: edits of them {will} told"
    yield f"{found.deleted} contents are gone: deletions of them {will} told"
    if found.unreadable:
        yield f"{found.unreadable} cannot be read"
    if found.refused:
        yield "refused: " + ", ".join(f"{reason} {count}" for reason, count in sorted(found.refused.items()))

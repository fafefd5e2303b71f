"""`veche ingest replay`, `reconcile`: what was told, against what is read now. They speak to Kafka: for operators."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterable, Iterator, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import msgspec

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Payload
from services.ingest.connectors.raw import Raw, from_record, key_of, to_record
from services.ingest.handlers import marked
from services.ingest.importers.importer import Broken, Importer, Where
from services.ingest.rules.mending import Now, Told, deletions, edits, is_missing
from shared.bus.partition import partition_for
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
    young: int = 0
    """Records that are left to the normaliser."""
    refused: Counter[str] = msgspec.field(default_factory=Counter)


class Read(Protocol):
    """Reads what a topic holds: see `past.records`."""

    def __call__(self, topic: str, partitions: Collection[int], since_ms: int | None) -> AsyncIterator[Record]:
        """Yield the records of these partitions from that time on."""


class Sending(Protocol):
    """Where records go."""

    async def send_all(self, topic: str, records: Sequence[Outgoing]) -> None:
        """Return when Kafka has them all. Raises Retryable."""


class Mender:
    """Compares, and tells the difference; without a publisher it only counts."""

    def __init__(self, read: Read, clock: Clock, publisher: Sending | None) -> None:
        self._read, self._clock, self._publisher = read, clock, publisher

    async def replay(self, connection: str, since_ms: int | None) -> Outcome:
        """Decode the raw records of a connection again, and tell what is new or different. Raises Retryable."""
        found, until = Outcome(), self._clock.now() - SETTLED
        for q in range(PARTITIONS):
            brand = await self._brand_of(connection, q, since_ms)
            if brand is not None:
                told = await self._told(brand, {q}, since_ms)
                raws = self._raws(connection, q, since_ms)
                await self._replayed(connection, told, raws, until, found)
        return found

    async def _brand_of(self, connection: str, q: int, since_ms: int | None) -> str | None:
        """Return whose connection it is, where the partition has records of it: no two brands have one of the same name."""
        async with aclosing(self._raws(connection, q, since_ms)) as raws:
            async for raw in raws:
                return raw.payload.brand
        return None

    async def _raws(self, connection: str, q: int, since_ms: int | None) -> AsyncGenerator[Raw]:
        """Yield the connection's records, without those of a replay."""
        async for record in self._read(RAW.name, {q}, since_ms):
            raw = _raw_of(record)
            if raw is not None and raw.payload.connection == connection and MENDED not in raw.payload.headers:
                yield raw

    async def _replayed(
        self, connection: str, told: Told, raws: AsyncIterator[Raw], until: datetime, found: Outcome
    ) -> None:
        now, missing = Now(), list[Outgoing]()
        async for raw in raws:
            if raw.payload.recordedtime >= until:
                found.young += 1
            elif raw.payload.purpose != "unlisted" and self._is_missing(raw, told, now, found):
                # As history: it is counted and earns, and nobody is punished on the platform for what was said days ago.
                again = msgspec.structs.replace(raw.payload, imported=True, backfill_points=True)
                missing.append(to_record(Raw(raw.platform, again)))
            if len(missing) == BATCH:
                await self._send(missing)
                missing = []
        mended = [self._raw(event, connection) for event in edits(told, now)]
        found.edited += len(mended)
        await self._send([*missing, *mended])

    def _is_missing(self, raw: Raw, told: Told, now: Now, found: Outcome) -> bool:
        """Take in what a record tells now; return whether something of it was never told."""
        found.read += 1
        try:
            decoded = marked(CONNECTORS[raw.platform].decode(raw.payload), raw.payload.purpose)
        except Unprocessable:
            found.unreadable += 1
            return False
        found.refused.update(refusal.reason.value for refusal in decoded.refused)
        for event in decoded.events:
            now.add(event)
        if is_missing(told, decoded.told):
            found.missing += 1
            return True
        found.as_told += bool(decoded.told)
        return False

    async def reconcile(self, importer: Importer, path: Path, where: Where, *, whole: bool) -> Outcome:
        """Compare what was told of an export's communities with the export. Raises Unprocessable where it is not whole."""
        now, found, stamps = Now(), Outcome(), dict[str, Envelope]()
        for item in _sound(importer.read(path, where), found):
            now.add(item)
            stamps.setdefault(item.community or "", item)
        found.read = len(now.versions)
        for community, first in stamps.items():
            q = partition_for(key_of(where.brand, community).encode(), PARTITIONS)
            told = await self._told(where.brand, {q}, None, community)
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

    async def _told(self, brand: str, partitions: set[int], since_ms: int | None, community: str | None = None) -> Told:
        """Return what was told of the brand: another may listen to the same communities."""
        told = Told()
        async for record in self._read(EVENTS.name, partitions, since_ms):
            event = decode(record.value or b"")
            if event is not None and event.brand == brand and community in {None, event.community}:
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
    if found.young:
        yield f"{found.young} came less than {SETTLED.seconds // 60} minutes ago: they are left out, replay again later"
    if not found.read and not found.young:
        yield "nothing was there to be read: is the name right, and was anything sent since then?"
    if found.unreadable:
        yield f"{found.unreadable} cannot be read"
    if found.refused:
        yield "refused: " + ", ".join(f"{reason} {count}" for reason, count in sorted(found.refused.items()))

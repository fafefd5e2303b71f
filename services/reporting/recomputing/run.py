"""Reading the topics from their beginning up to where the folds are, and comparing, partition by partition."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from services.reporting.figures.buckets.hours import HOUR_S, start_of
from services.reporting.handlers import Figures, Points
from services.reporting.handlers.listening import Listening
from services.reporting.listening import queries
from services.reporting.recomputing.compare import ALL, judged_otherwise, known
from shared.bus import past
from shared.bus.record import Record
from shared.clock import SystemClock
from shared.errors import Unprocessable
from shared.fold.definition import Item
from shared.fold.documents import progress_of
from shared.fold.mongo import Client, translated
from shared.fold.progress import Progress, origin_of
from shared.models import shelf as stored
from shared.models.files import ModelFiles
from shared.policy import PolicyBook
from shared.shelf import MongoShelf

Proven = Figures | Points | Listening

WRONG_MAX = 100
"""States that are named, the first by their keys; more are not told, for the cause of many is one."""

ROUNDS = 3
"""How often a partition is compared that goes on meanwhile."""

MS = 1_000


class Recomputed(NamedTuple):
    """What was compared, and what does not agree."""

    records: int
    """Of the brand and of others, in all topics."""
    states: int
    since: datetime | None
    """From when on everything was compared; None: all, for the topics still hold their first records."""
    wrong: tuple[str, ...]
    """Keys of states that differ."""
    moving: int
    """Partitions that went on while they were compared, and are left out."""
    judged_otherwise: int
    """States that are left out because another version of the model told a content's tone: the version that runs now would
    tell another."""


async def recomputed(client: Client, database: str, servers: str, brand: str, held: ModelFiles) -> Recomputed:
    """Fold a brand's records again, as far back as the topics reach, and compare with what is stored.

    `held` reads the brands' models. A partition that goes on meanwhile is compared again, a few times, and then left out.
    Raises Retryable where Kafka or MongoDB is away.
    """
    records = states = moving = otherwise = 0
    reach, wrong = ALL, list[str]()
    for fold in (Figures(), Points(), await _listening(client, database, held)):
        for q in await _partitions(client, database, fold.group):
            part = await _Partition(client, database, servers, brand).compared(fold, q)
            moving, otherwise = moving + part.moved, otherwise + part.judged_otherwise
            records, states = records + part.records, states + part.states
            reach, wrong = max(reach, part.since), [*wrong, *part.wrong]
    since = None if reach == ALL else start_of(reach)
    return Recomputed(records, states, since, tuple(sorted(wrong)[:WRONG_MAX]), moving, otherwise)


async def _listening(client: Client, database: str, held: ModelFiles) -> Listening:
    """Return the fold of listening, with the watch queries that were in force whenever something was recorded."""
    shelf = MongoShelf(client, database, SystemClock(), 0)
    files = stored.Models(client, database, SystemClock(), 0, held)
    models = PolicyBook(files, stored.KIND, stored.built, None, 0)
    fold = Listening(PolicyBook(shelf, queries.KIND, queries.built, queries.built(0, {}), 0), models)
    await fold.prepare()
    return fold


class _Part(NamedTuple):
    records: int
    states: int
    since: int
    wrong: list[str]
    judged_otherwise: int = 0
    moved: bool = False


async def _partitions(client: Client, database: str, group: str) -> list[int]:
    """Return the partitions of which a group's progress is stored."""
    async with translated():
        found = await client[database]["progress"].find({"_id": {"$regex": f"^{group}/"}}, {"_id": True}).to_list()
    return sorted(int(one["_id"].partition("/")[2]) for one in found)


class _Partition:
    """One partition of one fold: what is stored of it, and what its topics hold."""

    def __init__(self, client: Client, database: str, servers: str, brand: str) -> None:
        self._named, self._servers, self._brand = client[database], servers, brand

    async def compared(self, fold: Proven, q: int) -> _Part:
        """Return what of the partition does not agree; asked again where it moved on meanwhile."""
        for _ in range(ROUNDS):
            before = await self._progress(fold.group, q)
            told = await self._folded(fold, q, before)
            stored = await self._stored(fold, q)
            if (await self._progress(fold.group, q)).offsets() == before.offsets():
                return _part(told, stored)
        return _Part(0, 0, ALL, [], moved=True)

    async def _progress(self, group: str, q: int) -> Progress:
        async with translated():
            found = await self._named["progress"].find_one({"_id": f"{group}/{q}"})
        assert found is not None, "it was there a moment ago, and nobody deletes it"
        return progress_of(found)

    async def _stored(self, fold: Proven, q: int) -> Mapping[str, Any]:
        async with translated():
            found = self._named[f"{fold.group}.states"].find({"brand": self._brand, "q": q})
            return {document["_id"]: fold.decode(document) async for document in found}

    async def _folded(self, fold: Proven, q: int, progress: Progress) -> _Told:
        told = _Told()
        for topic, end in progress.offsets().items():
            async for record in self._records(topic, q, end, told):
                told.records += 1
                _take(fold, record, self._brand, told)
        return told

    async def _records(self, topic: str, q: int, end: int, told: _Told) -> AsyncIterator[Record]:
        """Yield the records of a topic up to where the fold is, each output of a fold once; note how far back it reaches."""
        first, marks = True, dict[str, tuple[str, int]]()
        async for record in past.records(self._servers, topic, {q}):
            if record.offset >= end:
                return
            if first and record.offset > 0:  # what was before it is gone
                told.since = max(told.since, -(-record.timestamp // (MS * HOUR_S)))
            first = False
            if not _is_again(record, marks):
                yield record


class _Told:
    """What the topics of a partition come to."""

    def __init__(self) -> None:
        self.records = 0
        self.since = ALL
        self.states: dict[str, Any] = {}
        self.identities: set[str] = set()


def _part(told: _Told, stored: Mapping[str, Any]) -> _Part:
    otherwise = judged_otherwise(stored, told.states)
    keys = (stored.keys() | told.states.keys()) - otherwise
    wrong = [key for key in keys if known(stored.get(key), told.since) != known(told.states.get(key), told.since)]
    return _Part(told.records, len(keys), told.since, wrong, len(otherwise))


def _take(fold: Proven, record: Record, brand: str, told: _Told) -> None:
    with suppress(Unprocessable):  # a dead letter then, a dead letter now
        for item in fold.read(record):
            if item.event.brand == brand and item.identity not in told.identities:
                _tell(fold, item, told)


def _tell(fold: Proven, item: Item[Any], told: _Told) -> None:
    states = told.states
    if item.beside and isinstance(fold, Listening):
        step = fold.evolve_beside(states.get(item.key), [states.get(key) for key in item.beside], item.event)
        states |= dict(zip(item.beside, step.beside, strict=False))  # none where they stay as they are
    else:
        step = fold.evolve(states.get(item.key), item.event)
    states[item.key] = step.state
    if item.identity is not None:
        told.identities.add(item.identity)


def _is_again(record: Record, marks: dict[str, tuple[str, int]]) -> bool:
    """Say whether an output was published a second time; else remember it."""
    origin = origin_of(record)
    if origin is None:
        return False
    epoch, seq = marks.get(origin.writer, ("", -1))
    if epoch == origin.epoch and origin.seq <= seq:
        return True
    marks[origin.writer] = (origin.epoch, origin.seq)
    return False

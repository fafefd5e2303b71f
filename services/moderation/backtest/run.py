"""A backtest, from the records to the report. It reads, and can do nothing else: it is given nothing to write with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection
from datetime import UTC, datetime
from typing import NamedTuple

from services.moderation.backtest.comparing import Comparison, Pair
from services.moderation.backtest.disciplining import Discipline, Stakes
from services.moderation.backtest.memory import Memory
from services.moderation.backtest.recorded import Check
from services.moderation.backtest.report import Report
from services.moderation.cases.truth import Truth
from services.moderation.handlers.judge import ByPerson, Items, Moderation
from services.moderation.rules.case import Policy
from services.moderation.rules.judging import Judged
from shared.bus.record import Record
from shared.errors import Unprocessable
from shared.events import Envelope, decode
from shared.events.community import QuestionAsked
from shared.fold.retelling import Once, Read, Span, milliseconds, ordered
from shared.learned.stored import Models, NoModels
from shared.policy import InForce
from shared.topics import DECISIONS, LEDGER, PARTITIONS

TELL_EVERY = 20_000
"""Records between two words to the person who waits: some seconds."""

Progress = Callable[[int, int], None]
"""Hears which partition is read, and how many records were."""


class Task(NamedTuple):
    """What is to be compared."""

    brand: str
    documents: tuple[str, ...]
    span: Span
    live: InForce[Policy]
    candidate: InForce[Policy]
    truth: Truth
    texts: bool = False
    models: Models = NoModels()
    """Those that the live policies ask."""
    candidate_models: Models = NoModels()


class Backtest:
    """Runs one task over all partitions, one after another: the states of one are in memory at a time."""

    def __init__(self, task: Task, read: Read, tell: Progress = lambda _q, _records: None) -> None:
        """`read` is the only way to the bus."""
        self._task, self._read, self._tell = task, read, tell
        self._folds = (
            Moderation(task.live, models=task.models),
            Moderation(task.candidate, models=task.candidate_models),
        )
        self._comparison = Comparison(task.truth, texts=task.texts)
        self._disciplines = [Discipline(policies, task.truth.reversed) for policies in (task.live, task.candidate)]
        self._records = self._unreadable = 0
        self._first_ms: int | None = None
        self._recorded = Check(task.span.since, task.span.until)

    async def run(self) -> Report:
        """Return what would be different. Raises Retryable where Kafka or MongoDB is away."""
        await self._task.live.refresh()
        await self._task.candidate.refresh()
        await self._task.models.refresh()
        await self._task.candidate_models.refresh()
        for q in range(PARTITIONS):
            await self._partition(q)
        stakes = Stakes(self._comparison.taken, self._comparison.spared)
        async for event in self._events(LEDGER.name, range(PARTITIONS)):
            stakes.add(event)
        return self._report(stakes)

    async def _partition(self, q: int) -> None:
        live, candidate = (Memory(fold) for fold in self._folds)
        async for record in ordered(self._read, self._task.brand, q, self._task.span):
            self._note(q, record)
            for item in (items := self._items(record)):
                event = item.event.event
                pair = Pair(live.take(items), candidate.take(items))
                candidate.share(live, item.key)
                if not isinstance(event, ByPerson | QuestionAsked):
                    self._judged(record, event, pair)
        async for told in self._events(DECISIONS.name, [q]):
            self._recorded.then(told)

    def _note(self, q: int, record: Record) -> None:
        self._records += 1
        self._first_ms = min(record.timestamp, self._first_ms or record.timestamp)
        if self._records % TELL_EVERY == 0:
            self._tell(q, self._records)

    def _items(self, record: Record) -> Items:
        try:
            return self._folds[0].read(record)
        except Unprocessable:
            self._unreadable += self._task.span.holds(record)
            return ()

    def _judged(self, record: Record, event: Judged, pair: Pair) -> None:
        told = self._task.span.holds(record)
        self._recorded.again(pair.live.decision, told=told)
        for discipline, seen in zip(self._disciplines, pair, strict=True):
            discipline.add(seen.strike)
        if told:
            self._unreadable += any(seen.failed for seen in pair)
            self._comparison.add(event, pair)

    async def _events(self, topic: str, partitions: Collection[int]) -> AsyncIterator[Envelope | None]:
        """Yield the brand's events of a topic from the warm-up on, each once."""
        once, prefix = Once(), f"{self._task.brand}/".encode()
        async for record in self._read(topic, partitions, milliseconds(self._task.span.warm)):
            if (record.key or b"").startswith(prefix) and once.is_new(record):
                yield _decoded(record)

    def _report(self, stakes: Stakes) -> Report:
        task, comparison = self._task, self._comparison
        decided, broke = comparison.people()
        live, candidate = (discipline.sanctioned(task.span.since) for discipline in self._disciplines)
        return Report(
            brand=task.brand,
            documents=task.documents,
            warm=task.span.warm,
            since=task.span.since,
            until=task.span.until,
            first_record=None if self._first_ms is None else datetime.fromtimestamp(self._first_ms / 1000, UTC),
            events=comparison.events,
            unreadable=self._unreadable,
            decided_by_people=decided,
            broke=broke,
            rules=comparison.rules(),
            verdicts=comparison.verdicts(),
            days=comparison.days(),
            sanctioned_live=live,
            sanctioned_candidate=candidate,
            points=stakes.points(),
            recorded=self._recorded.result(),
        )


def _decoded(record: Record) -> Envelope | None:
    try:
        return decode(record.value or b"")
    except Unprocessable:
        return None

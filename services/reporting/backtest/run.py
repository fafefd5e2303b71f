"""A backtest of alerts, from the records to the report. It reads, and is given nothing to write with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from services.reporting.backtest.report import Report, compare
from services.reporting.handlers.incidents import Incidents, Told, commanded
from services.reporting.rules.crises.commands import Spread, decoded
from services.reporting.rules.crises.crisis import Crisis
from services.reporting.rules.crises.playbooks import Book
from services.reporting.rules.crises.signs import IsNegative
from shared.bus.record import Record
from shared.errors import Unprocessable
from shared.fold.definition import Item, Output
from shared.fold.retelling import Read, Span, milliseconds, ordered
from shared.policy import InForce
from shared.topics import PARTITIONS, REPORTING_COMMANDS

TELL_EVERY = 20_000
"""Records between two words to the person who waits: some seconds."""

Progress = Callable[[int, datetime], None]
"""Hears how many records were read, and of what time the last one is."""


class Task(NamedTuple):
    """What is to be watched again."""

    brand: str
    span: Span
    is_negative: IsNegative
    live: InForce[Book]
    candidate: InForce[Book] | None = None
    documents: tuple[str, ...] = ()
    """Places whose playbook the candidate holds."""


class Side:
    """The fold under one side's playbooks, with its states in memory. Nobody works on its incidents, and no timer fires."""

    def __init__(self, playbooks: InForce[Book], is_negative: IsNegative) -> None:
        self.playbooks = playbooks
        self.fold = Incidents(playbooks, is_negative)
        self.unusable = 0
        """Things that no usable playbook was in force for."""
        self._states: dict[str, Any] = {}

    def take(self, item: Item[Told]) -> Sequence[Spread]:
        """Fold what a record tells, and what follows in the same place; return what is to be told to the whole brand."""
        spreads: list[Spread] = []
        waiting = [item]
        for one in waiting:
            try:
                step = self.fold.evolve(self._states.get(one.key), one.event)
            except Unprocessable:  # a dead letter then, a dead letter now
                self.unusable += 1
                continue
            self._states[one.key] = step.state
            for command in map(_command, filter(_is_command, step.outputs)):
                if isinstance(command, Spread):
                    spreads.append(command)
                else:
                    waiting.append(commanded(command))
        return spreads

    def incidents(self, since: datetime) -> dict[str, Crisis]:
        """Return the incidents that were opened from then on, by id, the oldest first."""
        found = [one for one in self._states.values() if isinstance(one, Crisis)]
        told = [one for one in found if one.opened_ms >= milliseconds(since)]
        return {one.id: one for one in sorted(told, key=lambda one: (one.opened_ms, one.id))}


class Backtest:
    """Runs one task: partition by partition, then the whole brand in the order of the bus."""

    def __init__(self, task: Task, read: Read, tell: Progress = lambda _records, _at: None) -> None:
        """`read` is the only way to the bus."""
        self._task, self._read, self._tell = task, read, tell
        self._sides = [Side(one, task.is_negative) for one in (task.live, task.candidate) if one is not None]
        self._records = self._unreadable = 0
        self._first_ms: int | None = None
        self._spreads: list[tuple[int, Spread]] = []
        """With when the bus had what it is of."""

    async def run(self) -> Report:
        """Return which incidents there would have been. Raises Retryable where Kafka or MongoDB is away."""
        for side in self._sides:
            await side.playbooks.refresh()
        task = self._task
        for q in range(PARTITIONS):
            async for record in ordered(self._read, task.brand, q, task.span):
                self._take(record)
        for _, spread in sorted(self._spreads, key=lambda one: one[0]):
            for side in self._sides:
                side.take(commanded(spread))
        live, *candidate = (side.incidents(task.span.since) for side in self._sides)
        found = sorted(compare(live, candidate[0] if candidate else None), key=lambda one: one.crisis.opened_ms)
        return Report(
            brand=task.brand,
            since=task.span.since,
            until=task.span.until,
            first_record=None if self._first_ms is None else datetime.fromtimestamp(self._first_ms / 1_000, UTC),
            records=self._records,
            unreadable=self._unreadable + max(side.unusable for side in self._sides),
            compared=task.documents,
            found=tuple(found),
        )

    def _take(self, record: Record) -> None:
        self._records += 1
        self._first_ms = min(record.timestamp, self._first_ms or record.timestamp)
        if self._records % TELL_EVERY == 0:
            self._tell(self._records, datetime.fromtimestamp(record.timestamp / 1_000, UTC))
        try:
            items = self._sides[0].fold.read(record)
        except Unprocessable:
            self._unreadable += 1
            return
        for item in items:
            spreads, *_ = [side.take(item) for side in self._sides]  # which people are new no playbook says
            self._spreads += [(record.timestamp, spread) for spread in spreads]


def _is_command(output: Output) -> bool:
    return output.topic == REPORTING_COMMANDS.name


def _command(output: Output) -> Any:  # noqa: ANN401 - a command of lookouts
    assert isinstance(output.event, bytes), "commands are no events"
    return decoded(output.event)

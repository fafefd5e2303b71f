"""A simulation, from the records to the report. It reads, and can do nothing else: it is given nothing to write with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from typing import NamedTuple

from services.engagement.handlers.books import Books
from services.engagement.handlers.ledger import Grants
from services.engagement.handlers.standing import Standing
from services.engagement.rules.bookings import is_own
from services.engagement.rules.chat import Links
from services.engagement.rules.contests import Running
from services.engagement.rules.rewards import Rewards
from services.engagement.rules.standing.standings import Rules, built
from services.engagement.simulating import comparing
from services.engagement.simulating.course import Course, kind_of
from services.engagement.simulating.reading import in_time
from services.engagement.simulating.report import Report, Spread, Versus
from services.engagement.simulating.spread import spread
from services.engagement.simulating.tallying import Tally
from shared.bus.record import Record
from shared.documents.standing import Level
from shared.errors import Unprocessable
from shared.events import Envelope, decode
from shared.events.engagement import Participated
from shared.fold.retelling import Once, Read, Span, milliseconds
from shared.policy import PolicyBook
from shared.topics import DECISIONS, EVENTS, LEDGER, PARTITIONS


class _Nothing:
    """No contest."""

    async def refresh(self) -> None:
        """It is up to date."""

    def all_at(self, brand: str, moment: datetime) -> Mapping[str, Running]:  # noqa: ARG002 - whatever is asked
        """Return none."""
        return {}


NOTHING = _Nothing()
DEFAULT = built(0, {})
LEFT_OUT = "contest"
"""What is taken part in, and not read again."""

TELL_EVERY = 20_000
"""Records between two words to the person who waits: some seconds."""

Progress = Callable[[int, datetime], None]
"""Hears how many records were read, and of what time the last one is."""


class Failures:
    """How many conditions could not be evaluated."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, failed: int) -> None:
        """Take some more in."""
        self.count += failed


class Policies(NamedTuple):
    """Those of one side, and what they count."""

    book: PolicyBook[Rewards]
    failures: Failures


class Task(NamedTuple):
    """What is to be compared."""

    brand: str
    documents: tuple[str, ...]
    span: Span
    live: Policies
    candidate: Policies
    shown: int = 10
    """Winners and losers, each."""
    standing: PolicyBook[Rules] | None = None
    """Levels, badges and tasks; None: the built-in ones, which earn nothing."""


class Simulation:
    """Runs one task."""

    def __init__(self, task: Task, read: Read, tell: Progress = lambda _records, _at: None) -> None:
        """`read` is the only way to the bus."""
        self.task, self._read, self._tell = task, read, tell
        self.course = Course((task.live.book, task.candidate.book), _standings(task))
        self._first: dict[str, datetime] = {}
        self._warmed = self._events = self._unreadable = self._posted = 0

    async def run(self) -> Report:
        """Return what would be different. Raises Retryable where Kafka or MongoDB is away."""
        task = self.task
        await task.live.book.refresh()
        await task.candidate.book.refresh()
        if task.standing is not None:
            await task.standing.refresh()
        async with aclosing(in_time(self._read, task.brand, task.span)) as records:
            async for record in records:
                self._take(record)
        async for event in self._told():
            self._posted += event.data.applied or 0
        return self._report()

    def _take(self, record: Record) -> None:
        self._note(record)
        is_counted = self.task.span.holds(record)
        self._events += is_counted
        self._warmed += not is_counted
        if record.topic == LEDGER.name:
            self._play(record, is_counted=is_counted)
            return
        try:
            items = self.course.read(record)
        except Unprocessable:
            self._unreadable += is_counted
            return
        if is_counted:
            self._unreadable += not self.course.count(items)
        else:
            self.course.warm(items)
            self.task.live.failures.count = 0

    def _play(self, record: Record, *, is_counted: bool) -> None:
        """Take in a part that counted. What contests give is left out: it comes and goes without being told each time."""
        event = _decoded(record)
        if isinstance(event, Participated) and kind_of(event) != LEFT_OUT:
            self.course.played(event, for_both=not is_counted)

    def _note(self, record: Record) -> None:
        if record.topic not in self._first:
            self._first[record.topic] = _instant(record.timestamp)
        if (self._warmed + self._events + 1) % TELL_EVERY == 0:
            self._tell(self._warmed + self._events + 1, _instant(record.timestamp))

    async def _told(self) -> AsyncIterator[Grants]:
        """Yield what the ledger posted for what was recorded in the time that is told of, and is read again.

        Orders are no policy's.
        """
        span, once, prefix = self.task.span, Once(), f"{self.task.brand}/".encode()
        async with aclosing(self._read(LEDGER.name, range(PARTITIONS), milliseconds(span.since))) as records:
            async for record in records:
                if (record.key or b"").startswith(prefix) and once.is_new(record):
                    event = _decoded(record)
                    if isinstance(event, Grants) and span.since <= event.recordedtime < span.until and self._is_read(event):
                        yield event

    def _is_read(self, event: Grants) -> bool:
        """Say whether what a grant was for is read again."""
        return not is_own(event) and event.data.rule not in self._not_read(self.task.live, event.recordedtime)

    def _not_read(self, side: Policies, at: datetime) -> frozenset[str]:
        """Return the rules of the brand that reward what is not read again."""
        spec = side.book.at(self.task.brand, None, at).spec
        return frozenset(rule.id for rule in spec.rules if rule.for_ == LEFT_OUT)

    def _left_out(self) -> tuple[str, ...]:
        live, candidate, span = self.task.live, self.task.candidate, self.task.span
        asked = ((live, span.since), (live, span.until), (candidate, span.until))
        return tuple(sorted({name for side, at in asked for name in self._not_read(side, at)}))

    def _levels(self) -> tuple[Level, ...]:
        task = self.task
        return (DEFAULT if task.standing is None else task.standing.at(task.brand, None, task.span.until)).spec.levels

    def _report(self) -> Report:
        task, (live, candidate) = self.task, self.course.tallies
        balances, changed = list(self.course.balances()), comparing.members(live, candidate)
        gain = sum(one.difference > 0 for one in changed)
        return Report(
            brand=task.brand,
            documents=task.documents,
            since=task.span.since,
            until=task.span.until,
            first_event=self._first.get(EVENTS.name),
            first_decision=self._first.get(DECISIONS.name),
            events=self._events,
            warmed=self._warmed,
            unreadable=self._unreadable,
            failed=Versus(live=task.live.failures.count, candidate=task.candidate.failures.count),
            total=Versus(live=live.total(), candidate=candidate.total()),
            rules=comparing.rules(live, candidate),
            spread=Versus(live=_spread(live), candidate=_spread(candidate)),
            gain=gain,
            lose=len(changed) - gain,
            winners=tuple(changed[: min(gain, task.shown)]),
            losers=comparing.losers(changed, task.shown),
            best=comparing.best(balances),
            other_level=comparing.other_level(balances, self._levels()),
            owed=comparing.owed(balances),
            karma=Versus(live=comparing.karma(live), candidate=comparing.karma(candidate)),
            posted=self._posted,
            left_out=self._left_out(),
        )


def _standings(task: Task) -> tuple[Standing, Standing] | None:
    """Return what lets levels, tasks and badges earn; none where there is no document: what is built in has no task."""
    if task.standing is None:
        return None
    books = (Books(task.standing, side.book, NOTHING, {}) for side in (task.live, task.candidate))
    live, candidate = (Standing(one, Links(None, b"")) for one in books)
    return live, candidate


def _spread(tally: Tally) -> Spread:
    return spread(list(tally.earned().values()))


def _instant(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def _decoded(record: Record) -> Envelope | None:
    try:
        return decode(record.value or b"")
    except Unprocessable:
        return None

"""What a service is made of: its API, its folds and its workers, with their real parts."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector

from shared.bus.kafka import KafkaInbox
from shared.bus.outlet import KafkaOutlet
from shared.cancelling import check_cancelled
from shared.clock import Clock, SystemClock
from shared.directory import Directory
from shared.errors import Retryable
from shared.fold.definition import Fold
from shared.fold.limits import RETRY_S_FIRST, RETRY_S_MAX
from shared.fold.loop import Loop
from shared.fold.mongo import Client, MongoStore, new_client
from shared.fold.ports import Ports
from shared.fold.scheduler import TICK_S, Scheduler
from shared.http import app as http
from shared.pulse import Pulse
from shared.settings import Settings
from shared.telemetry.metrics import FoldMetrics, FoldObserver
from shared.telemetry.traces import RecordSpans, provider

log = logging.getLogger(__name__)

STALE_S = 30.0
"""A loop that has not gone round for so long is not ready, and one that was left without its partitions for so long: when
a process comes or goes all share them out anew, and shall not all be unready meanwhile."""
LAG_EVERY_S = 2.0

Work = Callable[[], Awaitable[None]]
Report = Callable[[], Sequence[str]]
"""Says what is not ready."""


@dataclass(frozen=True, slots=True)
class FoldPlan:
    """A fold that a service runs, and the topics it writes to."""

    fold: Fold[Any, Any]
    outputs: Sequence[str]
    timers: bool = False
    """Whether it sets timers, so needs a scheduler."""
    linger_s: float = 0.0
    """How long it rests between small batches, where nobody waits for what it puts out."""
    committed: Callable[[int, Iterable[str]], None] | None = None
    """Hears which states of which partition were written, as soon as they are in the store."""


@dataclass
class Service:
    """What one service is made of."""

    name: str
    settings: Settings
    client: Client
    directory: Directory
    clock: Clock
    metrics: FoldMetrics
    traces: TracerProvider
    api: FastAPI
    address: str = ""
    """Whose address of the settings it listens at; its own name's, where nothing else is said."""
    runners: list[FoldRunner] = field(default_factory=list)
    workers: list[Work] = field(default_factory=list)
    """Run beside the folds until they are cancelled."""
    stopping: list[Work] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    """Parts other than folds that say what is not ready."""

    def __post_init__(self) -> None:
        self.address = self.address or self.name

    @property
    def database(self) -> str:
        """The name of the service's own database."""
        return self.settings.database(self.name)

    def add(self, plan: FoldPlan) -> None:
        """Have a fold run in this service."""
        self.runners.append(FoldRunner(plan, self))

    def missing(self) -> Sequence[str]:
        """Say what is not ready."""
        reports = [*(runner.missing for runner in self.runners), *self.reports]
        return [problem for report in reports for problem in report()]


def new_service(name: str, settings: Settings, clock: Clock | None = None) -> Service:
    """Return a service without routes and folds; call it inside the running event loop."""
    client = new_client(settings.mongo)
    directory = Directory(client, settings.database("directory"))
    registry = CollectorRegistry()
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    traces = provider(settings, name)
    api = http.create(name, directory, traces.get_tracer("veche"), registry, settings.trace_ratio)
    service = Service(name, settings, client, directory, clock or SystemClock(), FoldMetrics(registry), traces, api)
    pulse = Pulse("directory: MongoDB", directory.reach)  # without it no token can be checked
    service.workers.append(pulse.run)
    service.reports.append(pulse.missing)
    api.state.missing = service.missing
    return service


class FoldRunner:
    """One fold with its real parts."""

    def __init__(self, plan: FoldPlan, service: Service) -> None:
        self.plan, self._service = plan, service
        group = plan.fold.group
        spans = RecordSpans(service.traces.get_tracer("veche"), group)
        self.observer = FoldObserver(group, service.metrics, spans, service.clock, plan.committed)
        self.loop: Loop[Any, Any] | None = None
        self._pulse: Pulse | None = None
        self._inbox: KafkaInbox | None = None
        self._whole_at: float | None = None
        """When it was last seen that all partitions that are its own are folded, or known to stand still."""

    @property
    def owned(self) -> frozenset[int]:
        """The partitions that are folded here now."""
        return frozenset() if self.loop is None else self.loop.owned

    @property
    def claims(self) -> Mapping[int, object]:
        """By partition that is folded here: something that is another one as soon as it was taken anew."""
        return {} if self.loop is None else self.loop.claims

    def place(self, topic: str, q: int) -> int:
        """Return up to where a topic is taken in, of a partition that is folded here; -1 where it is not."""
        return -1 if self.loop is None else self.loop.places().get(q, {}).get(topic, -1)

    async def end(self, topic: str, q: int) -> int:
        """Return where a topic ends now. Raises Retryable where nobody can say."""
        if self._inbox is None:
            raise Retryable(f"{self.plan.fold.group} has not begun")
        return (await self._inbox.bounds(topic, q)).next

    def missing(self) -> Sequence[str]:
        """Say what is not ready."""
        group, loop, pulse = self.plan.fold.group, self.loop, self._pulse
        if loop is None or pulse is None:
            return [f"{group}: not started: {self.observer.failure or 'waiting for its parts'}"]
        found = [*(f"{group}/{q}: {halt}" for q, halt in loop.halted.items()), *pulse.missing()]
        if self.observer.failure:
            found.append(f"{group}: {self.observer.failure}")
        if time.monotonic() - self.observer.turned_at > STALE_S:
            found.append(f"{group}: the loop has not gone round for {STALE_S:.0f} s")
        if not self._is_whole(loop) and (self._whole_at is None or time.monotonic() - self._whole_at > STALE_S):
            found.append(f"{group}: it has not taken its partitions (yet)")
        return found

    def _is_whole(self, loop: Loop[Any, Any]) -> bool:
        """Say whether the group has given out its partitions, and those that are this process's are taken."""
        inbox = self._inbox
        if inbox is None or not inbox.is_given or inbox.assigned().keys() - loop.owned - loop.halted.keys():
            return False
        self._whole_at = time.monotonic()
        return True

    async def run(self) -> None:
        """Fold until stopped; whatever the loop raises ends the process."""
        settings, group = self._service.settings, self.plan.fold.group
        store = MongoStore(self._service.client, self._service.database, group)
        inbox, outlet = KafkaInbox(settings.kafka, group, self.plan.fold.topics), KafkaOutlet(settings.kafka)
        try:
            for start in (store.prepare, outlet.start, inbox.start):
                await patiently(start, self.observer.failed)
            self._pulse = Pulse(f"{group}: Kafka", inbox.reach)
            plan, ports = self.plan, Ports(inbox, outlet, store)
            loop = Loop(plan.fold, ports, self.observer, plan.outputs, linger_s=plan.linger_s)
            await patiently(loop.check_partitions, self.observer.failed)
            self.loop, self._inbox = loop, inbox
            async with background(loop.stop, self._pulse.run(), self._watch_lag(loop, inbox), *self._timers(outlet)):
                await loop.run()
        finally:
            await inbox.stop()
            await outlet.stop()

    def _timers(self, outlet: KafkaOutlet) -> Iterator[Awaitable[None]]:
        if self.plan.timers:
            service = self._service
            yield _ticking(Scheduler(service.client, service.database, self.plan.fold.group, outlet, service.clock))

    async def _watch_lag(self, loop: Loop[Any, Any], inbox: KafkaInbox) -> None:
        while True:
            self._is_whole(loop)
            for q, places in loop.places().items():
                waiting = sum(inbox.lag(topic, q, next_) or 0 for topic, next_ in places.items())
                self.observer.lagging(q, waiting)
            await asyncio.sleep(LAG_EVERY_S)

    def stop(self) -> bool:
        """End after the batch in hand; return whether there is a loop to end."""
        if self.loop is not None:
            self.loop.stop()
        return self.loop is not None


async def _ticking(scheduler: Scheduler) -> None:
    while True:
        try:
            await scheduler.tick()
        except Retryable as error:
            log.warning("timers wait: %s", error)
        check_cancelled()
        await asyncio.sleep(TICK_S)


async def patiently(start: Work, failed: Callable[[Exception], None]) -> None:
    """Start a part, again and again while it is away."""
    pause_s = RETRY_S_FIRST
    while True:
        try:
            await start()
        except Retryable as error:
            check_cancelled()
            failed(error)
            log.info("waiting %.1f s: %s", pause_s, error)
            await asyncio.sleep(pause_s)
            pause_s = min(RETRY_S_MAX, pause_s * 2)
        else:
            return


def prepared(start: Work) -> Work:
    """Return a worker that does `start` patiently, once, and then rests: a worker that ends ends the service."""

    async def work() -> None:
        await patiently(start, lambda _: None)
        await asyncio.Event().wait()

    return work


@contextlib.asynccontextmanager
async def background(failed: Callable[[], None], *works: Awaitable[None]) -> AsyncIterator[None]:
    """Have some work run beside; one that fails is logged and told by `failed`, all end with the block."""

    def ended(task: asyncio.Future[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.critical("work in the background ended: %s", type(error).__name__, exc_info=error)
            failed()

    tasks = [asyncio.ensure_future(work) for work in works]
    for task in tasks:
        task.add_done_callback(ended)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

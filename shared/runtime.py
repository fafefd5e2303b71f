"""Run a service: its API, its folds and its workers in one process. What fails ends the process, loudly."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector

from shared.bus.kafka import KafkaInbox, KafkaOutlet
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
from shared.http.server import server_of
from shared.pulse import Pulse
from shared.settings import Settings
from shared.telemetry.metrics import FoldMetrics, FoldObserver
from shared.telemetry.traces import RecordSpans, provider

log = logging.getLogger(__name__)

STALE_S = 30.0
"""A loop that has not gone round for so long is not ready."""
LAG_EVERY_S = 2.0
CYCLES = (100_000, 20, 50)
"""Objects made between two looks for cycles (Python's default is 700), and how much rarer the older ones are looked at."""

STOP_S = 20.0
"""A batch in hand is finished at stopping; a part that is away must not hold the end up for longer."""

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
        self.observer = FoldObserver(group, service.metrics, spans, service.clock)
        self.loop: Loop[Any, Any] | None = None
        self._pulse: Pulse | None = None

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
        return found

    async def run(self) -> None:
        """Fold until stopped; whatever the loop raises ends the process."""
        settings, group = self._service.settings, self.plan.fold.group
        store = MongoStore(self._service.client, self._service.database, group)
        inbox, outlet = KafkaInbox(settings.kafka, group, self.plan.fold.topics), KafkaOutlet(settings.kafka)
        try:
            for start in (store.prepare, outlet.start, inbox.start):
                await patiently(start, self.observer.failed)
            self._pulse = Pulse(f"{group}: Kafka", inbox.reach)
            loop = Loop(self.plan.fold, Ports(inbox, outlet, store), self.observer, self.plan.outputs)
            await patiently(loop.check_partitions, self.observer.failed)
            self.loop = loop
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
        await asyncio.sleep(TICK_S)


async def patiently(start: Work, failed: Callable[[Exception], None]) -> None:
    """Start a part, again and again while it is away."""
    pause_s = RETRY_S_FIRST
    while True:
        try:
            await start()
        except Retryable as error:
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


def rest_collector() -> None:
    """Have Python look for cycles seldom: events and states have none, and looking costs a fold a tenth of its time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*CYCLES)


async def serve(service: Service) -> int:
    """Run the service until a signal or a failure; return the exit code."""
    rest_collector()
    settings = service.settings
    problem = _unusable(settings.host, settings.port(service.address))
    if problem is not None:
        address = f"{settings.host}:{settings.port(service.address)}"
        told = f"VECHE_HOST and the port of VECHE_{service.address.upper()}_URL say where"
        log.critical("%s cannot listen at %s: %s; %s", service.name, address, problem, told)
        return 1
    server = server_of(service.api, settings.host, settings.port(service.address))
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, ending.set)
    folds = [asyncio.create_task(runner.run(), name=runner.plan.fold.group) for runner in service.runners]
    workers = [asyncio.create_task(_awaited(work)) for work in service.workers]
    web = asyncio.create_task(server.serve(), name="web")
    ended = asyncio.create_task(ending.wait(), name="signal")
    done, _ = await asyncio.wait([*folds, *workers, web, ended], return_when=asyncio.FIRST_COMPLETED)
    code = _verdict(done - {ended})
    server.should_exit = True
    await _finish(service, folds, [*workers, ended], web)
    return code


def _unusable(host: str, port: int) -> str | None:
    """Return why nobody can listen there, or None."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror or str(error)
    return None


async def _awaited(work: Work) -> None:
    await work()


def _verdict(done: set[asyncio.Task[Any]]) -> int:
    """Log why the service ends; 0 where it was asked to."""
    for task in done:
        error = task.exception()
        log.critical("%s ended: %s", task.get_name(), type(error).__name__ if error else "by itself", exc_info=error)
    return 1 if done else 0


async def _finish(
    service: Service, folds: list[asyncio.Task[None]], others: list[asyncio.Task[Any]], web: asyncio.Task[None]
) -> None:
    waiting = [task for runner, task in zip(service.runners, folds, strict=True) if not runner.stop()]
    for task in (*waiting, *others):
        task.cancel()
    _, late = await asyncio.wait([*folds, web], timeout=STOP_S)
    for task in late:
        task.cancel()
    await asyncio.gather(*folds, *others, web, return_exceptions=True)
    for stop in service.stopping:
        await stop()
    service.traces.shutdown()
    await service.client.close()

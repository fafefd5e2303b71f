"""Run a service: its API, its folds and its workers in one process. What fails ends the process, loudly."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
from typing import Any

from shared.http.server import server_of
from shared.runtime import Service, Work

log = logging.getLogger(__name__)

CYCLES = (100_000, 20, 50)
"""Objects made between two looks for cycles (Python's default is 700), and how much rarer the older ones are looked at."""

STOP_S = 20.0
"""A batch in hand is finished at stopping; a part that is away must not hold the end up for longer."""


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

"""A service of ours over real parts, in this process: its folds, its workers and its API without a socket."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

import httpx
from aiokafka import AIOKafkaConsumer

from shared.bus import admin
from shared.bus.outlet import KafkaOutlet
from shared.bus.partition import partition_of
from shared.bus.record import Headers, Outgoing
from shared.directory import Directory, Principal, Role, Scope
from shared.events import Envelope, encode
from shared.fold.ports import Chunk
from shared.runtime import Service
from shared.settings import Settings
from shared.topics import EVENTS, PARTITIONS, declared
from tests.catching_up import left
from tests.parts import Addresses

T = TypeVar("T")
PATIENCE_S = 60.0
LOOK_S = 0.1
END_S = 8
"""A part that closes its connections needs some seconds on a busy machine; told again too soon, it leaves them open."""


def settings_for(parts: Addresses) -> Settings:
    """Return settings with databases of the test's own."""
    prefix = f"t{secrets.token_hex(4)}"
    return Settings(
        kafka=parts.kafka,
        mongo=parts.mongo,
        redis=parts.redis,
        database_prefix=prefix,
        policy_refresh_s=0.1,
        trace_ratio=1,  # so that a reversal has a trace to be named by its entry
    )


async def with_brand(directory: Directory, brand: str | None) -> None:
    """Declare the brand, unless it is."""
    if brand is not None and await directory.get("Brand", brand, brand) is None:
        await directory.put("Brand", brand, brand, {"title": brand})


async def token(
    service: Service, brand: str, *scopes: Scope, communities: frozenset[str] | None = None, name: str = "vera"
) -> dict[str, str]:
    """Return the header of a key with these scopes, in these communities, of a brand that is there."""
    directory: Directory = service.directory
    await with_brand(directory, brand)
    who = Principal(name, Role.KEY, brand, frozenset(scopes), communities)
    made = await directory.grant(who, datetime(2026, 3, 2, tzinfo=UTC), secrets.token_hex(4))
    return {"authorization": f"Bearer {made}"}


@asynccontextmanager
async def running(*services: Service, folds: bool = False) -> AsyncIterator[Sequence[httpx.AsyncClient]]:
    """Run the services; yield a client for each API. At the end everything is stopped and dropped.

    With folds a test needs a stack of its own: progress of a group in another database than its topics were written
    from is what the loop rightly refuses.
    """
    await admin.apply(services[0].settings.kafka, declared())
    async with AsyncExitStack() as ending:
        tasks = [asyncio.ensure_future(r.run()) for service in services for r in service.runners if folds]
        tasks += [asyncio.ensure_future(work()) for service in services for work in service.workers]
        ending.push_async_callback(_end, services, tasks)
        yield [await ending.enter_async_context(_client(service)) for service in services]


def _client(service: Service) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(service.api), base_url="http://service")


async def _end(services: Sequence[Service], tasks: Sequence[asyncio.Future[None]]) -> None:
    pending = set(tasks)
    while pending:  # aiokafka swallows a cancellation that comes while it connects
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=END_S)
    for service in services:
        for stop in service.stopping:
            await stop()
        await service.client.drop_database(service.database)
        await service.client.drop_database(service.settings.database("directory"))
        service.traces.shutdown()
        await service.client.close()


async def publish(
    kafka: str, *events: Envelope, headers: Headers = (), topic: str = EVENTS.name, member: str | None = None
) -> None:
    """Publish events of one community, or of a member, as another service would, however long a busy broker takes."""
    key = f"{events[0].brand}/{member or events[0].community}".encode()
    records = [Outgoing(key, encode(event), headers) for event in events]
    outlet = KafkaOutlet(kafka)
    await outlet.start()
    try:
        await outlet.publish([Chunk(0, topic, partition_of(key, PARTITIONS), records)])
    finally:
        await outlet.stop()


async def settled(*services: Service) -> None:
    """Wait until the folds have taken in and published everything, what they tell each other too."""
    for service in services:
        consumer = AIOKafkaConsumer(bootstrap_servers=service.settings.kafka)
        await consumer.start()
        try:
            await eventually(partial(_left, service, consumer), lambda left: not left)
        finally:
            await consumer.stop()


async def _left(service: Service, consumer: AIOKafkaConsumer) -> list[str]:
    """Go round as often as there are folds: what one publishes after the next was looked at is found in the next round."""
    database = service.client.get_database(service.database)
    folds = [runner.plan.fold for runner in service.runners]
    return [some for fold in folds * len(folds) for some in await left(database, consumer, fold.group, fold.topics)]


async def eventually(ask: Callable[[], Awaitable[T]], is_right: Callable[[T], bool], patience_s: float = PATIENCE_S) -> T:
    """Ask until the answer is right; fail with the last one."""
    deadline = asyncio.get_running_loop().time() + patience_s
    while True:
        found = await ask()
        if is_right(found):
            return found
        assert asyncio.get_running_loop().time() < deadline, f"still {str(found)[:10_000]}"
        await asyncio.sleep(LOOK_S)

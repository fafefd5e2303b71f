"""Reporting on a real broker and store: its folds run, its figures asked for until they are as expected."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
from aiokafka import AIOKafkaProducer

from deploy.native.stack import Stack
from services.reporting.app import create_app
from services.reporting.handlers import Figures, Points, listening
from services.reporting.handlers.incidents import INPUTS, OUTPUTS
from shared.bus.partition import partition_of
from shared.directory import Principal, Role, Scope
from shared.events import Envelope, encode
from shared.runtime import Service
from shared.settings import Settings
from shared.topics import PARTITIONS
from tests import builders
from tests.integration.services import with_brand
from tests.parts import Addresses

WAIT_S = 60.0
HEARD = {*listening.INPUTS, *listening.OUTPUTS}
TOPICS = {*Figures.topics, *Points.topics, *INPUTS, *OUTPUTS, *HEARD, "figures.dlq", "points.dlq"}


def started(stack: Stack) -> Addresses:
    """Return a broker and a store of the test's own: its groups have the names that every installation's have."""
    stack.start("kafka", "mongo")
    found = stack.settings()
    return Addresses(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"], redis="")


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Service]:
    """Run the folds of a service; they end as they do at a signal."""
    service = create_app(settings)
    tasks = [asyncio.ensure_future(work()) for work in (*(r.run for r in service.runners), *service.workers)]
    try:
        yield service
    finally:
        for runner in service.runners:
            runner.stop()
        done, _ = await asyncio.wait(tasks[: len(service.runners)], timeout=WAIT_S)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for stop in service.stopping:
            await stop()
        await service.client.close()
        for task in done:
            task.result()


async def publish(parts: Addresses, topic: str, key: str, events: Sequence[Envelope]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=parts.kafka, acks="all")
    await producer.start()
    place = partition_of(key.encode(), PARTITIONS)
    for event in events:
        await producer.send(topic, encode(event), key=key.encode(), partition=place)
    await producer.stop()


@asynccontextmanager
async def asking(service: Service, brand: str, *scopes: Scope, name: str = "anna") -> AsyncIterator[httpx.AsyncClient]:
    """Return what asks the service with these scopes, in memory."""
    who = Principal(name, Role.KEY, brand, frozenset(scopes))
    await with_brand(service.directory, brand)
    token = await service.directory.grant(who, builders.RECORDED, name)
    transport, headers = httpx.ASGITransport(app=service.api), {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://reporting", headers=headers) as client:
        yield client


async def figures(service: Service, brand: str) -> dict[str, int]:
    async with asking(service, brand, Scope.FIGURES_READ, name="reader") as client:
        asked = {"since": "2026-03-01", "until": "2026-04-01", "by": "whole"}
        answer = await client.get("/v1/figures", params=asked)
    found: dict[str, int] = answer.json()["rows"][0]["figures"]
    return found


async def until(service: Service, brand: str, expected: dict[str, int]) -> dict[str, int]:
    """Return the figures as soon as they are as expected, or as they are when time is up."""
    found: dict[str, int] = {}
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(WAIT_S):
            while {id_: found.get(id_) for id_ in expected} != expected:
                await asyncio.sleep(0.3)
                found = await figures(service, brand)
    return {id_: found[id_] for id_ in expected}

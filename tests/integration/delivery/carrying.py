"""The delivery service over real parts, with platforms that are played, and what tests do with both."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from deploy.native.parts import CORE
from services.delivery import app as delivery
from shared.bus.outlet import KafkaOutlet
from shared.bus.partition import partition_of
from shared.bus.record import Outgoing
from shared.clock import SystemClock
from shared.directory import Scope
from shared.events import Envelope, encode
from shared.fold.ports import Chunk
from shared.runtime import Service
from shared.settings import Settings
from shared.topics import ACTIONS, PARTITIONS
from simulated.server import playing
from simulated.telegram import TOKEN, Telegram
from simulated.world import World
from tests.integration.services import eventually, running, settings_for, token
from tests.parts import Addresses, StackFactory

CHUNK = 500
BRAND = "acme"
CHAT = "telegram:-1001"
Entry = Mapping[str, Any]


@dataclass
class Delivery:
    """The service, and the worlds that it acts upon."""

    service: Service
    api: httpx.AsyncClient
    telegram: Telegram
    settings: Settings

    async def ask(self, *acts: Envelope) -> None:
        """Publish acts, asked for just now, as moderation would."""
        now = SystemClock().now()
        await publish(self.settings.kafka, ACTIONS.name, *(replace(act, recordedtime=now) for act in acts))

    async def entries(self) -> list[Entry]:
        found = (await self.api.get("/v1/delivery/acts", params={"limit": 500})).json()
        assert isinstance(found, list), found
        return found

    async def done(self, number: int) -> list[Entry]:
        """Wait until so many acts are over; return them, newest first."""
        return await eventually(self.entries, lambda found: len(found) >= number)

    async def connect(self, name: str, **spec: object) -> None:
        """Declare a connection."""
        told = {"platform": "telegram", "acts": "live", "token": {"env": "ACME_TELEGRAM_TOKEN"}, **spec}
        await self.service.directory.put("Connection", BRAND, name, told)


async def publish(kafka: str, topic: str, *events: Envelope) -> None:
    """Publish events of communities to a topic."""
    outlet = KafkaOutlet(kafka)
    await outlet.start()
    try:
        for number, event in enumerate(events):
            key = f"{event.brand}/{event.community}".encode()
            record = Outgoing(key, encode(event), ())
            await outlet.publish([Chunk(number, topic, partition_of(key, PARTITIONS), [record])])
    finally:
        await outlet.stop()


async def publish_all(kafka: str, topic: str, events: Sequence[Envelope]) -> None:
    """Publish events of one community together."""
    key = f"{events[0].brand}/{events[0].community}".encode()
    partition, records = partition_of(key, PARTITIONS), [Outgoing(key, encode(event), ()) for event in events]
    outlet = KafkaOutlet(kafka)
    await outlet.start()
    try:
        for first in range(0, len(records), CHUNK):
            await outlet.publish([Chunk(first, topic, partition, records[first : first + CHUNK])])
    finally:
        await outlet.stop()


@asynccontextmanager
async def delivering(
    own_stack: StackFactory, monkeypatch: pytest.MonkeyPatch, *, connect: bool = True, **worlds: World
) -> AsyncIterator[Delivery]:
    """Run delivery on a stack of its own, with a Telegram that is played."""
    stack = own_stack()
    stack.start(*CORE)
    found = stack.settings()
    parts = Addresses(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"], redis=found["VECHE_REDIS"])
    monkeypatch.setenv("ACME_TELEGRAM_TOKEN", TOKEN)
    telegram = Telegram()
    async with AsyncExitStack() as ending:
        played = {"telegram": telegram, **worlds}
        apis = {name: await ending.enter_async_context(playing(world)) for name, world in played.items()}
        settings = settings_for(parts).model_copy(update={"platform_apis": apis})
        service = delivery.create_app(settings)
        (api,) = await ending.enter_async_context(running(service, folds=True))
        api.headers.update(await token(service, BRAND, Scope.DECISIONS_READ, Scope.POLICIES_WRITE))
        made = Delivery(service, api, telegram, settings)
        if connect:
            await made.connect("acme-telegram")
        yield made

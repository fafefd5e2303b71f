"""A gateway's service over real parts, connected to a Discord of the test's own."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.ingest.app import Role, create_app
from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Decoded
from services.ingest.connectors.raw import from_record
from shared.bus import admin
from shared.runtime import Service
from shared.settings import Settings
from shared.topics import RAW
from tests.fakes import FakeRecord
from tests.integration.edge import records_of
from tests.integration.fake_discord import TOKEN, FakeDiscord
from tests.integration.services import eventually
from tests.parts import Addresses
from tests.unit.ingest.discord_frames import message

FIRST = 1_147_000_000_000_001_000


def numbered(number: int, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return message(id=str(FIRST + number), **fields)


@dataclass
class World:
    """A gateway service over real parts, connected to a Discord of the test's own."""

    discord: FakeDiscord
    settings: Settings
    service: Service
    brand: str

    async def kept(self) -> list[FakeRecord]:
        found = await records_of(self.settings.kafka, RAW.name)
        return [record for record in found if dict(record.headers).get("brand") == self.brand.encode()]

    async def decoded(self) -> list[Decoded]:
        return [CONNECTORS["discord"].decode(from_record(record).payload) for record in await self.kept()]

    async def numbers(self) -> set[int]:
        """Return which messages Kafka has."""
        events = [event for found in await self.decoded() for event in found.events]
        return {int(str(event.subject).rpartition(":")[2]) - FIRST for event in events}

    async def began(self) -> None:
        """Wait until a session's beginning was taken in."""
        await eventually(self.lease, lambda lease: bool(lease.get("place")))
        self.discord.identified[:-1] = []

    async def lease(self) -> dict[str, Any]:
        found = await self.service.client[self.service.database]["pollers"].find_one()
        return dict(found or {})


@asynccontextmanager
async def world(parts: Addresses, folder: Path, fake: FakeDiscord) -> AsyncIterator[World]:
    mark = secrets.token_hex(4)
    brand = f"brand-{mark}"
    (folder / brand).mkdir()
    (folder / brand / "token").write_text(TOKEN)
    async with fake.playing():
        settings = Settings(
            mongo=parts.mongo,
            kafka=parts.kafka,
            database_prefix=f"gateway_{mark}",
            secrets=folder,
            platform_apis={"discord": f"http://{fake.url}"},
        )
        await admin.apply(parts.kafka, [RAW])
        service = create_app(settings, Role.GATEWAY)
        spec = {"platform": "discord", "mode": "gateway", "token": {"file": "token"}}
        await service.directory.put("Brand", brand, brand, {"title": "Acme"})
        await service.directory.put("Connection", brand, f"discord-{mark}", spec)
        try:
            yield World(fake, settings, service, brand)
        finally:
            for name in (service.database, settings.database("directory")):
                await service.client.drop_database(name)
            await service.client.close()


@asynccontextmanager
async def working(found: World) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(work()) for work in found.service.workers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)
        for stop in found.service.stopping:
            await stop()


async def until(ask: Callable[[], Awaitable[Any]], wanted: object) -> None:
    await eventually(ask, lambda found: found == wanted)

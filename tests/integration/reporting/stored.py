"""A reporting service over a real database that holds what its folds made of some events."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from bson.raw_bson import RawBSONDocument

from services.reporting.app import create_app
from services.reporting.handlers import Figures, Points
from shared.directory import Principal, Role, Scope
from shared.events import Envelope
from shared.runtime import Service
from shared.settings import Settings
from shared.topics import LEDGER
from tests import builders
from tests.integration.services import with_brand
from tests.parts import Addresses
from tests.unit.reporting.driving import World


@dataclass
class Asked:
    """The service as a client sees it."""

    service: Service
    http: httpx.AsyncClient

    async def token(self, brand: str | None = "acme", scope: Scope = Scope.FIGURES_READ, **more: Any) -> str:  # noqa: ANN401
        await with_brand(self.service.directory, brand)
        who = Principal("anna", Role.KEY, brand, frozenset({scope}), **more)
        return await self.service.directory.grant(who, builders.RECORDED, secrets.token_hex(4))

    async def get(self, path: str, token: str | None = None, **params: Any) -> httpx.Response:  # noqa: ANN401
        asked = {"since": "2026-03-01", "until": "2026-03-08"} | params
        asked = {name: value for name, value in asked.items() if value is not None}
        headers = {"authorization": f"Bearer {token or await self.token()}"}
        return await self.http.get(path, params=asked, headers=headers)


@asynccontextmanager
async def reporting(
    parts: Addresses, events: Sequence[Envelope] = (), posted: Sequence[Envelope] = ()
) -> AsyncIterator[Asked]:
    """Yield the service; its databases are gone afterwards."""
    settings = Settings(mongo=parts.mongo, kafka=parts.kafka, database_prefix=f"reports_{secrets.token_hex(4)}")
    service = create_app(settings)
    await _store(service, events, posted)
    transport = httpx.ASGITransport(app=service.api)
    async with httpx.AsyncClient(transport=transport, base_url="http://reporting") as client:
        yield Asked(service, client)
    for name in (service.database, settings.database("directory")):
        await service.client.drop_database(name)
    await service.client.close()


async def _store(service: Service, events: Sequence[Envelope], posted: Sequence[Envelope]) -> None:
    world = World()
    world.tell(*events)
    for number, event in enumerate(posted):
        world.tell(event, topic=LEDGER.name, key=f"acme/telegram:{number}")
    for fold in (Figures(), Points()):
        await world.drain(fold)
        states = [RawBSONDocument(raw) for raw in world.databases[fold.group].states.values()]
        if states:
            await service.client.get_database(service.database)[f"{fold.group}.states"].insert_many(states)

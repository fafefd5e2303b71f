"""The edge of ingest in the test's own process, over the shared parts, with a brand and databases of the test's own."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from services.ingest.app import Role, create_app
from services.ingest.connectors.events import apart
from services.ingest.handlers import GROUP
from shared.bus import admin
from shared.clock import Clock
from shared.directory import Principal, Scope
from shared.directory import Role as Standing
from shared.fold.mongo import MAJORITY
from shared.runtime import Service
from shared.settings import Settings
from shared.topics import PARTITIONS, RAW
from tests import builders
from tests.fakes import FakeRecord
from tests.parts import Addresses

SECRET = "correct-horse"
NOWHERE = "127.0.0.1:1"
"""Where nobody listens."""


@dataclass
class Edge:
    """The edge as a client sees it."""

    service: Service
    http: httpx.AsyncClient
    brand: str
    connection: str
    kafka: str

    async def token(self, *scopes: Scope, brand: str | None = None) -> dict[str, str]:
        """Return the header of a key of the brand with these scopes."""
        who = Principal("portal", Standing.KEY, brand or self.brand, frozenset(scopes))
        made = await self.service.directory.grant(who, builders.RECORDED, secrets.token_hex(4))
        return {"authorization": f"Bearer {made}"}

    async def hook(self, body: bytes, connection: str | None = None, secret: str = SECRET) -> httpx.Response:
        headers = {"x-telegram-bot-api-secret-token": secret}
        return await self.http.post(f"/v1/hooks/{connection or self.connection}", content=body, headers=headers)

    async def events(self, body: bytes | Sequence[bytes], **params: Any) -> httpx.Response:  # noqa: ANN401
        content = body if isinstance(body, bytes) else b"[" + b",".join(body) + b"]"
        return await self.http.post(
            "/v1/events", content=content, params=params, headers=await self.token(Scope.EVENTS_WRITE)
        )

    async def take_all_in(self) -> None:
        """Have the normaliser's progress say that it has taken in all there is."""
        records = await records_of(self.kafka, RAW.name)
        progress = self.service.client.get_database(self.service.database, write_concern=MAJORITY)["progress"]
        for q in range(PARTITIONS):
            next_ = max((record.offset + 1 for record in records if record.partition == q), default=0)
            place = {"topic": RAW.name, "next": next_}
            await progress.update_one({"_id": f"{GROUP}/{q}"}, {"$set": {"places": [place]}}, upsert=True)

    async def kept(self) -> list[FakeRecord]:
        """Return the raw records of the brand that Kafka has."""
        found = await records_of(self.kafka, RAW.name)
        return [record for record in found if dict(record.headers).get("brand") == self.brand.encode()]


def told(records: Iterable[FakeRecord]) -> list[bytes]:
    """Return the events of the API in these records, as they came: some stand together in one."""
    bodies = [record.value or b"" for record in records if dict(record.headers)["platform"] == b"events"]
    return [bytes(raw) for body in bodies for raw in (apart(body) if body.startswith(b"[") else [body])]


async def records_of(servers: str, topic: str) -> list[FakeRecord]:
    """Return all records of a topic, as they are now."""
    consumer = AIOKafkaConsumer(bootstrap_servers=servers, auto_offset_reset="earliest")
    await consumer.start()
    places = [TopicPartition(topic, q) for q in range(PARTITIONS)]
    consumer.assign(places)
    ends = await consumer.end_offsets(places)
    found: list[FakeRecord] = []
    for place, end in ends.items():
        while await consumer.position(place) < end:
            batch = await consumer.getmany(place, timeout_ms=500)
            found += [
                FakeRecord(r.topic, r.partition, r.offset, r.timestamp, r.key, r.value, r.headers)
                for r in batch.get(place, ())
            ]
    await consumer.stop()
    return found


@asynccontextmanager
async def edge(
    parts: Addresses,
    folder: Path,
    *,
    kafka: str | None = None,
    clock: Clock | None = None,
    **limits: Any,  # noqa: ANN401 - settings
) -> AsyncIterator[Edge]:
    """Yield a running edge whose normaliser has taken in all that was there; its databases are gone afterwards."""
    mark = secrets.token_hex(4)
    (folder / f"brand-{mark}").mkdir()
    (folder / f"brand-{mark}" / "secret").write_text(SECRET)
    settings = Settings(
        mongo=parts.mongo,
        kafka=kafka or parts.kafka,
        redis=parts.redis or f"redis://{NOWHERE}/0",
        database_prefix=f"edge_{mark}",
        body_bytes_max=10_000,
        secrets=folder,
        platform_apis={"telegram": f"http://{NOWHERE}"},
        **limits,
    )
    await admin.apply(parts.kafka, [RAW])
    service = create_app(settings, Role.EDGE, clock)
    found = Edge(service, client_of(service), f"brand-{mark}", f"hook-{mark}", settings.kafka)
    spec = {"platform": "telegram", "mode": "webhook", "secrets": [{"file": "secret"}]}
    await service.directory.put("Brand", found.brand, found.brand, {"title": "Acme"})
    await service.directory.put("Connection", found.brand, found.connection, spec)
    workers = [asyncio.ensure_future(work()) for work in service.workers]
    try:
        if kafka is None:
            await connected(found)
            await found.take_all_in()
        yield found
    finally:
        await ended(service, workers, settings)
        await found.http.aclose()


async def connected(found: Edge) -> None:
    """Wait until the edge has its broker."""
    body = msgspec.json.encode({"update_id": 0})
    async with asyncio.timeout(20):
        while (await found.hook(body)).status_code == 503:  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0.05)


def client_of(service: Service) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=service.api), base_url="http://ingest", timeout=30)


async def ended(service: Service, workers: Sequence[asyncio.Future[None]], settings: Settings) -> None:
    for worker in workers:
        worker.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*workers)
    for stop in service.stopping:
        await stop()
    for name in (service.database, settings.database("directory")):
        await service.client.drop_database(name)
    await service.client.close()

"""Promise 2 at the door of every platform: told twice, again, in another order, to two connections, with Kafka away between.

All platforms tell their stories at the same time to one edge; the normaliser is a process of its own that is restarted when
it ends, as by a supervisor. Of Discord these are members' commands: the rest comes over its gateway.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer

from demo.processes import environment
from deploy.native.stack import Stack
from services.ingest.connectors import CONNECTORS
from services.ingest.handlers import GROUP
from shared.bus import admin
from shared.bus.record import header
from shared.events import Envelope, decode
from shared.topics import EVENTS, declared
from tests.catching_up import left
from tests.integration.edge import Edge, connected, edge, records_of
from tests.integration.kept import Normaliser
from tests.integration.services import eventually
from tests.integration.tellings import STORIES, Story, Time
from tests.parts import Addresses, places_at

SEED = 20_261_121
CONNECTIONS = (1, 2)
TIMES = 2
STORY_S = 3.0
"""How long each story takes at least, however short: the broker goes in the midst of it."""
AWAY_AFTER_S = 1.0


@dataclass
class Platform:
    """One platform that calls: what it was answered, and what came of it."""

    name: str
    answers: Counter[int] = field(default_factory=Counter)
    events: list[Envelope] = field(default_factory=list)

    @property
    def story(self) -> Story:
        return STORIES[self.name]

    @property
    def pause_s(self) -> float:
        tellings = sum(map(len, self.story.chapters))
        return STORY_S / (tellings * len(CONNECTIONS) * TIMES)

    def hook(self, connection: int) -> str:
        return f"{self.name}-{connection}"

    async def declare(self, asked: Edge, folder: Path) -> None:
        """Declare a brand of its own with two connections of the one community."""
        (folder / self.name).mkdir()
        (folder / self.name / "secret").write_text(self.story.secret)
        await asked.service.directory.put("Brand", self.name, self.name, {"title": self.name})
        for connection in CONNECTIONS:
            spec = {"platform": self.name, "secrets": [{"file": "secret"}]}
            await asked.service.directory.put("Connection", self.name, self.hook(connection), spec)

    async def tell(self, asked: Edge) -> None:
        """Tell each chapter: everything twice to both connections, in an order that is no order."""
        chance, first = random.Random(f"{SEED}{self.name}"), 0
        for chapter in self.story.chapters:
            times = [Time(first + n, c, 0) for n in range(len(chapter)) for c in CONNECTIONS for _ in range(TIMES)]
            chance.shuffle(times)
            for time in times:
                await self._deliver(asked, chapter[time.number - first], time)
            first += len(chapter)

    async def _deliver(self, asked: Edge, telling: object, time: Time) -> None:
        """Deliver until it is taken, as a platform does."""
        while True:
            sent = self.story.dress(telling, time)
            answer = await asked.http.post(
                f"/v1/hooks/{self.hook(time.connection)}", content=sent.body, headers=dict(sent.headers)
            )
            self.answers[answer.status_code] += 1
            await asyncio.sleep(self.pause_s)
            if answer.status_code != 503:
                return
            time = time._replace(attempt=time.attempt + 1)


@pytest.fixture(scope="module", name="told")
def platforms_told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Platform]:
    """All stories, told on a stack of its own whose broker is killed in between."""
    folder = tmp_path_factory.mktemp("once")
    with own(folder / "stack") as stack:
        return asyncio.run(_told(stack, folder))


@contextmanager
def own(folder: Path) -> Iterator[Stack]:
    stack = Stack(places_at(folder))
    try:
        stack.start("kafka", "mongo")
        yield stack
    finally:
        stack.stop(hard=True)


async def _told(stack: Stack, folder: Path) -> dict[str, Platform]:
    found = stack.settings()
    parts = Addresses(found["VECHE_KAFKA"], found["VECHE_MONGO"], "")
    await admin.apply(parts.kafka, declared())
    secrets = folder / "secrets"
    secrets.mkdir()
    async with edge(parts, secrets, kafka=parts.kafka) as asked:
        await connected(asked)
        platforms = {name: Platform(name) for name in STORIES}
        for platform in platforms.values():
            await platform.declare(asked, secrets)
        prefix = {"VECHE_DATABASE_PREFIX": asked.service.settings.database_prefix}
        normaliser = Normaliser(environment(found, prefix), folder / "normaliser.log")
        keeping = asyncio.ensure_future(normaliser.keep())
        try:
            await _tell_all(stack, asked, list(platforms.values()))
            await _caught_up(asked)
        finally:
            keeping.cancel()
            normaliser.end()
        for event in await _published(parts.kafka):
            if event.brand in platforms:
                platforms[event.brand].events.append(event)
    return platforms


async def _tell_all(stack: Stack, asked: Edge, platforms: Sequence[Platform]) -> None:
    telling = asyncio.gather(*(platform.tell(asked) for platform in platforms))
    await asyncio.sleep(AWAY_AFTER_S)
    await asyncio.to_thread(stack.stop, "kafka", hard=True)
    await asyncio.sleep(1)
    await asyncio.to_thread(stack.start, "kafka")
    await telling


async def _caught_up(asked: Edge) -> None:
    consumer = AIOKafkaConsumer(bootstrap_servers=asked.kafka)
    await consumer.start()
    try:
        await eventually(partial(left, asked.service.client[asked.service.database], consumer, GROUP), lambda left: not left)
        await asyncio.sleep(0.2)  # a consumer that is stopped while it still connects raises
    finally:
        await consumer.stop()


async def _published(kafka: str) -> list[Envelope]:
    """Return all events as their readers count them: what was published again has the origin that it had."""
    found = {header(record, "origin"): record for record in await records_of(kafka, EVENTS.name)}
    assert None not in found
    events = [decode(record.value or b"") for record in found.values()]
    return [event for event in events if event is not None]


def test_every_platform_that_calls_a_webhook_tells_a_story() -> None:
    never_pushed = {"reddit", "feed"}

    assert set(STORIES) == set(CONNECTORS) - never_pushed - {"events"}


@pytest.mark.parametrize("name", STORIES)
def test_what_a_platform_tells_however_often_comes_out_once(told: dict[str, Platform], name: str) -> None:
    platform = told[name]

    assert set(platform.answers) == {200, 503}, "the broker was not away, or something was refused"
    assert Counter(str(event.__struct_config__.tag) for event in platform.events) == Counter(platform.story.wanted)
    assert len({event.id for event in platform.events}) == len(platform.events)
    assert len({event.community for event in platform.events}) == 1

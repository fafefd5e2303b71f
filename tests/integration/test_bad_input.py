"""Promise 6 on the real parts: each bad record is one dead letter with its reason, and the good ones around it go on."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from services.ingest.app import Role, create_app
from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Payload
from services.ingest.connectors.raw import Raw, to_record
from services.ingest.handlers import GROUP, INPUTS, OUTPUTS
from shared.bus import admin
from shared.bus.record import Headers, Outgoing
from shared.events import decode, encode
from shared.runtime import Service
from shared.settings import Settings
from shared.topics import EVENTS, PARTITIONS, RAW, declared
from tests import builders
from tests.integration.edge import records_of
from tests.integration.services import eventually
from tests.parts import Addresses, StackFactory

WAIT_S = 60.0
GOOD = 6


def raw(body: bytes, platform: str = "events", extra: Headers = ()) -> Outgoing:
    payload = Payload(body=body, brand="acme", connection="portal", community=builders.PLACE, recordedtime=builders.RECORDED)
    return to_record(Raw(platform, payload), extra)


def bad() -> dict[str, Outgoing]:
    """Return the bad records by what is wrong with them."""
    event = encode(builders.content_created())
    deep = b"[" * 5_000 + b"]" * 5_000
    update = b'{"update_id": 1, "message": {"message_id": %d, "date": 1767225600, "chat": {"id": -1, "type": "group"}}}'
    nul = event.replace('"name":"Анна"'.encode(), b'"name":"An\\u0000na"')
    assert nul != event
    return {
        "undecodable": raw(b"\xff\xfe{not json"),
        "deep": raw(event[:-1] + b',"extra":' + deep + b"}"),
        "70 bits": raw(update % (1 << 70), "telegram"),
        "NUL": raw(nul),
        "header": raw(event, extra=(("community", b"\xff\xfe"),)),
    }


def settings_for(parts: Addresses) -> Settings:
    return Settings(mongo=parts.mongo, kafka=parts.kafka)


@asynccontextmanager
async def running(parts: Addresses) -> AsyncIterator[Service]:
    settings = settings_for(parts)
    service = create_app(settings, Role.NORMALISER)
    (runner,) = service.runners
    task = asyncio.ensure_future(runner.run())
    try:
        yield service
        runner.stop()
        await asyncio.wait_for(task, WAIT_S)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await service.client.close()


async def veche(parts: Addresses, *words: str) -> str:
    """Run the command line and return what it says."""
    command = [sys.executable, "-m", "services", *words]
    environment = {"VECHE_KAFKA": parts.kafka, "VECHE_MONGO": parts.mongo, "COLUMNS": "200"}
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def letters(parts: Addresses, count: int) -> list[Any]:
    """Wait for so many records of the dead-letter topic, and return them."""
    found: list[Any] = []
    async with asyncio.timeout(WAIT_S):
        while len(found) < count:
            await asyncio.sleep(0.2)
            found = list(await records_of(parts.kafka, f"{GROUP}.dlq"))
    return found


async def own_parts(own_stack: StackFactory) -> Addresses:
    """Start a broker and a store of the test's own."""
    stack = own_stack()
    await asyncio.to_thread(stack.start, "kafka", "mongo")
    found = stack.settings()
    parts = Addresses(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"], redis="")
    await admin.apply(parts.kafka, [topic for topic in declared() if topic.name in {*INPUTS, *OUTPUTS}])
    return parts


async def send(parts: Addresses, *records: Outgoing) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=parts.kafka)
    await producer.start()
    for record in records:
        await producer.send_and_wait(RAW.name, record.value, record.key, 0, headers=list(record.headers))
    await producer.stop()


async def event_ids(parts: Addresses) -> list[str]:
    found = [decode(record.value or b"") for record in await records_of(parts.kafka, EVENTS.name)]
    return [event.id for event in found if event]


@pytest.mark.timeout(120)
async def test_bad_records_are_dead_letters_and_good_ones_go_on(own_stack: StackFactory) -> None:
    parts = await own_parts(own_stack)
    wrong = bad()
    sent = [raw(encode(builders.content_created(id="good-0", content_id=f"{builders.PLACE}:0")))]
    for number, record in enumerate(wrong.values(), 1):
        good = builders.content_created(id=f"good-{number}", content_id=f"{builders.PLACE}:{number}")
        sent += [record, raw(encode(good))]
    await send(parts, *sent)

    async with running(parts):
        dead = await letters(parts, len(wrong))
        went_on = await records_of(parts.kafka, EVENTS.name)
        listed = json.loads(await veche(parts, "dlq", "list", GROUP, "--output", "json"))
        first = listed[0]["coordinates"]
        shown = await veche(parts, "dlq", "show", GROUP, first)
        replayed = await veche(parts, "dlq", "replay", GROUP, first)
        again = await letters(parts, len(wrong) + 1)
        listed_again = json.loads(await veche(parts, "dlq", "list", GROUP, "--output", "json"))

    events = [decode(record.value or b"") for record in went_on]
    assert [event.id for event in events if event] == [f"good-{n}" for n in range(GOOD)]
    coordinates = [dict(record.headers)["coordinates"].decode() for record in dead]
    assert coordinates == [f"{RAW.name}/0@{2 * n + 1}" for n in range(len(wrong))]
    assert all(len(dict(record.headers)["reason"]) > 10 for record in dead)
    assert [record.value for record in dead] == [record.value for record in wrong.values()]
    assert {letter["coordinates"] for letter in listed} == set(coordinates)
    assert first in shown
    assert "original-platform" in shown
    assert replayed.startswith("1 given back")
    assert dict(again[-1].headers)["coordinates"].decode() == first, "what died again is the same letter"
    assert len(listed_again) == len(wrong)


@pytest.mark.timeout(120)
async def test_what_was_mended_is_given_back_and_counted_once(
    own_stack: StackFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = await own_parts(own_stack)
    await send(parts, raw(encode(builders.content_created(id="later")), "future"), raw(encode(builders.content_created())))
    async with running(parts):
        await letters(parts, 1)

    mended = {**CONNECTORS, "future": CONNECTORS["events"]}
    monkeypatch.setattr("services.ingest.handlers.CONNECTORS", mended)
    async with running(parts):
        said = [await veche(parts, "dlq", "replay", GROUP) for _ in range(2)]
        await send(parts, raw(encode(builders.content_created(id="last", content_id=f"{builders.PLACE}:last"))))
        found = await eventually(lambda: event_ids(parts), lambda ids: "last" in ids and "later" in ids)
        listed = json.loads(await veche(parts, "dlq", "list", GROUP, "--output", "json"))

    assert said == [f"1 given back to {GROUP}\n"] * 2
    assert sorted(found) == sorted([builders.content_created().id, "last", "later"])
    assert len(listed) == 1, "the letter stays in its topic as long as that keeps it"


@pytest.mark.timeout(120)
async def test_a_partition_with_too_many_dead_letters_goes_on_once_they_are_accepted(
    own_stack: StackFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.fold.batch.DEAD_LETTERS_MAX", 2)
    monkeypatch.setattr("shared.fold.loop.HALT_S", 1.0)
    parts = await own_parts(own_stack)
    await send(parts, *(raw(b"{", "telegram") for _ in range(5)), raw(encode(builders.content_created())))

    async with running(parts) as service:
        (runner,) = service.runners
        halted = await eventually(lambda: at_once(runner.missing()), lambda found: "bad deploy" in str(found))
        shown = await veche(parts, "partitions", "list", GROUP)
        said = await veche(parts, "dlq", "accept", GROUP, "0")
        dead = await letters(parts, 5)
        ready = await eventually(lambda: at_once(runner.missing()), lambda found: not found)

    assert "too-many-dead-letters" in str(halted)
    assert shown.count(RAW.name) == PARTITIONS
    assert "goes on" in said
    assert (len(dead), ready) == (5, [])
    assert await event_ids(parts) == [builders.content_created().id]


async def at_once(found: Sequence[str]) -> list[str]:
    return list(found)

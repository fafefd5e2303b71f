"""`veche reporting recompute` on a real broker and store: it is content with what is right, and names what is not."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from datetime import timedelta
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from shared.bus import admin
from shared.bus.partition import partition_of
from shared.events import encode
from shared.settings import Settings
from shared.topics import DECISIONS, EVENTS, LEDGER, PARTITIONS, declared
from tests import builders
from tests.integration.reporting.live import TOPICS, publish, running, started, until
from tests.parts import Addresses, StackFactory

EVENTS_SENT = 400
POST = f"{builders.PLACE}:post"
ORIGIN = ("origin", b"normaliser/0@e1/%d")


@pytest.mark.timeout(240)
async def test_figures_are_proven_from_kafka_as_far_as_it_reaches(own_stack: StackFactory) -> None:
    parts, brand = started(own_stack()), "acme"
    settings = Settings(mongo=parts.mongo, kafka=parts.kafka, database_prefix=f"again_{secrets.token_hex(4)}")
    await admin.apply(parts.kafka, [t for t in declared() if t.name in TOPICS])
    community = f"{brand}/{builders.PLACE}"
    await _published_twice(parts, community)
    await publish(parts, DECISIONS.name, community, [builders.decision_made(), builders.decision_reversed()])
    said = [builders.content_created(content_id=f"said:{n}", text=text) for n, text in enumerate(("отлично", "Всё сломано"))]
    again = builders.content_edited(content_id="said:1", text="Всё починили, спасибо", edition=2)
    await publish(parts, EVENTS.name, community, [*said, again])
    of = {"content_id": POST, "own_post": POST}
    touched = [builders.reaction_added(**of), builders.content_created(content_id=POST, actor=builders.STAFF, kind="post")]
    await publish(parts, EVENTS.name, community, touched)
    await publish(parts, LEDGER.name, f"{brand}/telegram:1", [builders.points_granted(applied=5)])
    await publish(parts, EVENTS.name, "other/x", [builders.content_created(brand="other", community="x")])

    async with running(settings) as service:
        expected = {"content": EVENTS_SENT + 3, "points_issued": 5, "decisions": 1, "tone_positive": 2, "posts": 1}
        assert await until(service, brand, expected) == expected
        clean = await recompute(settings, brand)
        states = service.client.get_database(service.database)["figures.states"]
        hour = await states.find_one({"kind": "hour", "brand": brand})
        assert hour is not None
        await states.update_one({"_id": hour["_id"]}, {"$inc": {"counts.content_message": 1}})
        wrong = await recompute(settings, brand)
        await states.update_one({"_id": hour["_id"]}, {"$inc": {"counts.content_message": -1}})
        heard = service.client.get_database(service.database)["listening.states"]
        await heard.update_one({"_id": f"remark {community}/said:0"}, {"$set": {"label": "negative"}})
        misheard = await recompute(settings, brand)
        await heard.update_one({"_id": f"remark {community}/said:0"}, {"$set": {"model": "words/0"}})
        otherwise = await recompute(settings, brand)
        post = await states.find_one_and_update({"kind": "post"}, {"$set": {"hours.0.1": 7}})
        assert post is not None
        other = await recompute(settings, brand)
        await states.update_one({"_id": post["_id"]}, {"$set": {"hours": post["hours"]}})
        await _forget_half(parts, community)
        cut = await recompute(settings, brand)

    assert clean["wrong"] == [] and clean["since"] is None  # noqa: PT018 - one sentence
    assert clean["records"] >= EVENTS_SENT + 3
    assert wrong["wrong"] == [hour["_id"]]
    assert (clean["judged_otherwise"], len(misheard["wrong"])) == (0, 1)
    assert (otherwise["judged_otherwise"], otherwise["wrong"]) == (2, [])
    assert other["wrong"] == [post["_id"]]
    assert cut["wrong"] == []
    assert cut["since"] is not None


async def _published_twice(parts: Addresses, key: str) -> None:
    """Publish what a fold put out, the second half again as after a crash, and a record that is none."""
    producer = AIOKafkaProducer(bootstrap_servers=parts.kafka, acks="all")
    await producer.start()
    place = partition_of(key.encode(), PARTITIONS)
    told = [
        builders.content_created(id=f"e{n}", time=builders.AT + timedelta(minutes=n), actor=f"telegram:{n % 7}")
        for n in range(EVENTS_SENT)
    ]
    for n in (*range(EVENTS_SENT), *range(EVENTS_SENT // 2, EVENTS_SENT)):
        header = [(ORIGIN[0], ORIGIN[1] % n)]
        await producer.send(EVENTS.name, encode(told[n]), key=key.encode(), partition=place, headers=header)
    await producer.send(EVENTS.name, b"{", key=key.encode(), partition=place)
    await producer.stop()


async def _forget_half(parts: Addresses, key: str) -> None:
    """Have the broker delete what is old, as it does when the retention is over."""
    place = TopicPartition(EVENTS.name, partition_of(key.encode(), PARTITIONS))
    client = AIOKafkaAdminClient(bootstrap_servers=parts.kafka)
    await client.start()
    await client.delete_records({place: RecordsToDelete(before_offset=EVENTS_SENT // 2)})
    await client.close()


async def recompute(settings: Settings, brand: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "services", "reporting", "recompute", "--brand", brand, "--output", "json"]
    environment = {
        "VECHE_KAFKA": settings.kafka,
        "VECHE_MONGO": settings.mongo,
        "VECHE_DATABASE_PREFIX": settings.database_prefix,
    }
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    found: dict[str, Any] = json.loads(said)
    assert process.returncode == (1 if found["wrong"] else 0)
    return found

"""Following topics over real Kafka: from where, and past what cannot be read."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.bus.following import Follower, Spot
from tests.integration.test_bus_contract import garbled
from tests.parts import Addresses

BEGIN = datetime(1970, 1, 1, tzinfo=UTC)


async def test_a_record_that_the_client_cannot_decode_is_passed_by_and_nothing_else_is(parts: Addresses) -> None:
    topic = await made(parts)
    producer = AIOKafkaProducer(bootstrap_servers=parts.kafka)
    await producer.start()
    for value in (b"one", None, b"two", b"three"):
        if value is None:
            await (await producer.send_batch(garbled(producer), topic, partition=0))
        else:
            await producer.send_and_wait(topic, value, partition=0)
    await producer.send_and_wait(topic, b"beside", partition=1)
    await producer.stop()

    follower = Follower(parts.kafka, [topic])
    await follower.start({}, BEGIN)
    values = list[bytes | None]()
    while len(values) < 5:
        found = await follower.poll(200, 10)
        values += [record.value for records in found.values() for record in records]
    places = await follower.places()
    await follower.stop()

    assert [value for value in values if value != b"beside"] == [b"one", None, b"two", b"three"]
    assert places == {Spot(topic, 0): 4, Spot(topic, 1): 1}


async def made(parts: Addresses) -> str:
    name = f"followed.{secrets.token_hex(4)}.v1"
    admin = AIOKafkaAdminClient(bootstrap_servers=parts.kafka)
    await admin.start()
    await admin.create_topics([NewTopic(name, 2, 1)])
    await admin.close()
    return name

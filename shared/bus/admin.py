"""Make the declared topics. Nothing is created by being used."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from shared.errors import Halt, Retryable
from shared.topics import PARTITIONS, Topic

REPLICATION_MAX = 3
MIN_INSYNC = 2
"""Of three replicas, two must have a record before it is acknowledged."""
BROKERS_FOR_REPLICATION = 3
SETTLE_S = 0.2
SETTLE_TRIES = 50


async def apply(servers: str, topics: Sequence[Topic], partitions: int = PARTITIONS) -> list[str]:
    """Make the topics that are not there, as declared; return their names. Raises Halt where one has other partitions."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    try:
        await admin.start()
        return await _apply(admin, topics, partitions)
    except KafkaError as error:
        raise Retryable(f"Kafka is away: {type(error).__name__}") from error
    finally:
        await admin.close()


async def _apply(admin: AIOKafkaAdminClient, topics: Sequence[Topic], partitions: int) -> list[str]:
    there = set(await admin.list_topics())
    brokers = len((await admin.describe_cluster())["brokers"])
    missing = [topic for topic in topics if topic.name not in there]
    if missing:
        answer = await admin.create_topics([_new(topic, brokers, partitions) for topic in missing])
        _check(answer)
    await _verify(admin, [topic.name for topic in topics], partitions)
    return [topic.name for topic in missing]


def _new(topic: Topic, brokers: int, partitions: int) -> NewTopic:
    replicas = REPLICATION_MAX if brokers >= BROKERS_FOR_REPLICATION else 1
    configs = {
        "message.timestamp.type": "LogAppendTime",
        "retention.ms": str(int(topic.retention.total_seconds() * 1000)),
        "min.insync.replicas": str(MIN_INSYNC if replicas > 1 else 1),
        "cleanup.policy": "delete",
    }
    return NewTopic(topic.name, partitions, replicas, topic_configs=configs)


def _check(answer: object) -> None:
    for topic, code, *_ in answer.topic_errors:  # type: ignore[attr-defined] # aiokafka's answers have no types
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise Retryable(f"{topic} could not be made: {error.__name__}")


async def _verify(admin: AIOKafkaAdminClient, names: Sequence[str], partitions: int) -> None:
    """Wait until all are known, and check their partition counts."""
    found: dict[str, int] = {}
    for _ in range(SETTLE_TRIES):
        found = {t["topic"]: len(t["partitions"]) for t in await admin.describe_topics(list(names)) if not t["error_code"]}
        if len(found) == len(names):
            break
        await asyncio.sleep(SETTLE_S)
    wrong = {name: found.get(name, 0) for name in names if found.get(name) != partitions}
    if wrong:
        raise Halt(f"topics with other than {partitions} partitions: {wrong}", "partition-counts")

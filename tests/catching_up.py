"""What a consumer group has to do still, of all that is in the topics now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from pymongo.asynchronous.database import AsyncDatabase

from shared.topics import PARTITIONS


async def left(
    database: AsyncDatabase[Any], consumer: AIOKafkaConsumer, group: str, topics: Sequence[str] = ()
) -> list[str]:
    """Say what is left: nothing when the group has taken in, and published, all that there is for it.

    `topics` are looked at even where the group has not yet taken anything in. A batch is published after it is committed, so
    progress alone does not say that its outputs are in the topics. It is read before the outbox: one transaction moves both.
    """
    found: list[Any] = [await database["progress"].find_one({"_id": f"{group}/{q}"}) for q in range(PARTITIONS)]
    if None in found:
        return [f"{group} has to begin"]
    unpublished = await database["outbox"].count_documents({"group": group})
    places = {TopicPartition(topic, q): 0 for topic in topics for q in range(PARTITIONS)}
    places |= {TopicPartition(p["topic"], q): p["next"] for q, document in enumerate(found) for p in document["places"]}
    ends = await consumer.end_offsets(list(places))
    unread = [f"{group} has to read {place}" for place, end in ends.items() if places[place] < end]
    return unread + [f"{group} has to publish {unpublished} chunks"] * bool(unpublished)

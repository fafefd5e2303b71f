"""Following topics from outside of any group: whoever reads keeps the place by themselves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.bus.careful import one_of_each
from shared.bus.record import Record, Unreadable
from shared.errors import Retryable

log = logging.getLogger(__name__)

REQUEST_MS = 10_000
FETCH_BYTES = 1 << 20
"""Of a partition at once: whoever follows sends each record on, which is far slower than reading."""


class Spot(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int


class Follower:
    """Reads all partitions of some topics, each from its place on."""

    def __init__(self, servers: str, topics: Sequence[str]) -> None:
        self._topics, self._is_careful = topics, False
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=servers,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=FETCH_BYTES,
            request_timeout_ms=REQUEST_MS,
        )

    async def start(
        self, places: Mapping[Spot, int], since: datetime, latest: Mapping[Spot, int] | None = None
    ) -> Mapping[Spot, int]:
        """Stand at the places, and where there is none at what came since, but no later than `latest`.

        Return how many records are gone by now, by spot. Raises Retryable where Kafka is away or a topic is not there.
        """
        try:
            await self._consumer.start()
            return await self._stand(places, since, latest or {})
        except KafkaError as error:
            raise Retryable(f"Kafka is away: {type(error).__name__}") from error

    async def _stand(self, places: Mapping[Spot, int], since: datetime, latest: Mapping[Spot, int]) -> Mapping[Spot, int]:
        spots = [TopicPartition(topic, q) for topic in self._topics for q in await self._partitions(topic)]
        self._consumer.assign(spots)
        first, end = await self._consumer.beginning_offsets(spots), await self._consumer.end_offsets(spots)
        young = await self._consumer.offsets_for_times(dict.fromkeys(spots, round(since.timestamp() * 1000)))
        gone = dict[Spot, int]()
        for spot in spots:
            found = young[spot]
            then = end[spot] if found is None else found.offset
            place = places.get(Spot(*spot), min(then, latest.get(Spot(*spot), then)))
            if place < first[spot]:
                gone[Spot(*spot)] = first[spot] - place
            self._consumer.seek(spot, min(max(place, first[spot]), end[spot]))
        return gone

    async def _partitions(self, topic: str) -> Sequence[int]:
        await self._consumer._client.force_metadata_update()  # noqa: SLF001 - no public call reads fresh metadata
        await self._consumer._client.add_topic(topic)  # noqa: SLF001 - assign needs the partitions first
        found = sorted(self._consumer.partitions_for_topic(topic) or ())
        if not found:
            raise Retryable(f"topic {topic} is not there")
        return found

    async def poll(self, wait_ms: int, records_max: int) -> Mapping[Spot, Sequence[Record]]:
        """Return what comes next, by spot; nothing after so long. Raises Retryable.

        A record that the client cannot decode is an Unreadable in its place.
        """
        before = await self.places()
        try:
            if self._is_careful:
                return await self._carefully(wait_ms)
            found = await self._consumer.getmany(timeout_ms=wait_ms, max_records=records_max)
        except UnicodeDecodeError:
            self._is_careful = True
            for spot, place in before.items():  # what was drained of other partitions is lost
                self._consumer.seek(TopicPartition(*spot), place)
            return {}
        except KafkaError as error:
            raise Retryable(f"Kafka is away: {type(error).__name__}") from error
        return {Spot(*spot): records for spot, records in found.items() if records}

    async def _carefully(self, wait_ms: int) -> Mapping[Spot, Sequence[Record]]:
        """Return a record of each partition, until the one is found that cannot be decoded."""
        found: dict[Spot, list[Record]] = {}
        for record in await one_of_each(self._consumer):
            found.setdefault(Spot(record.topic, record.partition), []).append(record)
            if isinstance(record, Unreadable):
                self._is_careful = False
                log.warning("%s/%d/%d is passed by: %s", record.topic, record.partition, record.offset, record.reason)
        if not found:
            await asyncio.sleep(wait_ms / 1000)
        return found

    async def places(self) -> Mapping[Spot, int]:
        """Return where it stands."""
        return {Spot(*spot): await self._consumer.position(spot) for spot in self._consumer.assignment()}

    def lag(self, places: Mapping[Spot, int]) -> int:
        """Return how many records come after those places, as far as the last answers of Kafka tell."""
        ends = {spot: self._consumer.highwater(TopicPartition(*spot)) for spot in places}
        return sum(max(0, end - places[spot]) for spot, end in ends.items() if end is not None)

    async def stop(self) -> None:
        """Disconnect."""
        await self._consumer.stop()

"""Whether the folds have taken in what reports are made from, wherever their processes run."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from pymongo.read_concern import ReadConcern

from shared.bus.backlog import Log
from shared.fold.documents import progress_of
from shared.fold.mongo import Client, translated
from shared.topics import PARTITIONS


class CaughtUp:
    """Compares what topics held at an instant with the progress of the folds, as their database tells it."""

    def __init__(self, client: Client, database: str, servers: str, topics: Mapping[str, Collection[str]]) -> None:
        """`topics` are those that each fold takes in, by its group."""
        named = client.get_database(database, read_concern=ReadConcern("majority"))
        self._progress, self._log, self._topics = named["progress"], Log(servers), topics

    async def behind(self, at: datetime) -> Sequence[str]:
        """Return which partitions of which folds lack anything that was recorded before `at`: `figures/3`.

        Raises Retryable where Kafka or MongoDB is away.
        """
        every = sorted({topic for topics in self._topics.values() for topic in topics})
        recorded = await self._log.recorded(every, range(PARTITIONS), at)
        places = await self._places()
        late = {
            f"{group}/{spot.partition}"
            for group, topics in self._topics.items()
            for spot, end in recorded.items()
            if spot.topic in topics and places.get(f"{group}/{spot.partition}", {}).get(spot.topic, 0) < end
        }
        return sorted(late)

    async def _places(self) -> Mapping[str, Mapping[str, int]]:
        ids = [f"{group}/{q}" for group in self._topics for q in range(PARTITIONS)]
        async with translated():
            found = await self._progress.find({"_id": {"$in": ids}}).to_list()
        return {one["_id"]: progress_of(one).offsets() for one in found}

    async def stop(self) -> None:
        """Let go of Kafka."""
        await self._log.stop()

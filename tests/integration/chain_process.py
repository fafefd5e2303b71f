"""One process of the chained folds over real Kafka and MongoDB: `python -m tests.integration.chain_process JSON`.

Notes what it saw, line by line, in a file, because it will be killed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import uvloop
from typing_extensions import override

from shared.bus.kafka import KafkaInbox
from shared.bus.outlet import KafkaOutlet
from shared.fold.batch import Folded
from shared.fold.loop import Loop
from shared.fold.mongo import MongoStore, new_client
from shared.fold.observer import Observer
from shared.fold.ports import Changes, Chunk, Ports
from shared.fold.sift import Sifted
from tests.unit.fold.chain import Sums, Tops

PAUSE_S = 0.03
"""Before the commit and before publishing, so that blows hit those gaps often enough to be seen."""

DIES_AT = 5
"""Which publishing kills the process that is told to die there."""


class Renamed(Sums):
    """A fold whose topics carry the run's own suffix, so that runs do not meet."""

    def __init__(self, fold: Sums, suffix: str) -> None:
        self.group = fold.group + suffix
        self.topics = [topic + suffix for topic in fold.topics]
        self.outputs = [topic + suffix for topic in fold.outputs]
        self._fold, self._suffix = fold, suffix

    @override
    def evolve(self, state: Any, event: dict[str, Any]) -> Any:
        step = self._fold.evolve(state, event | {"topic": event["topic"].removesuffix(self._suffix)})
        outputs = [output._replace(topic=output.topic + self._suffix) for output in step.outputs]
        return type(step)(step.state, step.entries, outputs)


class Noting(Observer):
    """Appends a line for each thing seen."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def _note(self, what: str, number: int) -> None:
        if number:
            with self._path.open("a") as file:
                file.write(f"{what} {number}\n")

    @override
    def folded(self, batch: Sequence[Folded[Any]], seconds: float) -> None:
        for folded in batch:
            self._note("folded", folded.tally.folded)
            self._note("duplicates", folded.tally.duplicates)
            self._note("dead", folded.tally.dead)

    @override
    def sifted(self, sifted: Sifted) -> None:
        self._note("redelivered", sifted.redelivered)
        self._note("discarded", sifted.discarded)

    @override
    def discarded(self, records: int) -> None:
        self._note("discarded", records)

    @override
    def fenced(self) -> None:
        self._note("fenced", 1)

    @override
    def republished(self, records: int) -> None:
        self._note("republished", records)


class Slow:
    """An outlet that waits before it publishes, and may be told to have its process die around a publishing."""

    def __init__(self, outlet: KafkaOutlet, dies: str | None) -> None:
        self._outlet, self._dies, self._published = outlet, dies, 0

    async def partitions(self, topic: str) -> int:
        return await self._outlet.partitions(topic)

    async def publish(self, chunks: Sequence[Chunk]) -> None:
        self._published += 1
        number = self._published  # several partitions are published at once
        await asyncio.sleep(PAUSE_S)
        self._die("before publishing", number)
        await self._outlet.publish(chunks)
        self._die("after publishing", number)

    def _die(self, here: str, number: int) -> None:
        if self._dies == here and number == DIES_AT:
            os.kill(os.getpid(), signal.SIGKILL)


class SlowStore(MongoStore):
    """A store that waits before it commits, and may be told to stand still there, as a zombie does."""

    commits = 0
    stands_still = False

    @override
    async def commit(self, changes: Mapping[int, Changes]) -> None:
        self.commits += 1
        number = self.commits
        await asyncio.sleep(PAUSE_S)
        if self.stands_still and number == DIES_AT:
            os.kill(os.getpid(), signal.SIGSTOP)  # the test wakes it when another owner has taken over
        await super().commit(changes)


async def main(told: dict[str, Any]) -> None:
    if told.get("batch"):
        sys.modules[KafkaInbox.__module__].__dict__["RECORDS_MAX"] = told["batch"]
    fold = Renamed(Sums() if told["fold"] == "sums" else Tops(), told["suffix"])
    client = new_client(told["mongo"])
    store = SlowStore(client, told["database"], fold.group)
    store.stands_still = told.get("dies") == "stands still before committing"
    await store.prepare()
    inbox, outlet = KafkaInbox(told["kafka"], fold.group, fold.topics, session_ms=6_000), KafkaOutlet(told["kafka"])
    await outlet.start()
    await inbox.start()
    await Loop(fold, Ports(inbox, Slow(outlet, told.get("dies")), store), Noting(Path(told["notes"])), fold.outputs).run()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    uvloop.run(main(json.loads(sys.argv[1])))

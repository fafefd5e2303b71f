"""One run of one consumer, or of the bare loop, over a filled topic: `python -m bench.consumers JSON`. Prints JSON."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
import uvloop
from aiokafka import AIOKafkaConsumer, TopicPartition
from typing_extensions import override

from bench.folds import FOLDS
from shared.bus.kafka import KafkaInbox
from shared.bus.outlet import KafkaOutlet
from shared.errors import Halt
from shared.fold.batch import Folded
from shared.fold.definition import Fold
from shared.fold.loop import Loop
from shared.fold.mongo import MongoStore, new_client
from shared.fold.observer import Observer
from shared.fold.ports import Ports
from shared.fold.sift import Sifted
from shared.serving import rest_collector

RECORDS_A_POLL = 2_000
XML = b"<"
"""How YouTube's feeds begin: the bare loop is given them for nothing."""


class Regrouped:
    """A fold under another group's name, so that each run starts from nothing."""

    def __init__(self, fold: Fold[Any, Any], group: str) -> None:
        self._fold, self.group = fold, group

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else the fold has
        return getattr(self._fold, name)


class Until(Observer):
    """Stops the loop after a number of records, and remembers when the first and the last were folded."""

    def __init__(self, records: int) -> None:
        super().__init__()
        self._left, self._early = records, 0
        self.began_at = self.ended_at = 0.0
        self.tally = {"folded": 0, "dead": 0, "outputs": 0, "states": 0, "entries": 0}
        self.loop: Loop[Any, Any] | None = None
        self.memory: list[int] = []

    @override
    def sifted(self, sifted: Sifted) -> None:
        """Start the clock with the first records; they came before it, so they do not count."""
        if not self.began_at:
            self.began_at, self._early = time.perf_counter(), len(sifted.fresh)

    @property
    def rate(self) -> float:
        """Return records a second."""
        return (self.tally["folded"] - self._early) / (self.ended_at - self.began_at)

    @override
    def turned(self, owned: Collection[int], halted: Mapping[int, Halt]) -> None:
        """End the run where a partition stands still: it would wait for ever."""
        if halted:
            raise RuntimeError(f"a partition stands still: {next(iter(halted.values()))}")

    @override
    def folded(self, batch: Sequence[Folded[Any]], seconds: float) -> None:
        """Count a batch."""
        for folded in batch:
            self._left -= len(folded.records)
            self.tally["folded"] += folded.tally.folded
            self.tally["dead"] += folded.tally.dead
            self.tally["outputs"] += sum(len(chunk.records) for chunk in folded.changes.chunks)
            self.tally["states"] += len(folded.changes.states)
            self.tally["entries"] += len(folded.changes.entries)
        self.memory.append(resident())
        if self._left <= 0 and self.loop is not None:
            self.ended_at = time.perf_counter()
            self.loop.stop()


def resident() -> int:
    """Return the resident memory in MB."""
    with open("/proc/self/statm") as file:  # noqa: PTH123 - one line of the kernel's
        return int(file.read().split()[1]) * resource.getpagesize() // 1_000_000


async def fold(told: dict[str, Any]) -> dict[str, Any]:
    """Fold the topic with the real parts."""
    made = FOLDS[told["consumer"]]
    client = new_client(told["mongo"])
    regrouped = Regrouped(made.make(), told["group"])
    store = MongoStore(client, told["database"], told["group"])
    await store.prepare()
    inbox, outlet = KafkaInbox(told["kafka"], told["group"], regrouped.topics), KafkaOutlet(told["kafka"])
    await outlet.start()
    await inbox.start()
    until = Until(told["records"])
    loop = Loop(regrouped, Ports(inbox, outlet, store), until, made.outputs)
    until.loop = loop
    rest_collector()  # as every service does
    await loop.run()
    await inbox.stop()
    await outlet.stop()
    await client.drop_database(told["database"])
    memory = {"memory_mb": max(until.memory), "memory_mb_early": until.memory[len(until.memory) // 5]}
    return {"rate": until.rate, **memory, **until.tally}


async def bare(told: dict[str, Any]) -> dict[str, Any]:
    """Poll, decode, commit: nothing else."""
    decoder = msgspec.json.Decoder(FOLDS[told["consumer"]].type)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=told["kafka"], group_id=told["group"], enable_auto_commit=False, auto_offset_reset="earliest",
        max_partition_fetch_bytes=2_000_000,
    )  # fmt: skip
    await consumer.start()
    consumer.assign([TopicPartition(FOLDS[told["consumer"]].topic, 0)])
    counted, early, began = 0, 0, 0.0
    while counted < told["records"]:
        batches = await consumer.getmany(timeout_ms=200, max_records=RECORDS_A_POLL)
        began = began or (time.perf_counter() if batches else 0.0)
        for records in batches.values():
            for record in records:
                if record.value[:1] != XML:
                    decoder.decode(record.value)
            counted += len(records)
            early = early or len(records)  # they came before the clock was started
        if batches:
            await consumer.commit()
    seconds = time.perf_counter() - began
    await consumer.stop()
    return {"rate": (counted - early) / seconds, "memory_mb": resident()}


if __name__ == "__main__":
    arguments = json.loads(sys.argv[1])
    run = bare if arguments["bare"] else fold
    uvloop.install()
    sys.stdout.write(json.dumps(asyncio.run(run(arguments))))

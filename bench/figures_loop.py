"""How fast the fold of figures is on the real parts, as a share of a bare loop: `python -m bench.figures_loop`.

The bare loop polls up to 2,000 records, decodes them with the same union and commits once a poll. Needs `veche stack up`.
"""

from __future__ import annotations

import secrets
import time
from datetime import timedelta

import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from bench.figures_fold import EVENTS, PARTITIONS, records
from services.reporting.handlers import Figures
from services.reporting.store import FiguresStore
from shared.bus import admin
from shared.bus.kafka import KafkaInbox
from shared.bus.outlet import KafkaOutlet
from shared.events import decode
from shared.fold.limits import RECORDS_MAX
from shared.fold.loop import Loop
from shared.fold.mongo import MongoStore, new_client
from shared.fold.observer import Observer
from shared.fold.ports import Ports
from shared.settings import Settings
from shared.topics import Key, Topic


class Renamed(Figures):
    """The fold under a name of this run, on one topic of this run."""

    def __init__(self, run: str) -> None:
        self.group, self.topics = f"figures-{run}", (f"events-{run}",)


async def fill(settings: Settings, topic: str) -> None:
    """Send the events of the pure bench, by community."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka, linger_ms=20)
    await producer.start()
    for one in records():
        await producer.send(topic, one.value, partition=one.partition)
    await producer.stop()


async def bare(settings: Settings, topic: str) -> float:
    """Return the events a second of a bare loop."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=settings.kafka, group_id=f"bare-{topic}", auto_offset_reset="earliest",
        enable_auto_commit=False,
    )  # fmt: skip
    await consumer.start()
    count, began = 0, time.perf_counter()
    while count < EVENTS:
        for found in (await consumer.getmany(timeout_ms=1_000, max_records=RECORDS_MAX)).values():
            count += sum(decode(one.value) is not None for one in found)
        await consumer.commit()
    elapsed_s = time.perf_counter() - began
    await consumer.stop()
    return count / elapsed_s


async def folded(settings: Settings, fold: Renamed) -> float:
    """Return the events a second of the fold, with all that it stores."""
    client = new_client(settings.mongo)
    store = MongoStore(client, f"bench_{fold.group}", fold.group)
    inbox, outlet = KafkaInbox(settings.kafka, fold.group, fold.topics), KafkaOutlet(settings.kafka)
    for start in (store.prepare, outlet.start, inbox.start):
        await start()
    await FiguresStore(client, f"bench_{fold.group}", fold.group, "none", "none").prepare()
    loop = Loop(fold, Ports(inbox, outlet, store), Observer(), ())
    await loop.check_partitions()
    while not loop.owned:
        await loop.turn()
    at_first = _done(loop, fold)
    began = time.perf_counter()
    while _done(loop, fold) < EVENTS:
        await loop.turn()
    elapsed_s = time.perf_counter() - began
    await inbox.stop()
    await outlet.stop()
    await client.drop_database(f"bench_{fold.group}")
    await client.close()
    return (EVENTS - at_first) / elapsed_s


def _done(loop: Loop[object, object], fold: Renamed) -> int:
    return sum(places[fold.topics[0]] for places in loop.places().values())


async def main() -> None:
    """Print both rates."""
    settings, fold = Settings(), Renamed(secrets.token_hex(4))
    await admin.apply(settings.kafka, [Topic(fold.topics[0], Key.COMMUNITY, timedelta(hours=1), "a bench")], PARTITIONS)
    await fill(settings, fold.topics[0])
    reached, floor = await folded(settings, fold), await bare(settings, fold.topics[0])
    print(f"{reached:,.0f} events/s folded, {floor:,.0f} in a bare loop: {reached / floor:.0%}")


if __name__ == "__main__":
    uvloop.run(main())

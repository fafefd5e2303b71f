"""Records that tell thousands of things: a batch holds only so many, and policies are read anew before each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from typing_extensions import override

from shared.bus.record import Record
from shared.fold.definition import Item
from shared.fold.limits import ITEMS_MAX
from shared.fold.loop import Loop
from shared.fold.observer import Observer
from shared.fold.ports import Ports
from tests.fakes import FakeBroker, FakeDatabase, FakeInbox, FakeOutlet, FakeStore
from tests.unit.fold.chain import TOPICS, Sum, Sums


class Many(Sums):
    """Sums whose every record tells two thirds of what a batch may hold."""

    def __init__(self) -> None:
        self.prepared = 0

    @override
    async def prepare(self) -> None:
        self.prepared += 1

    @override
    def read(self, record: Record) -> Sequence[Item[dict[str, Any]]]:
        (item,) = super().read(record)
        return [
            item._replace(event=item.event | {"id": item.event["id"] * ITEMS_MAX + n}, identity=None)
            for n in range(2 * ITEMS_MAX // 3)
        ]


async def test_what_is_delivered_at_once_is_folded_in_batches_of_so_many_items() -> None:
    broker, database, fold = FakeBroker(TOPICS), FakeDatabase(), Many()
    inbox = FakeInbox(broker, "sums", Sums.topics)
    inbox.assign({0})
    loop = Loop[Sum, dict[str, Any]](
        fold, Ports(inbox, FakeOutlet(broker), FakeStore(database)), Observer(), (*Sums.outputs, "sums.dlq")
    )
    await loop.check_partitions()
    for n in range(5):
        broker.append("in.a", 0, b"k", json.dumps({"key": "k", "n": 1, "id": n}).encode(), ())

    for _ in range(3):
        await loop.turn()

    assert fold.prepared == 3, "two records make a batch, and the last one its own"
    assert database.progress[0].places["in.a"].next == 5
    assert len(broker.logs["out.a", 0]) + len(broker.logs["out.a", 1]) == 5 * (2 * ITEMS_MAX // 3)

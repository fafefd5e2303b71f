"""After a chunk that failed the real outlet sends nothing more: one of the designs that looked right went on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest
from aiokafka.errors import KafkaTimeoutError

from shared.bus.outlet import KafkaOutlet, PublishFailedError
from shared.bus.record import Outgoing
from shared.fold.ports import Chunk


class FakeBatch:
    """A batch of aiokafka's producer: bytes of records up to its room."""

    def __init__(self, room: int) -> None:
        self._room = room
        self.values: list[bytes] = []

    def append(self, *, key: bytes, value: bytes, timestamp: int | None, headers: Iterable[tuple[str, bytes]]) -> object:
        del key, timestamp, headers
        if len(self.values) == self._room:
            return None
        self.values.append(value)
        return object()

    def close(self) -> None:
        pass


class FakeProducer:
    """Takes batches of up to two records; refuses the one that holds `poison`, at its acknowledgement."""

    def __init__(self, poison: bytes) -> None:
        self._poison = poison
        self.sent: list[tuple[int, list[bytes]]] = []
        self.unacknowledged: dict[int, int] = {}

    def create_batch(self) -> FakeBatch:
        return FakeBatch(2)

    async def send_batch(self, batch: FakeBatch, topic: str, *, partition: int) -> asyncio.Future[None]:
        del topic
        assert not self.unacknowledged.get(partition), "a request before the acknowledgement of the one before"
        self.sent.append((partition, batch.values))
        self.unacknowledged[partition] = 1
        return asyncio.ensure_future(self._answer(partition, batch))

    async def _answer(self, partition: int, batch: FakeBatch) -> None:
        await asyncio.sleep(0)
        self.unacknowledged[partition] = 0
        if self._poison in batch.values:
            raise KafkaTimeoutError


def chunks_of(partition: int, *pieces: list[bytes]) -> list[Chunk]:
    return [Chunk(seq, "out", partition, [Outgoing(b"k", value, ()) for value in piece]) for seq, piece in enumerate(pieces)]


async def test_the_real_outlet_sends_nothing_after_a_failed_chunk_and_is_not_used_again() -> None:
    producer = FakeProducer(poison=b"3")
    outlet = KafkaOutlet("nowhere:1", producer=producer)

    with pytest.raises(PublishFailedError):
        await outlet.publish([*chunks_of(0, [b"1", b"2", b"3"], [b"4"], [b"5"]), *chunks_of(1, [b"a"], [b"b"])])
    with pytest.raises(PublishFailedError, match="not used again"):
        await outlet.publish(chunks_of(1, [b"c"]))

    assert [values for q, values in producer.sent if q == 0] == [[b"1", b"2"], [b"3", b"4"]]
    assert [values for q, values in producer.sent if q == 1] == [[b"a", b"b"]]

"""The way into a partition: whole batches, each request done with its last record, and none half done without knowing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from aiokafka.producer.message_accumulator import BatchBuilder

from shared.bus.lanes import Lane
from shared.bus.record import Outgoing
from shared.errors import Unprocessable

BATCH_BYTES = 2_000


class Sink:
    """A producer that takes batches and acknowledges them when it is told to, or fails."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self._waiting: list[asyncio.Future[None]] = []

    def create_batch(self) -> BatchBuilder:
        return BatchBuilder(BATCH_BYTES, 0)

    async def send_batch(self, batch: BatchBuilder, topic: str, *, partition: int) -> asyncio.Future[None]:
        assert (topic, partition) == ("raw", 3)
        self.batches.append(batch.record_count())
        self._waiting.append(asyncio.get_running_loop().create_future())
        return self._waiting[-1]

    async def sent(self, count: int) -> None:
        """Wait until so many batches are under way."""
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(self.batches) == count

    async def acknowledge(self, error: Exception | None = None) -> None:
        waiting = self._waiting[-1]
        waiting.set_result(None) if error is None else waiting.set_exception(error)
        for _ in range(20):
            await asyncio.sleep(0)


@pytest.fixture
def sink() -> Sink:
    return Sink()


def lane(sink: Any) -> Lane:  # noqa: ANN401 - stands in for a producer
    return Lane(sink, "raw", 3)


def records(count: int, size: int = 400) -> Sequence[Outgoing]:
    return [Outgoing(b"k", b"x" * size, ()) for _ in range(count)]


async def test_requests_that_come_together_share_a_batch_and_are_done_together(sink: Sink) -> None:
    way = lane(sink)
    first, second = way.put(records(1)), way.put(records(2))
    await sink.sent(1)
    before = (first.done(), second.done())

    await sink.acknowledge()

    assert (before, sink.batches) == ((False, False), [3])
    assert (first.result(), second.result()) == (None, None)


async def test_a_request_larger_than_a_batch_is_done_with_its_last_record(sink: Sink) -> None:
    way = lane(sink)
    large, small = way.put(records(6)), way.put(records(1))
    await sink.sent(1)
    await sink.acknowledge()
    between = (large.done(), small.done())

    await sink.acknowledge()

    assert (between, sink.batches) == ((False, False), [4, 3])
    assert (large.done(), small.done()) == (True, True)


async def test_who_gives_up_half_way_sends_no_more_and_nobody_else_loses_anything(sink: Sink) -> None:
    way = lane(sink)
    large, small = way.put(records(6)), way.put(records(1))
    await sink.sent(1)
    large.cancel()

    await sink.acknowledge()
    await sink.acknowledge()

    assert sink.batches == [4, 1]
    assert small.done()
    assert large.cancelled()


async def test_a_batch_that_fails_fails_those_in_it_and_the_rest_of_theirs_is_not_sent(sink: Sink) -> None:
    way = lane(sink)
    large, small = way.put(records(6)), way.put(records(1))
    await sink.sent(1)

    await sink.acknowledge(ConnectionError("lost"))
    await sink.acknowledge()

    assert isinstance(large.exception(), ConnectionError)
    assert (sink.batches, small.result()) == ([4, 1], None)


async def test_a_lane_that_was_empty_begins_anew(sink: Sink) -> None:
    way = lane(sink)
    way.put(records(1))
    await sink.sent(1)
    await sink.acknowledge()

    again = way.put(records(1))
    await sink.sent(2)
    await sink.acknowledge()

    assert again.done()


async def test_a_first_record_of_any_size_is_taken(sink: Sink) -> None:
    way = lane(sink)
    huge = way.put(records(1, 10 * BATCH_BYTES))
    await sink.sent(1)

    await sink.acknowledge()

    assert huge.exception() is None or isinstance(huge.exception(), Unprocessable)
    assert sink.batches == [1]

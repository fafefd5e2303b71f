"""One lane for each partition: what comes while a batch is under way makes the next one.

An idempotent producer has one request of a partition under way at a time, so records wait for each other anyway. Here they
wait as they came, and go to Kafka as whole batches, whoever sent them: a record costs far less than by
`AIOKafkaProducer.send`, and a busy partition takes as much at once as a request holds.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder

from shared.bus.record import Outgoing
from shared.errors import Unprocessable

Done = asyncio.Future[None]


@dataclass(slots=True)
class _Request:
    """Records that were put in together."""

    records: Sequence[Outgoing]
    done: Done
    sent: int = 0
    """How many of them went into a batch. When Kafka has the last, it has all of them, for a lane keeps the order."""

    @property
    def is_sent(self) -> bool:
        return self.sent == len(self.records)


class Lane:
    """The way into one partition."""

    def __init__(self, producer: AIOKafkaProducer, topic: str, partition: int) -> None:
        self._producer, self._topic, self._partition = producer, topic, partition
        self._waiting: deque[_Request] = deque()
        self._task: asyncio.Task[None] | None = None

    def put(self, records: Sequence[Outgoing]) -> Done:
        """Queue the records of a request, at least one; return what is done when Kafka has them all.

        It fails with the producer's error. What is cancelled before it was sent is not sent.
        """
        done: Done = asyncio.get_running_loop().create_future()
        self._waiting.append(_Request(records, done))
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return done

    async def _run(self) -> None:
        try:
            await asyncio.sleep(0)  # those that come in the same round go along
            while self._waiting:
                await self._send(*self._filled())
        finally:
            self._task = None

    def _filled(self) -> tuple[BatchBuilder, list[_Request]]:
        """Return a batch of as many records as fit, and whose they are. aiokafka takes a first record of any size."""
        batch, taken = self._producer.create_batch(), list[_Request]()
        while self._waiting:
            request = self._waiting[0]
            if not request.done.done():
                fitted = _fill(batch, request)
                if fitted:
                    taken.append(request)
                elif not taken:
                    request.done.set_exception(Unprocessable("a record is larger than a batch may be"))
                if not request.is_sent and taken:
                    break
            self._waiting.popleft()
        batch.close()
        return batch, taken

    async def _send(self, batch: BatchBuilder, taken: Sequence[_Request]) -> None:
        if not taken:
            return
        try:
            await (await self._producer.send_batch(batch, self._topic, partition=self._partition))
        except Exception as error:  # noqa: BLE001 - whoever waits hears of it, whatever it is
            for request in taken:
                if not request.done.done():
                    request.done.set_exception(error)
            return
        for request in taken:
            if request.is_sent and not request.done.done():
                request.done.set_result(None)


def _fill(batch: BatchBuilder, request: _Request) -> int:
    """Put in as many of the request's records as fit; return how many that were."""
    began, told, headers = request.sent, None, list[tuple[str, bytes]]()
    for record in request.records[began:]:
        if record.headers is not told:  # nearly always they share them
            told, headers = record.headers, list(record.headers)
        if batch.append(key=record.key, value=record.value, timestamp=None, headers=headers) is None:
            break
        request.sent += 1
    return request.sent - began

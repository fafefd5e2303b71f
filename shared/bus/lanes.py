"""One lane for each partition: what comes while a batch is under way makes the next one.

An idempotent producer has one request of a partition under way at a time, so records wait for each other anyway. Here they
wait as they came, and go to Kafka as whole batches, whoever sent them: a record costs far less than by
`AIOKafkaProducer.send`, and a busy partition takes as much at once as a request holds.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder

from shared.bus.record import Outgoing
from shared.errors import Unprocessable

Done = asyncio.Future[None]


class _Waiting(NamedTuple):
    record: Outgoing
    done: Done
    is_last: bool
    """Whether it is the last of its request: when Kafka has it, it has all of them, for a lane keeps the order."""


class Lane:
    """The way into one partition."""

    def __init__(self, producer: AIOKafkaProducer, topic: str, partition: int) -> None:
        self._producer, self._topic, self._partition = producer, topic, partition
        self._waiting: deque[_Waiting] = deque()
        self._task: asyncio.Task[None] | None = None

    def put(self, records: Sequence[Outgoing]) -> Done:
        """Queue the records of a request, at least one; return what is done when Kafka has them all.

        It fails with the producer's error. What is cancelled before it was sent is not sent.
        """
        done: Done = asyncio.get_running_loop().create_future()
        last = len(records) - 1
        self._waiting.extend([_Waiting(record, done, n == last) for n, record in enumerate(records)])
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

    def _filled(self) -> tuple[BatchBuilder, list[_Waiting]]:
        """Return a batch of as many records as fit, and these. aiokafka takes a first record of any size."""
        batch, taken = self._producer.create_batch(), list[_Waiting]()
        while self._waiting:
            waiting = self._waiting[0]
            if not waiting.done.done():
                if _append(batch, waiting.record):
                    taken.append(waiting)
                elif taken:
                    break
                else:
                    waiting.done.set_exception(Unprocessable("a record is larger than a batch may be"))
            self._waiting.popleft()
        batch.close()
        return batch, taken

    async def _send(self, batch: BatchBuilder, taken: Sequence[_Waiting]) -> None:
        if not taken:
            return
        try:
            await (await self._producer.send_batch(batch, self._topic, partition=self._partition))
        except Exception as error:  # noqa: BLE001 - whoever waits hears of it, whatever it is
            for waiting in taken:
                if not waiting.done.done():
                    waiting.done.set_exception(error)
            return
        for waiting in taken:
            if waiting.is_last and not waiting.done.done():
                waiting.done.set_result(None)


def _append(batch: BatchBuilder, record: Outgoing) -> bool:
    """Return whether the record fitted."""
    return batch.append(key=record.key, value=record.value, timestamp=None, headers=list(record.headers)) is not None

"""Promise 1 while the broker is killed under the edge: what was answered with 2xx is there, the rest may come again."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from shared.topics import RAW
from tests.integration.edge import Edge, edge, records_of
from tests.parts import Addresses, StackFactory

SENDERS = 8
RUN_S = 14.0


class Sender:
    """Sends hooks one after the other, as a platform does, and remembers what it was told."""

    def __init__(self, number: int) -> None:
        self._next = number * 1_000_000
        self.accepted: list[int] = []
        self.refused = 0
        self.without_retry_after = 0
        self.others: set[int] = set()

    async def run(self, asked: Edge, until: float) -> None:
        while asyncio.get_running_loop().time() < until:
            self._next += 1
            body = json.dumps({"update_id": self._next, "message": {"chat": {"id": -self._next % 50 - 1}}}).encode()
            answer = await asked.hook(body)
            if answer.status_code == 200:
                self.accepted.append(self._next)
            elif answer.status_code == 503:
                self.refused += 1
                self.without_retry_after += "retry-after" not in answer.headers
                await asyncio.sleep(0.05)
            else:
                self.others.add(answer.status_code)
            await asyncio.sleep(0.005)


@pytest.mark.timeout(120)
async def test_what_was_accepted_while_kafka_was_killed_is_kept(own_stack: StackFactory, tmp_path: Path) -> None:
    stack = own_stack()
    await asyncio.to_thread(stack.start, "kafka", "mongo")
    found = stack.settings()
    parts = Addresses(found["VECHE_KAFKA"], found["VECHE_MONGO"], "")

    async with edge(parts, tmp_path) as asked:
        senders = [Sender(number) for number in range(SENDERS)]
        until = asyncio.get_running_loop().time() + RUN_S
        running = asyncio.gather(*(sender.run(asked, until) for sender in senders))
        await asyncio.sleep(2)
        before = sum(len(sender.accepted) for sender in senders)
        await asyncio.to_thread(stack.stop, "kafka", hard=True)
        await asyncio.sleep(1)
        await asyncio.to_thread(stack.start, "kafka")
        back = sum(len(sender.accepted) for sender in senders)
        await running
        kept = {json.loads(record.value or b"{}")["update_id"] for record in await records_of(parts.kafka, RAW.name)}

    accepted = [number for sender in senders for number in sender.accepted]
    assert len(accepted) > back >= before > 0, "the edge did not accept again by itself"
    assert sum(sender.refused for sender in senders) > 0, "the broker was not away"
    assert set(accepted) <= kept
    assert not any(sender.without_retry_after for sender in senders)
    assert not set().union(*(sender.others for sender in senders))

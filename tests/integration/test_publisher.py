"""What an edge publishes: all of it, in order, whoever sends at the same time, and however large it is."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shared.bus import admin
from shared.bus.publisher import Publisher
from shared.bus.record import RECORD_BYTES_MAX, Outgoing
from shared.errors import Retryable, Unprocessable
from shared.topics import PARTITIONS, RAW
from tests.fakes import FakeRecord
from tests.integration.edge import records_of
from tests.parts import Addresses


@pytest_asyncio.fixture
async def publisher(parts: Addresses) -> AsyncIterator[Publisher]:
    await admin.apply(parts.kafka, [RAW])
    found = Publisher(parts.kafka)
    await found.start()
    yield found
    await found.stop()


def records(mark: str, sender: int, count: int, size: int = 0) -> list[Outgoing]:
    """Return records of two keys, numbered."""
    padding = b"x" * size
    return [
        Outgoing(f"{mark}/{n % 2}".encode(), f"{sender}/{n}/".encode() + padding, (("mark", mark.encode()),))
        for n in range(count)
    ]


async def kept(parts: Addresses, mark: str) -> list[FakeRecord]:
    found = await records_of(parts.kafka, RAW.name)
    return [record for record in found if dict(record.headers).get("mark") == mark.encode()]


async def test_many_senders_at_once_each_keep_their_order(parts: Addresses, publisher: Publisher) -> None:
    mark = secrets.token_hex(8)

    await asyncio.gather(*(publisher.send_all(RAW.name, records(mark, sender, 40)) for sender in range(40)))

    found = [(record.key, *numbered(record)) for record in await kept(parts, mark)]
    assert len(found) == len(set(found)) == 1_600
    for key in {key for key, _, _ in found}:
        for sender in range(40):
            numbers = [n for k, s, n in found if (k, s) == (key, sender)]
            assert numbers == sorted(numbers)


def numbered(record: FakeRecord) -> tuple[int, int]:
    """Return sender and number of a record."""
    sender, number, _ = (record.value or b"").split(b"/")
    return int(sender), int(number)


@pytest.mark.parametrize("size", [100_000, RECORD_BYTES_MAX - 100])
async def test_records_of_any_size_that_may_be_are_taken(parts: Addresses, publisher: Publisher, size: int) -> None:
    mark = secrets.token_hex(8)

    await publisher.send_all(RAW.name, records(mark, 0, 12, size))

    assert len(await kept(parts, mark)) == 12
    assert publisher.fill == 0


async def test_one_that_is_too_large_keeps_all_of_its_request_out(parts: Addresses, publisher: Publisher) -> None:
    mark = secrets.token_hex(8)

    with pytest.raises(Unprocessable):
        await publisher.send_all(RAW.name, [*records(mark, 0, 3), *records(mark, 1, 1, RECORD_BYTES_MAX)])

    assert await kept(parts, mark) == []


async def test_after_the_end_nothing_is_accepted(publisher: Publisher) -> None:
    await publisher.send(RAW.name, Outgoing(b"key", b"value", ()), PARTITIONS - 1)
    await publisher.stop()

    with pytest.raises(Retryable):
        await publisher.send(RAW.name, Outgoing(b"key", b"value", ()))
    assert publisher.fill == 0

"""What the loop may rely on of a bus, the fake and the real one alike: the simulation is worth what its fakes are."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.util import calc_crc32c

from shared.bus import admin
from shared.bus.kafka import KafkaInbox
from shared.bus.outlet import KafkaOutlet
from shared.bus.record import Outgoing, Record, Unreadable
from shared.errors import Retryable
from shared.fold.ports import Bounds, Chunk, Inbox, Outlet
from shared.topics import Key, Topic
from tests.fakes import FakeBroker, FakeInbox, FakeOutlet
from tests.parts import Addresses

KINDS = ["fake", "real"]
GROUP = "group"
PARTITIONS = 2
WAIT_S = 60.0
CRC_AT = 17
"""Where the check sum of a batch stands; it covers what comes after it."""


@dataclass
class Bus:
    """A topic `in` and a topic `out`, ways in and out, and one who tells and one who listens."""

    inbox: Inbox
    outlet: Outlet
    tell: Callable[[int, Sequence[bytes]], Awaitable[None]]
    garble: Callable[[int], Awaitable[None]]
    """Appends a record that the client cannot decode."""
    inlet: str
    out: str
    heard: Callable[[int], Awaitable[list[bytes]]]


@pytest_asyncio.fixture(params=KINDS)
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    if request.param == "fake":
        yield fake_bus()
        return
    parts: Addresses = request.getfixturevalue("parts")
    async with AsyncExitStack() as ending:
        yield await real_bus(parts, ending)


def fake_bus() -> Bus:
    broker = FakeBroker({"in": PARTITIONS, "out": PARTITIONS})
    inbox = FakeInbox(broker, GROUP, ["in"], limit=100)
    inbox.assign(range(PARTITIONS))

    async def tell(q: int, values: Sequence[bytes]) -> None:
        for value in values:
            broker.append("in", q, b"k", value)

    async def garble(q: int) -> None:
        broker.logs["in", q].append(Unreadable("in", q, len(broker.logs["in", q]), "garbled"))

    async def heard(q: int) -> list[bytes]:
        return [record.value or b"" for record in broker.logs["out", q]]

    return Bus(inbox, FakeOutlet(broker), tell, garble, "in", "out", heard)


async def real_bus(parts: Addresses, ending: AsyncExitStack) -> Bus:
    suffix = secrets.token_hex(4)
    names = [f"in.{suffix}", f"out.{suffix}"]
    await admin.apply(parts.kafka, [Topic(name, Key.MEMBER, timedelta(days=1), "") for name in names], PARTITIONS)
    inbox, outlet = KafkaInbox(parts.kafka, f"{GROUP}.{suffix}", names[:1]), KafkaOutlet(parts.kafka)
    teller = AIOKafkaProducer(bootstrap_servers=parts.kafka)
    for part in (inbox, outlet, teller):
        await part.start()
        ending.push_async_callback(part.stop)
    await eventually(lambda: len(inbox.assigned()) == PARTITIONS, inbox)

    async def tell(q: int, values: Sequence[bytes]) -> None:
        for value in values:
            await teller.send_and_wait(names[0], value, b"k", q)

    async def garble(q: int) -> None:
        await (await teller.send_batch(garbled(teller), names[0], partition=q))

    async def heard(q: int) -> list[bytes]:
        return await read_all(parts, TopicPartition(names[1], q))

    return Bus(inbox, outlet, tell, garble, names[0], names[1], heard)


def garbled(teller: AIOKafkaProducer) -> BatchBuilder:
    """Return a batch with one record, whose header has a name that is not UTF-8."""
    batch = teller.create_batch()
    batch.append(key=b"k", value=b"garbled", timestamp=None, headers=[("name", b"1")])
    buffer = bytearray(batch._build()).replace(b"name", b"\xff\xfe\xff\xfe")  # noqa: SLF001 - no public call sends what is wrong
    buffer[CRC_AT : CRC_AT + 4] = calc_crc32c(bytes(buffer[CRC_AT + 4 :])).to_bytes(4, "big")
    batch._buffer = buffer  # noqa: SLF001 - as above
    return batch


async def read_all(parts: Addresses, place: TopicPartition) -> list[bytes]:
    consumer = AIOKafkaConsumer(bootstrap_servers=parts.kafka, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([place])
        end = (await consumer.end_offsets([place]))[place]
        found: list[bytes] = []
        while await consumer.position(place) < end:
            found += [record.value for record in (await consumer.getmany(timeout_ms=500)).get(place, ())]
        return found
    finally:
        await consumer.stop()


async def eventually(true: Callable[[], bool], *inboxes: Inbox) -> None:
    async with asyncio.timeout(WAIT_S):
        while not true():
            for inbox in inboxes:
                await inbox.poll()


async def polled(inbox: Inbox, q: int, count: int) -> list[Record]:
    """Poll until so many records of the partition have come."""
    found: list[Record] = []
    async with asyncio.timeout(WAIT_S):
        while len(found) < count:
            found += [record for record in await inbox.poll() if record.partition == q]
    return found


async def stand(bus: Bus, *offsets: int) -> None:
    for q, offset in enumerate(offsets):
        await bus.inbox.seek(bus.inlet, q, offset)


async def test_a_member_reads_what_it_is_assigned_in_order_from_where_it_stands(bus: Bus) -> None:
    await bus.tell(0, [b"0", b"1", b"2"])
    await bus.tell(1, [b"a"])

    await stand(bus, 1, 0)
    found = await polled(bus.inbox, 0, 2)

    assert set(bus.inbox.assigned()) == {0, 1}
    assert [(record.topic, record.offset, record.value) for record in found] == [
        (bus.inlet, 1, b"1"),
        (bus.inlet, 2, b"2"),
    ]


async def test_sought_back_it_reads_again(bus: Bus) -> None:
    await bus.tell(0, [b"0", b"1"])
    await stand(bus, 0, 0)
    await polled(bus.inbox, 0, 2)

    await bus.inbox.seek(bus.inlet, 0, 1)
    again = await polled(bus.inbox, 0, 1)

    assert [record.offset for record in again] == [1]


async def test_an_empty_poll_comes_back_soon(bus: Bus) -> None:
    await stand(bus, 0, 0)

    async with asyncio.timeout(5):
        assert list(await bus.inbox.poll()) == []


async def test_bounds_are_those_of_the_log(bus: Bus) -> None:
    await bus.tell(1, [b"0", b"1"])

    assert await bus.inbox.bounds(bus.inlet, 0) == Bounds(0, 0)
    assert await bus.inbox.bounds(bus.inlet, 1) == Bounds(0, 2)


async def test_what_is_committed_is_known_after_a_while(bus: Bus) -> None:
    await bus.tell(0, [b"0", b"1"])
    await stand(bus, 0, 0)
    before = await bus.inbox.committed(bus.inlet, 0)

    await bus.inbox.commit(0, {bus.inlet: 2})
    committed: int | None = None
    async with asyncio.timeout(WAIT_S):
        while committed is None:
            await bus.inbox.poll()
            committed = await bus.inbox.committed(bus.inlet, 0)

    assert before is None
    assert committed == 2
    assert await bus.inbox.committed(bus.inlet, 1) is None


async def test_partitions_are_counted_on_both_sides(bus: Bus) -> None:
    assert await bus.inbox.partitions(bus.inlet) == await bus.outlet.partitions(bus.out) == PARTITIONS


async def test_chunks_arrive_in_order_in_the_partitions_that_they_name(bus: Bus) -> None:
    first, second = [b"%d" % n for n in range(300)], [b"%d" % n for n in range(300, 400)]

    to_zero = [
        Chunk(1, bus.out, 0, [Outgoing(b"k", value, ()) for value in first]),
        Chunk(301, bus.out, 0, [Outgoing(b"k", value, ()) for value in second]),
    ]
    await bus.outlet.publish([to_zero[0], Chunk(401, bus.out, 1, [Outgoing(b"k", b"x", ())]), to_zero[1]])

    assert await bus.heard(0) == first + second
    assert await bus.heard(1) == [b"x"]


async def test_a_topic_that_is_not_there_may_come(bus: Bus) -> None:
    with pytest.raises(Retryable):
        await bus.inbox.partitions(f"never-made-{secrets.token_hex(4)}")


async def followed(bus: Bus, count: int) -> dict[tuple[int, int], Record]:
    """Read so many records as the loop does: what is next is kept, a gap is sought back, and so is a new assignment."""
    found: dict[tuple[int, int], Record] = {}
    next_, owned = dict.fromkeys(range(PARTITIONS), 0), dict[int, int]()
    async with asyncio.timeout(WAIT_S):
        while len(found) < count:
            for q, assignment in bus.inbox.assigned().items():
                if owned.get(q) != assignment:
                    owned[q] = assignment
                    await bus.inbox.seek(bus.inlet, q, next_[q])
            for record in await bus.inbox.poll():
                q = record.partition
                if bus.inbox.assigned().get(q) == owned[q] and record.offset == next_[q]:
                    found[q, record.offset] = record
                    next_[q] += 1
                elif record.offset > next_[q]:
                    await bus.inbox.seek(bus.inlet, q, next_[q])
    return found


@pytest.mark.parametrize(("garbled", "other"), [(0, 1), (1, 0)])
async def test_a_record_that_cannot_be_decoded_stands_in_its_place_and_all_around_it_are_read(
    bus: Bus, garbled: int, other: int
) -> None:
    await bus.tell(garbled, [b"0", b"1"])
    await bus.garble(garbled)
    await bus.tell(garbled, [b"3"])
    await bus.garble(garbled)
    await bus.garble(garbled)
    await bus.tell(garbled, [b"6"])
    await bus.tell(other, [b"a", b"b"])  # and nothing later, by which a gap would be seen

    found = await followed(bus, 9)

    assert [found[garbled, offset].value for offset in range(7)] == [b"0", b"1", None, b"3", None, None, b"6"]
    assert [offset for offset in range(7) if isinstance(found[garbled, offset], Unreadable)] == [2, 4, 5]
    assert [found[other, offset].value for offset in range(2)] == [b"a", b"b"]


async def test_a_paused_partition_is_read_on_where_it_stood_when_it_is_resumed(bus: Bus) -> None:
    await stand(bus, 0, 0)
    await bus.tell(0, [b"0"])
    await polled(bus.inbox, 0, 1)

    bus.inbox.pause(0)
    await bus.tell(0, [b"1"])
    await bus.tell(1, [b"a"])
    meanwhile = [record.value for _ in range(3) for record in await bus.inbox.poll()]
    meanwhile += [record.value for record in await polled(bus.inbox, 1, 1)] if b"a" not in meanwhile else []
    bus.inbox.resume(0)
    after = await polled(bus.inbox, 0, 1)

    assert meanwhile == [b"a"]
    assert [record.value for record in after] == [b"1"]


async def test_the_lag_of_what_is_another_member_s_is_not_known(parts: Addresses) -> None:
    async with AsyncExitStack() as ending:
        bus = await real_bus(parts, ending)
        inbox = bus.inbox
        assert isinstance(inbox, KafkaInbox)
        await bus.tell(0, [b"0", b"1"])
        await stand(bus, 0, 0)
        async with asyncio.timeout(WAIT_S):
            while inbox.lag(bus.inlet, 0, 0) is None:
                await inbox.poll()

        assert inbox.lag(bus.inlet, 0, 1) == 1
        assert inbox.lag(bus.inlet, PARTITIONS, 0) is None

"""What waits for Kafka is counted, and there is an end to it."""

from __future__ import annotations

import pytest

from shared.bus.buffer import BYTES_MAX, RECORDS_MAX, REQUESTS_MAX, Buffer
from shared.bus.record import Outgoing
from shared.errors import Retryable


def records(count: int, size: int = 1) -> list[Outgoing]:
    return [Outgoing(b"key", b"x" * size, ())] * count


def test_it_is_as_full_as_what_is_scarcest() -> None:
    buffer = Buffer()

    buffer.take(records(RECORDS_MAX // 2))
    assert buffer.fill == 0.5
    size = buffer.take(records(8, BYTES_MAX // 10))
    assert buffer.fill == pytest.approx(0.8, abs=0.001)
    buffer.give(8, size)
    buffer.give(RECORDS_MAX // 2, RECORDS_MAX // 2)
    for _ in range(REQUESTS_MAX):
        buffer.take(records(1))
    assert buffer.fill == 1


@pytest.mark.parametrize("more", [records(RECORDS_MAX), records(10, BYTES_MAX // 10)], ids=["records", "bytes"])
def test_what_does_not_fit_is_refused_and_leaves_no_trace(more: list[Outgoing]) -> None:
    buffer = Buffer()
    buffer.take(records(1))
    before = buffer.fill

    with pytest.raises(Retryable):
        buffer.take(more)

    assert buffer.fill == before


def test_beyond_the_requests_that_may_wait_none_is_taken() -> None:
    buffer = Buffer()
    for _ in range(REQUESTS_MAX):
        buffer.take(records(1))

    with pytest.raises(Retryable):
        buffer.take(records(1))
    buffer.give(1, 1)
    buffer.take(records(1))

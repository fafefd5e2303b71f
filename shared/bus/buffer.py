"""What waits for Kafka's acknowledgement, and how much of it may."""

from __future__ import annotations

from collections.abc import Sequence

from shared.bus.record import Outgoing
from shared.errors import Retryable

RECORDS_MAX = 5_000
"""Ten seconds of what one connection may send for ever, by default."""

BYTES_MAX = 64_000_000
"""5,000 records of 20 common events each; 64 of the largest that there may be."""

REQUESTS_MAX = 800
"""Each request that waits holds a connection; the server has 1,000 (`http/server.py`), and who is refused must
still find one to hear it."""


class Buffer:
    """Counts what waits: more is refused instead of filling the memory."""

    def __init__(self) -> None:
        self._records = self._bytes = self._requests = 0

    @property
    def fill(self) -> float:
        """Return how full it is, from 0 to 1, by what is scarcest."""
        return max(self._records / RECORDS_MAX, self._bytes / BYTES_MAX, self._requests / REQUESTS_MAX)

    def take(self, records: Sequence[Outgoing]) -> int:
        """Count what one request sends, and return its size in bytes. Raises Retryable where there is no room for it."""
        size = sum([len(record.value) for record in records])
        if self._records + len(records) > RECORDS_MAX or self._bytes + size > BYTES_MAX or self._requests + 1 > REQUESTS_MAX:
            raise Retryable(f"{self._records} records of {self._requests} requests wait for Kafka already")
        self._count(len(records), size, 1)
        return size

    def give(self, records: int, size: int) -> None:
        """Count no longer what was taken."""
        self._count(-records, -size, -1)

    def _count(self, records: int, size: int, requests: int) -> None:
        self._records += records
        self._bytes += size
        self._requests += requests

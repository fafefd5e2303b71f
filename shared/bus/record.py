"""What a record looks like to those who read it, and what one to be sent looks like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

Headers = Sequence[tuple[str, bytes]]

RECORD_BYTES_MAX = 900_000
"""Value, key and headers of one record: Kafka's default limit is 1 MiB with its own overhead."""


class Record(Protocol):
    """A record as it was read; aiokafka's own satisfies this, so nothing is copied."""

    @property
    def topic(self) -> str:
        """Its topic."""

    @property
    def partition(self) -> int:
        """Its partition."""

    @property
    def offset(self) -> int:
        """Its offset."""

    @property
    def timestamp(self) -> int:
        """When the broker took it, in milliseconds since 1970."""

    @property
    def key(self) -> bytes | None:
        """Its key."""

    @property
    def value(self) -> bytes | None:
        """Its value."""

    @property
    def headers(self) -> Headers:
        """Its headers, undecoded: whoever sent them may not have sent UTF-8."""


class Unreadable(NamedTuple):
    """Stands in the place of a record that the client could not decode: all that is known of it."""

    topic: str
    partition: int
    offset: int
    reason: str
    timestamp: int = -1
    key: bytes | None = None
    value: bytes | None = None
    headers: Headers = ()


class Outgoing(NamedTuple):
    """A record to be sent."""

    key: bytes
    value: bytes
    headers: Headers


def header(record: Record, name: str) -> bytes | None:
    """Return the first header of that name."""
    for key, value in record.headers:
        if key == name:
            return value
    return None

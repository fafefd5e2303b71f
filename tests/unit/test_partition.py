"""Which partition a key belongs to is what Kafka's own clients say."""

from __future__ import annotations

from shared.bus.partition import partition_of

HASHED_BY_JAVA = -790_332_482
"""What Kafka's Java client makes of `foobar` (its own test of murmur2)."""


def test_a_key_belongs_to_the_partition_that_kafkas_java_client_sends_it_to() -> None:
    assert partition_of(b"foobar", 12) == (HASHED_BY_JAVA & 0x7FFFFFFF) % 12

"""Which partition a key belongs to: Kafka's own rule, so that every client agrees."""

from __future__ import annotations

from functools import lru_cache

from aiokafka.partitioner import murmur2

KEPT = 100_000
"""Keys whose partition is remembered: murmur2 in Python costs as much as folding an event."""


def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition of `key`: murmur2, made positive, modulo the number of partitions (Kafka's default)."""
    return int(murmur2(key) & 0x7FFFFFFF) % partitions


partition_for = lru_cache(maxsize=KEPT)(partition_of)
"""As `partition_of`, remembered."""

"""Which partition a key belongs to: Kafka's own rule, so that every client agrees."""

from __future__ import annotations

from aiokafka.partitioner import murmur2


def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition of `key`: murmur2, made positive, modulo the number of partitions (Kafka's default)."""
    return int(murmur2(key) & 0x7FFFFFFF) % partitions

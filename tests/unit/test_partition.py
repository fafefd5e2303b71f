"""Which partition a key belongs to is what Kafka's own clients say."""

from __future__ import annotations

import random

from aiokafka.partitioner import murmur2 as aiokafkas

from shared.bus.partition import murmur2, partition_of

BITS = 0xFFFFFFFF


def test_keys_of_every_length_have_the_hash_that_aiokafka_gives_them() -> None:
    chance = random.Random(5)
    keys = [chance.randbytes(length) for length in range(70) for _ in range(20)]

    assert [murmur2(key) for key in keys] == [aiokafkas(key) & BITS for key in keys]


def test_a_key_belongs_to_the_partition_that_kafkas_java_client_sends_it_to() -> None:
    assert murmur2(b"foobar") == -790332482 & BITS
    assert partition_of(b"foobar", 12) == (-790332482 & 0x7FFFFFFF) % 12

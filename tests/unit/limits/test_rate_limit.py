"""Tokens by the lease: few questions, nothing refused by mistake, and a Redis that may be lost."""

from __future__ import annotations

import asyncio
import logging

import pytest

from shared.errors import Retryable
from shared.limits.bucket import SECOND_US, Bucket, Grant, Rate
from shared.limits.rate_limit import AGAIN_S, LEASE_SHARE, RateLimit

SMALL, LARGE = Rate(1.0, 10), Rate(1.0, 10_000)


class FakeTokens:
    """Buckets of one process in place of Redis's; or nothing, while it is away."""

    def __init__(self) -> None:
        self.at, self.asked, self.is_away = 100.0, 0, False
        self._buckets: dict[str, Bucket] = {}

    def now(self) -> float:
        return self.at

    async def take(self, key: str, rate: Rate, least: int, most: int) -> Grant:
        self.asked += 1
        await asyncio.sleep(0)
        if self.is_away:
            raise Retryable("Redis is away")
        return self._buckets.setdefault(key, Bucket()).take(round(self.at * SECOND_US), rate, least, most)


class Limited:
    """A limit over such tokens, and what it told."""

    def __init__(self, tokens: FakeTokens | None = None) -> None:
        self.tokens = tokens or FakeTokens()
        self.told: list[bool] = []
        self.limit = RateLimit(self.tokens, self.told.append, self.tokens.now)

    async def taken(self, count: int, rate: Rate, key: str = "k") -> int:
        """Return how many of so many requests at once were let through."""
        waits = await asyncio.gather(*(self.limit.take(rate, key) for _ in range(count)))
        return sum(wait == 0 for wait in waits)


async def test_redis_is_asked_once_for_a_lease_of_requests() -> None:
    limited = Limited()

    assert await limited.taken(LARGE.burst // LEASE_SHARE, LARGE) == LARGE.burst // LEASE_SHARE
    assert limited.tokens.asked == 1


async def test_all_of_the_burst_is_let_through_and_no_more_however_many_come_at_once() -> None:
    limited = Limited()

    assert await limited.taken(300, SMALL) == 10
    limited.tokens.at += 3
    assert await limited.taken(300, SMALL) == 3


async def test_processes_share_one_limit() -> None:
    tokens = FakeTokens()
    first, second = Limited(tokens), Limited(tokens)

    assert await first.taken(9_000, LARGE) + await second.taken(9_000, LARGE) == 10_000


async def test_one_key_takes_nothing_from_another() -> None:
    limited = Limited()
    await limited.taken(20, SMALL, "loud")

    assert await limited.taken(10, SMALL, "quiet") == 10


async def test_who_is_refused_hears_when_to_come_and_does_not_ask_redis_again_before() -> None:
    limited = Limited()
    await limited.taken(10, SMALL)
    wait_s = await limited.limit.take(SMALL, "k")
    asked = limited.tokens.asked

    assert wait_s == pytest.approx(1.0)
    assert await limited.taken(100, SMALL) == 0
    assert limited.tokens.asked == asked
    limited.tokens.at += wait_s
    assert await limited.limit.take(SMALL, "k") == 0


async def test_a_batch_costs_its_number_and_one_beyond_the_bucket_takes_all_of_it() -> None:
    limited = Limited()

    assert await limited.limit.take(SMALL, "k", 7) == 0
    assert await limited.limit.take(SMALL, "k", 7) == pytest.approx(4)
    limited.tokens.at += 7
    assert await limited.limit.take(SMALL, "k", 1_000) == 0
    assert await limited.limit.take(SMALL, "k", 1) == pytest.approx(1)


async def test_without_redis_the_process_counts_by_itself_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    limited = Limited()
    limited.tokens.is_away = True

    with caplog.at_level(logging.WARNING):
        assert await limited.taken(300, SMALL) == 10
        assert await limited.taken(300, SMALL, "other") == 10

    assert limited.told == [True]
    assert len(caplog.records) == 1
    assert limited.tokens.asked == 1, "nobody else waits for a Redis that is away"


async def test_redis_that_is_back_counts_again() -> None:
    limited = Limited()
    limited.tokens.is_away = True
    await limited.taken(300, SMALL)
    limited.tokens.is_away = False
    limited.tokens.at += AGAIN_S

    assert await limited.taken(300, SMALL) == 10, "its bucket was full: nothing is refused by mistake"
    assert limited.told == [True, False]

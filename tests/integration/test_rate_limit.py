"""The limit over a real Redis: the script says what the bucket says, and Redis may be killed, stopped and come back."""

from __future__ import annotations

import asyncio
import secrets
import time

import pytest

from shared.errors import Retryable
from shared.limits.bucket import SECOND_US, Grant, Rate
from shared.limits.rate_limit import AGAIN_S, LEASE_SHARE, RateLimit
from shared.limits.redis_tokens import ANSWER_S, RedisTokens
from tests.parts import Addresses, StackFactory

SLOW = Rate(0.1, 1_000)
"""Hardly anything comes back while a test runs."""


def key() -> str:
    return secrets.token_hex(8)


async def patient(tokens: RedisTokens, name: str, rate: Rate, least: int, most: int) -> Grant:
    """Take, again where this machine was too busy for an answer in time."""
    for _ in range(50):
        try:
            return await tokens.take(name, rate, least, most)
        except Retryable:
            await asyncio.sleep(0.05)
    raise AssertionError("Redis does not answer")


async def test_the_script_takes_as_the_bucket_does(parts: Addresses) -> None:
    tokens, name, rate = RedisTokens(parts.redis, "test"), key(), Rate(0.1, 10)

    assert await patient(tokens, name, rate, 1, 7) == (7, 0)
    assert (await patient(tokens, name, rate, 1, 7)).tokens == 3
    refused = await patient(tokens, name, rate, 1, 7)
    assert refused.tokens == 0
    assert 9 * SECOND_US < refused.wait_us <= 10 * SECOND_US
    await tokens.close()


async def test_tokens_come_back_with_time(parts: Addresses) -> None:
    tokens, name, rate = RedisTokens(parts.redis, "test"), key(), Rate(100.0, 10)
    await patient(tokens, name, rate, 10, 10)
    refused = await patient(tokens, name, rate, 10, 10)

    await asyncio.sleep(refused.wait_us / SECOND_US)

    assert (await patient(tokens, name, rate, 10, 10)).tokens == 10
    await tokens.close()


async def test_two_processes_share_the_limit(parts: Addresses) -> None:
    both, name = [RedisTokens(parts.redis, "test") for _ in range(2)], key()
    limits = [RateLimit(tokens) for tokens in both]

    waits = [await limit.take(SLOW, name) for _ in range(1_000) for limit in limits]

    assert 1_000 <= waits.count(0) <= SLOW.burst * (1 + 1 / LEASE_SHARE), "unless one of them lost Redis for a moment"
    for tokens in both:
        await tokens.close()


async def taken(limit: RateLimit, name: str, count: int) -> int:
    return sum([await limit.take(SLOW, name) == 0 for _ in range(count)])


@pytest.mark.timeout(60)
async def test_redis_is_killed_and_comes_back_and_nothing_is_refused_by_mistake(own_stack: StackFactory) -> None:
    stack = own_stack()
    await asyncio.to_thread(stack.start, "redis")
    told: list[bool] = []
    tokens = RedisTokens(stack.settings()["VECHE_REDIS"], "test")
    limit = RateLimit(tokens, told.append)

    before = await taken(limit, "k", 500)
    await asyncio.to_thread(stack.stop, "redis", hard=True)
    began = time.monotonic()
    without = await taken(limit, "k", 500)
    took_s = time.monotonic() - began
    await asyncio.to_thread(stack.start, "redis")
    await asyncio.sleep(AGAIN_S)
    after = await taken(limit, "k", 500)

    assert (before, without, after) == (500, 500, 500)
    assert took_s < 1, "nobody waits for a Redis that is away"
    assert told[-2:] == [True, False]
    await tokens.close()


@pytest.mark.timeout(60)
async def test_redis_that_hangs_holds_a_request_up_for_a_moment_only(own_stack: StackFactory) -> None:
    stack = own_stack()
    await asyncio.to_thread(stack.start, "redis")
    tokens = RedisTokens(stack.settings()["VECHE_REDIS"], "test")
    limit = RateLimit(tokens)
    await limit.take(SLOW, "k")

    stack.pause("redis")
    try:
        began = time.monotonic()
        passed = await taken(limit, "other", 500)
        took_s = time.monotonic() - began
    finally:
        stack.resume("redis")

    assert passed == 500
    assert took_s < ANSWER_S + 0.5
    await tokens.close()


async def test_without_redis_from_the_beginning_the_limit_is_the_process_s_own() -> None:
    told: list[bool] = []
    tokens = RedisTokens("redis://127.0.0.1:1/0", "test")
    limit = RateLimit(tokens, told.append)

    assert await taken(limit, "k", 1_100) == 1_000
    assert told == [True]
    await tokens.close()
